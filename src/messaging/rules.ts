import type { Delivery } from './gateway.ts';

/** What may become of a message in each state. The database holds the same table (trigger `transition`). */
export const messageMoves = { pending: ['accepted', 'failed'], accepted: [], failed: ['pending'] } as const;

export type MessageState = keyof typeof messageMoves;

/** How often a message is tried before it is given up. */
export const ATTEMPTS_ALLOWED = 5;

/** What becomes of a message after one more attempt. */
export interface Verdict {
  readonly state: MessageState;
  readonly reason: string | null;
  readonly reference: string | null;
}

/**
 * Judges an attempt. Without an answer nobody knows, so the same text is sent again, never another code.
 * @param delivery what the gateway said; undefined when it said nothing that can be relied on
 * @param attempts how many there have been, with this one
 */
export function verdictOn(delivery: Delivery | undefined, attempts: number): Verdict {
  if (delivery?.accepted) return { state: 'accepted', reason: null, reference: delivery.reference };
  const reason = delivery?.reason ?? 'no_answer';
  return { state: delivery?.permanent || attempts >= ATTEMPTS_ALLOWED ? 'failed' : 'pending', reason, reference: null };
}

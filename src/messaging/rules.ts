import type { Delivery } from './gateways/gateway.ts';

/** What may become of a message in each state. The database holds the same table (trigger `transition`). */
export const messageMoves = {
  pending: ['accepted', 'failed', 'delivered'],
  accepted: ['delivered', 'undelivered'],
  delivered: [],
  undelivered: ['delivered', 'pending'],
  failed: ['pending', 'accepted', 'delivered'],
} as const;

export type MessageState = keyof typeof messageMoves;

/** How often a message is tried before it is given up. */
export const ATTEMPTS_ALLOWED = 5;

/** How often a gateway that takes others turns a message away before it is passed over. */
export const TURNS_ALLOWED = 5;

/** Why a message waits that came to nothing. */
export const nothingReasons = ['unreachable', 'turned_away', 'no_answer'] as const;

const FIRST_PAUSE_MS = 5_000;
const PAUSE_GROWS = 4;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * How long a message waits for its next attempt, in milliseconds.
 * @param chance from 0 to 1: spreads what failed together by a quarter to either side
 */
export const pauseBefore = (attempts: number, chance: number): number =>
  Math.min(FIRST_PAUSE_MS * PAUSE_GROWS ** Math.max(attempts - 1, 0), LONGEST_PAUSE_MS) * (0.75 + chance / 2);

/** What becomes of a message after one more attempt. */
export interface Verdict {
  readonly state: 'pending' | 'accepted' | 'failed';
  readonly reason: string | null;
  readonly reference: string | null;
  /** Whether it counts: what was surely not taken does not, and may be the gateway's trouble. */
  readonly attempted: boolean;
}

const reasons = {
  refused: 'refused',
  sender_refused: 'sender_refused',
  later: 'refused_for_now',
  down: 'turned_away',
  unreached: 'unreachable',
  unknown: 'no_answer',
} as const;

const isNotTaken = ({ outcome }: Delivery): boolean => outcome === 'down' || outcome === 'unreached';

/**
 * Judges an attempt. Without an answer nobody knows, so the same text is sent again, never another code.
 * @param attempts how many there have been, with this one
 */
export function verdictOn(delivery: Delivery, attempts: number): Verdict {
  if (delivery.outcome === 'accepted') return { state: 'accepted', reason: null, reference: delivery.reference, attempted: true };
  const reason = reasons[delivery.outcome];
  if (isNotTaken(delivery)) return { state: 'pending', reason, reference: null, attempted: false };
  const isOver = delivery.outcome === 'refused' || delivery.outcome === 'sender_refused' || attempts >= ATTEMPTS_ALLOWED;
  return { state: isOver ? 'failed' : 'pending', reason, reference: null, attempted: true };
}

/** Messages in a row that come to nothing before a gateway is left alone. */
export const FAILURES_ALLOWED = 5;

const FIRST_CLOSED_MS = 30_000;
const LONGEST_CLOSED_MS = 10 * 60_000;

/** Whether an answer says that the gateway works, whatever it thinks of the message. */
export const isAnswer = (delivery: Delivery): boolean => !isNotTaken(delivery) && delivery.outcome !== 'unknown';

/** How a gateway stands after some attempts. */
export interface Circuit {
  readonly failures: number;
  /** For how long it is left alone, in milliseconds; null while it is not. */
  readonly closedMs: number | null;
}

/**
 * Opens and closes the way to a gateway: after five failures in a row it is left alone for half a minute, then one message tries it, and each that
 * fails doubles the time.
 * @param failures that there were before
 * @param answered how many were answered now, and how many came to nothing
 */
export function circuitAfter(failures: number, { answered, nothing }: { answered: number; nothing: number }): Circuit {
  if (answered > 0 || nothing === 0) return { failures: answered > 0 ? 0 : failures, closedMs: null };
  const now = failures < FAILURES_ALLOWED ? Math.min(failures + nothing, FAILURES_ALLOWED) : failures + 1;
  if (now < FAILURES_ALLOWED) return { failures: now, closedMs: null };
  return { failures: now, closedMs: Math.min(FIRST_CLOSED_MS * 2 ** Math.min(now - FAILURES_ALLOWED, 10), LONGEST_CLOSED_MS) };
}

const LONGEST_BATCH = 100;

/** How many messages are taken at once: as many as leave in half a second. */
export const batchOf = (perSecond: number): number => Math.min(Math.max(Math.ceil(perSecond / 2), 1), LONGEST_BATCH);

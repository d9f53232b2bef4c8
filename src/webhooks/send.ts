import { guardedRequest, type OutgoingRules, PrivateAddress, type RequestProgress } from '../platform/index.ts';
import { beginningOf, outcomeOf } from './rules.ts';
import { headersOf } from './signing.ts';
import type { Attempt, Outcome, TakenDelivery } from './types.ts';

const LIMITS = { timeoutMs: 10_000, bytes: 64 * 1024 } as const;
const SECOND_MS = 1_000;

/** Where to, and what signs. */
export interface Target {
  readonly url: string;
  readonly secrets: readonly string[];
}

const failureOf = (error: unknown, { reached, status }: RequestProgress): { outcome: Outcome; status: number | null } => {
  // Once the status is there, it has said what it had to say.
  if (status !== undefined) return { outcome: outcomeOf(status), status };
  if (error instanceof PrivateAddress) return { outcome: 'not_allowed', status: null };
  if (error instanceof Error && error.name === 'TimeoutError') return { outcome: 'timed_out', status: null };
  return { outcome: reached ? 'cut_off' : 'unreachable', status: null };
};

/** Sends one event once, signed for this moment, and follows nothing. It never throws: what went wrong is what came of it. */
export async function sendOnce(
  { url, secrets }: Target,
  { id, eventId, body }: TakenDelivery,
  at: Date,
  rules: OutgoingRules,
  limits: { readonly timeoutMs: number; readonly bytes: number } = LIMITS,
): Promise<Attempt> {
  const headers = headersOf(secrets, { id: eventId, timestamp: Math.floor(at.getTime() / SECOND_MS), body });
  const progress: RequestProgress = {};
  const started = performance.now();
  const done = (outcome: Outcome, status: number | null, answer: string | null, retryAfter?: string): Attempt => ({
    deliveryId: id,
    at,
    milliseconds: Math.round(performance.now() - started),
    outcome,
    status,
    answer,
    pauseMs: retryAfter && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * SECOND_MS : 0,
  });
  try {
    const answer = await guardedRequest(new URL(url), { method: 'POST', headers, body }, rules, limits, progress);
    return done(outcomeOf(answer.status), answer.status, beginningOf(answer.body), answer.retryAfter);
  } catch (error) {
    const { outcome, status } = failureOf(error, progress);
    return done(outcome, status, null);
  }
}

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Actor } from './actor.ts';
import { problem } from './problems.ts';
import { say } from './words/index.ts';

/**
 * Keeps one session or one key from flooding this process. It counts in the memory of the process and by the machine's own clock: a limit for
 * every process by itself, which costs a request nothing. What has to be counted once for all processes is counted by `RateLimits`.
 * @param perMinute requests of one session or key; 0 is no limit
 * @returns a function that counts a request, and throws too_many_requests saying when to try again
 */
export function floodLimit(perMinute: number): (actor: Actor) => Promise<void> {
  if (perMinute === 0) return async () => {};
  const counts = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async ({ sessionId, keyId }) => {
    const whose = sessionId ?? keyId;
    if (whose === undefined) return;
    try {
      await counts.consume(whose);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.max(Math.ceil(refusal.msBeforeNext / 1000), 1);
      throw problem.too_many_requests(say('too_many_at_once', { seconds: retryAfterSeconds }), { retryAfterSeconds });
    }
  };
}

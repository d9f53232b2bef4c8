import { isAllowed, type OutgoingRules, type ProblemPlace } from '../../platform/index.ts';

const SECOND_MS = 1_000;
const FIRST_PAUSE_MS = 30 * SECOND_MS;
const LONGEST_PAUSE_MS = 6 * 3_600 * SECOND_MS;
/** How long a server may ask to be left alone. */
const LONGEST_ASKED_MS = 24 * 3_600 * SECOND_MS;

/** Scheme and host of a server. @returns undefined when it is no such address, or one that may not be asked */
export function serverOf(address: string, rules: OutgoingRules): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.pathname !== '/' || url.search !== '' || url.hash !== '') return undefined;
  return isAllowed(url, rules) ? url.origin : undefined;
}

export const serverFault: ProblemPlace = {
  pointer: '/serverUrl',
  detail: 'Give the address of the server alone, such as https://kf.kobotoolbox.org. It must be public and begin with https.',
};

/**
 * How long to wait after a pull has failed.
 * @param failures that went before it
 * @param retryAfter what the server said in `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3)
 * @returns milliseconds
 */
export function pauseAfter(failures: number, retryAfter: string | undefined, now: Date): number {
  const own = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 20), LONGEST_PAUSE_MS);
  if (retryAfter === undefined) return own;
  const asked = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * SECOND_MS : Date.parse(retryAfter) - now.getTime();
  return Math.max(own, Number.isFinite(asked) ? Math.min(asked, LONGEST_ASKED_MS) : 0);
}

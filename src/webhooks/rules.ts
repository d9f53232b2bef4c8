import type { Attempt, Outcome } from './types.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Between one attempt and the next: the schedule of the Standard Webhooks specification ("Deliverability and reliability"), three days long. */
const scheduleMs = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;
const LONGEST_ASKED_MS = 24 * HOUR_MS;

/**
 * How long to wait after an attempt that came to nothing, in milliseconds; undefined when that was the last.
 * @param tries attempts so far, this one among them
 * @param askedMs how long the receiver asks to be left alone
 * @param chance from 0 to 1; it moves the next attempt by a fifth at most, so that those that failed together do not come back together
 */
export function waitAfter(tries: number, askedMs = 0, chance = Math.random()): number | undefined {
  const planned = scheduleMs[tries - 1];
  return planned === undefined ? undefined : Math.round(Math.max(planned * (0.9 + 0.2 * chance), Math.min(askedMs, LONGEST_ASKED_MS)));
}

/** From so many failures on in a row, a receiver is tried with one delivery at a time and left alone between. */
export const FAILURES_ALLOWED = 5;
const FIRST_CLOSING_MS = 30 * SECOND_MS;
const LONGEST_CLOSING_MS = HOUR_MS;
/** A receiver that has come to nothing for so long is paused. */
const FAILING_MS = 24 * HOUR_MS;

/** Whether a receiver answers. */
export interface Health {
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly closedUntil: Date | null;
}

/** How it stands with a receiver after some attempts that were made together, one of which may have arrived. */
export function healthAfter(before: Health, attempts: readonly Attempt[], now: Date): Health {
  const askedMs = Math.min(Math.max(0, ...attempts.map(({ pauseMs }) => pauseMs)), LONGEST_CLOSING_MS);
  const asked = askedMs > 0 ? new Date(now.getTime() + askedMs) : null;
  if (attempts.length === 0 || attempts.some(({ outcome }) => outcome === 'delivered'))
    return { failures: 0, failingSince: null, closedUntil: asked };
  const failures = before.failures + attempts.length;
  const over = failures - FAILURES_ALLOWED;
  const closedMs = over < 0 ? askedMs : Math.max(askedMs, Math.min(FIRST_CLOSING_MS * 2 ** Math.min(over, 10), LONGEST_CLOSING_MS));
  return {
    failures,
    failingSince: before.failingSince ?? now,
    closedUntil: closedMs > 0 ? new Date(now.getTime() + closedMs) : null,
  };
}

/** Why a webhook is to be paused; undefined when it is not. 410 says that the receiver wants no more. */
export function pauseAfter(health: Health, attempts: readonly Attempt[], now: Date): 'gone' | 'failing' | undefined {
  if (attempts.some(({ status }) => status === 410)) return 'gone';
  const { failures, failingSince } = health;
  const isLong = failingSince !== null && now.getTime() - failingSince.getTime() >= FAILING_MS;
  return failures >= FAILURES_ALLOWED && isLong ? 'failing' : undefined;
}

const SLOW_MS = SECOND_MS;

/** Whether a receiver took its time, so that those who do not are never kept waiting for it. */
export const isSlow = (attempts: readonly Attempt[]): boolean => attempts.some(({ milliseconds }) => milliseconds > SLOW_MS);

/** What a status says: only the two hundreds are a success, and a redirection is not followed. */
export const outcomeOf = (status: number): Outcome => (status >= 200 && status < 300 ? 'delivered' : 'refused');

const ANSWER_LENGTH = 200;

/** The beginning of an answer, with nothing in it that does more than show; null when there is none. */
export function beginningOf(body: Buffer): string | null {
  const text = body
    .subarray(0, 4 * ANSWER_LENGTH)
    .toString()
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, ' ')
    .trim();
  return text === '' ? null : [...text].slice(0, ANSWER_LENGTH).join('');
}

import { z } from 'zod';
import { fitsAsSubmission } from '../../intake/index.ts';
import {
  type Answer,
  AnswerTooLarge,
  guardedRequest,
  type OutgoingLimits,
  type OutgoingRules,
  PrivateAddress,
} from '../../platform/index.ts';
import type { KoboConnection, PullFailure } from './types.ts';

/** Submissions asked for at once, and so many times fewer when they are more than is read of one answer. */
const PAGE = 500;
const FEWER = 25;

/** A pull that cannot go on. */
export class PullFailed extends Error {
  readonly failure: PullFailure;
  readonly retryAfter: string | undefined;

  constructor(failure: PullFailure, retryAfter?: string) {
    super(failure);
    this.failure = failure;
    this.retryAfter = retryAfter;
  }
}

const numbered = z.looseObject({ _id: z.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const submission = numbered.extend({ _uuid: z.string().min(1).max(100) });
const page = z.looseObject({ next: z.string().max(5_000).nullish(), results: z.array(z.unknown()).max(30_000) });

export type PulledSubmission = z.infer<typeof submission>;

export interface SubmissionPage {
  readonly submissions: readonly PulledSubmission[];
  /** Those that cannot be taken, by their numbers; one without a number is 0. */
  readonly unreadable: readonly number[];
  readonly next: URL | undefined;
}

/** Where the submissions after one stand (KoboToolbox, version 2 of the data API). */
export const pageAfter = (connection: KoboConnection, after: number): URL => pageWhere(connection, { $gt: after });

/** Where some submissions stand. @param numbers few enough for an address */
export const pageOfThese = (connection: KoboConnection, numbers: readonly number[]): URL => pageWhere(connection, { $in: numbers });

function pageWhere({ serverUrl, assetUid }: KoboConnection, _id: object): URL {
  const url = new URL(`/api/v2/assets/${assetUid}/data/`, serverUrl);
  url.searchParams.set('format', 'json');
  url.searchParams.set('limit', String(PAGE));
  url.searchParams.set('sort', JSON.stringify({ _id: 1 }));
  url.searchParams.set('query', JSON.stringify({ _id }));
  return url;
}

/**
 * A page, or the beginning of it where all of it is too large; the pages after it are as small.
 * @throws PullFailed saying why there is no page, or why what came is none
 */
export async function fetchPage(url: URL, token: string, rules: OutgoingRules, limits: OutgoingLimits): Promise<SubmissionPage> {
  const answer = await asking(
    guardedRequest(url, { headers: { authorization: `Token ${token}`, accept: 'application/json' } }, rules, limits),
  );
  if (answer === 'too large') return fetchPage(withFewer(url), token, rules, limits);
  const { status, retryAfter, body } = answer;
  if (status !== 200) throw new PullFailed(failureOf(status), retryAfter);
  const { next, results } = readPage(body);
  return { ...sorted(results), next: next ? following(next, url) : undefined };
}

/** @throws PullFailed when one submission alone is too large */
function withFewer(url: URL): URL {
  const limit = Number(url.searchParams.get('limit'));
  if (!(limit > 1)) throw new PullFailed('unreadable');
  const fewer = new URL(url);
  fewer.searchParams.set('limit', String(Math.max(1, Math.floor(limit / FEWER))));
  return fewer;
}

async function asking(answer: Promise<Answer>): Promise<Answer | 'too large'> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PrivateAddress) throw new PullFailed('private_address');
    if (error instanceof AnswerTooLarge) return 'too large';
    throw new PullFailed(error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'unreachable');
  }
}

function failureOf(status: number): PullFailure {
  if (status === 401 || status === 403) return 'refused';
  if (status === 404) return 'not_found';
  if (status === 429) return 'busy';
  return status >= 500 ? 'server_error' : 'unexpected_status';
}

function readPage(body: Buffer): z.infer<typeof page> {
  try {
    return page.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    // What is wrong would quote a person.
    throw new PullFailed('unreadable');
  }
}

// One submission that cannot be taken is passed over; a page on which nothing has a number is no page of submissions.
function sorted(results: readonly unknown[]): Pick<SubmissionPage, 'submissions' | 'unreadable'> {
  const submissions: PulledSubmission[] = [];
  const unreadable: number[] = [];
  for (const element of results) {
    const { data } = submission.safeParse(element);
    if (data && fitsAsSubmission(data)) submissions.push(data);
    else unreadable.push(numbered.safeParse(element).data?._id ?? 0);
  }
  if (submissions.length === 0 && unreadable.length > 0 && unreadable.every((number) => number === 0)) throw new PullFailed('unreadable');
  return { submissions, unreadable };
}

// The token goes to the server that it belongs to, and nowhere else.
function following(next: string, from: URL): URL {
  const url = URL.canParse(next, from.href) ? new URL(next, from) : undefined;
  if (url?.origin !== from.origin || url.username !== '' || url.password !== '') throw new PullFailed('next_elsewhere');
  return url;
}

import { z } from 'zod';
import { type Answer, AnswerTooLarge, guardedGet, type OutgoingLimits, type OutgoingRules, PrivateAddress } from '../guarded-request.ts';
import type { KoboConnection, PullFailure } from './types.ts';

/** Submissions asked for at once. */
const PAGE = 500;

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

const submission = z.looseObject({ _id: z.number().int().positive().max(Number.MAX_SAFE_INTEGER), _uuid: z.string().max(100) });
const page = z.looseObject({ next: z.string().max(5_000).nullish(), results: z.array(submission).max(30_000) });

export type PulledSubmission = z.infer<typeof submission>;

export interface SubmissionPage {
  readonly submissions: readonly PulledSubmission[];
  readonly next: URL | undefined;
}

/** Where the submissions after one stand (KoboToolbox, version 2 of the data API). */
export function firstPage({ serverUrl, assetUid }: KoboConnection, after: number): URL {
  const url = new URL(`/api/v2/assets/${assetUid}/data/`, serverUrl);
  url.searchParams.set('format', 'json');
  url.searchParams.set('limit', String(PAGE));
  url.searchParams.set('sort', JSON.stringify({ _id: 1 }));
  url.searchParams.set('query', JSON.stringify({ _id: { $gt: after } }));
  return url;
}

/** @throws PullFailed saying why there is no page, or why what came is none */
export async function fetchPage(url: URL, token: string, rules: OutgoingRules, limits: OutgoingLimits): Promise<SubmissionPage> {
  const { status, retryAfter, body } = await asking(
    guardedGet(url, { authorization: `Token ${token}`, accept: 'application/json' }, rules, limits),
  );
  if (status !== 200) throw new PullFailed(failureOf(status), retryAfter);
  const { next, results } = readPage(body);
  return { submissions: results, next: next ? following(next, url) : undefined };
}

async function asking(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PrivateAddress) throw new PullFailed('private_address');
    if (error instanceof AnswerTooLarge) throw new PullFailed('unreadable');
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

// The token goes to the server that it belongs to, and nowhere else.
function following(next: string, from: URL): URL {
  const url = URL.canParse(next, from.href) ? new URL(next, from) : undefined;
  if (url?.origin !== from.origin || url.username !== '' || url.password !== '') throw new PullFailed('next_elsewhere');
  return url;
}

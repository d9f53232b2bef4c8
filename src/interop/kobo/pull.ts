import { system } from '../../access/index.ts';
import { isRejected } from '../../intake/index.ts';
import { type Ground, Problem } from '../../platform/index.ts';
import type { OutgoingLimits, OutgoingRules } from '../guarded-request.ts';
import { fetchPage, type PulledSubmission, PullFailed, pageAfter, pageOfThese, type SubmissionPage } from './data-api.ts';
import { beginPull, endPull, recordPage } from './pull-commands.ts';
import { sealedToken } from './store.ts';
import { openToken } from './token.ts';
import type { KoboConnection, ReceiveSubmissions } from './types.ts';

/** More pages than a form of a million submissions has. */
const MOST_PAGES = 10_000;
/** Numbers of submissions that an address holds. */
const ASKED_AGAIN = 200;

export interface PullOptions {
  readonly rules: OutgoingRules;
  readonly limits: OutgoingLimits;
  readonly receive: ReceiveSubmissions;
}

/**
 * Pulls the submissions that have come since the last time, page by page, and hands each page to intake before it is remembered as taken.
 * What a kill left between the two comes again, and intake knows it by its key.
 */
export async function pull(
  { db, execute, keyRing }: Pick<Ground, 'db' | 'execute' | 'keyRing'>,
  id: string,
  options: PullOptions,
): Promise<void> {
  const asSystem = { actor: system };
  const begun = await execute(beginPull, { id }, asSystem);
  const sealed = begun && (await sealedToken(db, id));
  if (!begun || !sealed) return;
  const { connection } = begun;
  const token = openToken(keyRing, id, sealed);
  let taken = begun.lastSubmission;
  try {
    for await (const page of newSubmissions(connection, taken, token, options)) {
      await handIn(connection, page.submissions, options.receive);
      const { submissions, upTo, ...passedOver } = page;
      const { goOn } = await execute(
        recordPage,
        { id, from: taken, to: upTo, taken: submissions.length, settled: [], ...passedOver },
        asSystem,
      );
      if (!goOn) return;
      taken = upTo;
    }
    for await (const { submissions, settled } of reviewed(connection, begun.notApproved, token, options)) {
      await handIn(connection, submissions, options.receive);
      const page = { from: taken, to: taken, taken: submissions.length, unreadable: 0, notApproved: [], settled };
      const { goOn } = await execute(recordPage, { id, ...page }, asSystem);
      if (!goOn) return;
    }
    await execute(endPull, { id }, asSystem);
  } catch (error) {
    if (!(error instanceof PullFailed)) throw error;
    await execute(endPull, { id, failure: error.failure, retryAfter: error.retryAfter }, asSystem);
  }
}

interface NewPage {
  readonly submissions: readonly PulledSubmission[];
  /** How many others cannot be taken. */
  readonly unreadable: number;
  /** The numbers of those that somebody looked at and did not approve. */
  readonly notApproved: readonly number[];
  /** Every submission up to this number has been seen. */
  readonly upTo: number;
}

// A server may send again what was taken, and may not keep to the order that it was asked for: then nothing counts as taken before the end.
async function* newSubmissions(connection: KoboConnection, after: number, token: string, options: PullOptions): AsyncGenerator<NewPage> {
  let [greatest, inOrder] = [after, true];
  for await (const { submissions, unreadable, next } of pagesFrom(pageAfter(connection, after), token, options)) {
    const fresh = onlyOnce(submissions.filter(({ _id }) => _id > after));
    const passedOver = unreadable.filter((number) => number === 0 || number > after);
    for (const { _id } of fresh) {
      inOrder &&= _id > greatest;
      greatest = Math.max(greatest, _id);
    }
    greatest = Math.max(greatest, ...passedOver);
    const done = next === undefined;
    yield {
      submissions: fresh.filter(({ _validation_status }) => !isRejected(_validation_status)),
      unreadable: passedOver.length,
      notApproved: fresh.filter(({ _validation_status }) => isRejected(_validation_status)).map(({ _id }) => _id),
      upTo: inOrder || done ? greatest : after,
    };
  }
}

// Looks again at what was not approved when it was pulled: what has been approved since is taken, what is gone is forgotten.
async function* reviewed(
  connection: KoboConnection,
  numbers: readonly number[],
  token: string,
  options: PullOptions,
): AsyncGenerator<{ readonly submissions: readonly PulledSubmission[]; readonly settled: readonly number[] }> {
  for (let i = 0; i < numbers.length; i += ASKED_AGAIN) {
    const asked = new Set(numbers.slice(i, i + ASKED_AGAIN));
    const found = new Map<number, PulledSubmission>();
    for await (const { submissions } of pagesFrom(pageOfThese(connection, [...asked]), token, options)) {
      for (const one of submissions) if (asked.has(one._id)) found.set(one._id, one);
    }
    const approved = [...found.values()].filter(({ _validation_status }) => !isRejected(_validation_status));
    const settled = [...asked].filter((number) => !found.has(number));
    if (approved.length + settled.length === 0) continue;
    yield { submissions: onlyOnce(approved), settled: [...settled, ...approved.map(({ _id }) => _id)] };
  }
}

// Follows a server from page to page, but not in a circle.
async function* pagesFrom(first: URL, token: string, { rules, limits }: PullOptions): AsyncGenerator<SubmissionPage> {
  const asked = new Set<string>();
  for (let url: URL | undefined = first; url; ) {
    if (asked.has(url.href) || asked.size === MOST_PAGES) throw new PullFailed('no_progress');
    asked.add(url.href);
    const page = await fetchPage(url, token, rules, limits);
    yield page;
    url = page.next;
  }
}

function onlyOnce(submissions: readonly PulledSubmission[]): PulledSubmission[] {
  const seen = new Set<string>();
  return submissions.filter(({ _uuid }) => !seen.has(_uuid) && seen.add(_uuid));
}

async function handIn(
  { programmeId, mapping }: KoboConnection,
  submissions: readonly PulledSubmission[],
  receive: ReceiveSubmissions,
): Promise<void> {
  if (submissions.length === 0) return;
  try {
    await receive({ programmeId, mapping, bytes: Buffer.from(JSON.stringify(submissions)) });
  } catch (error) {
    // Intake says what is wrong with a file to whoever sends it; here nobody hears it, so the connection shows that it was not accepted.
    if (error instanceof Problem && error.status < 500) throw new PullFailed('not_accepted');
    throw error;
  }
}

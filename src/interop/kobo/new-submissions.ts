import { isRejected } from '../../intake/index.ts';
import type { OutgoingLimits, OutgoingRules } from '../../platform/index.ts';
import { fetchPage, type PulledSubmission, PullFailed, pageAfter, pageOfThese, type SubmissionPage } from './data-api.ts';
import type { KoboConnection } from './types.ts';

const wasRejected = ({ _validation_status }: PulledSubmission): boolean => isRejected(_validation_status);

/** More pages than a form of a million submissions has. */
const MOST_PAGES = 10_000;
/** Numbers of submissions that an address holds. */
const ASKED_AGAIN = 200;

export interface Outgoing {
  readonly rules: OutgoingRules;
  readonly limits: OutgoingLimits;
}

export interface NewPage {
  readonly submissions: readonly PulledSubmission[];
  /** How many others cannot be taken. */
  readonly unreadable: number;
  /** The numbers of those that somebody looked at and did not approve. */
  readonly notApproved: readonly number[];
  /** Every submission up to this number has been seen. */
  readonly upTo: number;
}

/**
 * The submissions after one, page by page. A server may send again what was taken, and may not keep to the order that it was asked for:
 * then nothing counts as taken before the end.
 * @throws PullFailed
 */
export async function* newSubmissions(
  connection: KoboConnection,
  after: number,
  token: string,
  options: Outgoing,
): AsyncGenerator<NewPage> {
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
      submissions: fresh.filter((one) => !wasRejected(one)),
      unreadable: passedOver.length,
      notApproved: fresh.filter(wasRejected).map(({ _id }) => _id),
      upTo: inOrder || done ? greatest : after,
    };
  }
}

/**
 * Looks again at what was not approved when it was pulled: what has been approved since is to be taken, and what is gone is settled too.
 * @throws PullFailed
 */
export async function* reviewed(
  connection: KoboConnection,
  numbers: readonly number[],
  token: string,
  options: Outgoing,
): AsyncGenerator<{ readonly submissions: readonly PulledSubmission[]; readonly settled: readonly number[] }> {
  for (let i = 0; i < numbers.length; i += ASKED_AGAIN) {
    const asked = new Set(numbers.slice(i, i + ASKED_AGAIN));
    const found = new Map<number, PulledSubmission>();
    for await (const { submissions } of pagesFrom(pageOfThese(connection, [...asked]), token, options)) {
      for (const one of submissions) if (asked.has(one._id)) found.set(one._id, one);
    }
    const approved = [...found.values()].filter((one) => !wasRejected(one));
    const settled = [...asked].filter((number) => !found.has(number));
    if (approved.length + settled.length === 0) continue;
    yield { submissions: onlyOnce(approved), settled: [...settled, ...approved.map(({ _id }) => _id)] };
  }
}

// Follows a server from page to page, but not in a circle.
async function* pagesFrom(first: URL, token: string, { rules, limits }: Outgoing): AsyncGenerator<SubmissionPage> {
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

import { system } from '../../access/index.ts';
import { type Ground, Problem } from '../../platform/index.ts';
import type { OutgoingLimits, OutgoingRules } from '../guarded-request.ts';
import { fetchPage, firstPage, isRejected, type PulledSubmission, PullFailed } from './data-api.ts';
import { beginPull, endPull, recordPage } from './pull-commands.ts';
import { sealedToken } from './store.ts';
import { openToken } from './token.ts';
import type { KoboConnection, ReceiveSubmissions } from './types.ts';

/** More pages than a form of a million submissions has. */
const MOST_PAGES = 10_000;

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
      const counts = { taken: page.submissions.length, unreadable: page.unreadable };
      const { goOn } = await execute(recordPage, { id, from: taken, to: page.upTo, ...counts }, asSystem);
      if (!goOn) return;
      taken = page.upTo;
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
  /** Every submission up to this number has been seen. */
  readonly upTo: number;
}

// A server may send again what was taken, and may not keep to the order that it was asked for: then nothing counts as taken before the end.
async function* newSubmissions(
  connection: KoboConnection,
  after: number,
  token: string,
  { rules, limits }: PullOptions,
): AsyncGenerator<NewPage> {
  const asked = new Set<string>();
  let [greatest, inOrder] = [after, true];
  for (let url: URL | undefined = firstPage(connection, after); url; ) {
    if (asked.has(url.href) || asked.size === MOST_PAGES) throw new PullFailed('no_progress');
    asked.add(url.href);
    const { submissions, unreadable, next } = await fetchPage(url, token, rules, limits);
    const fresh = onlyOnce(submissions.filter(({ _id }) => _id > after));
    const passedOver = unreadable.filter((number) => number === 0 || number > after);
    for (const { _id } of fresh) {
      inOrder &&= _id > greatest;
      greatest = Math.max(greatest, _id);
    }
    greatest = Math.max(greatest, ...passedOver);
    const done = next === undefined;
    yield { submissions: fresh.filter((one) => !isRejected(one)), unreadable: passedOver.length, upTo: inOrder || done ? greatest : after };
    url = next;
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

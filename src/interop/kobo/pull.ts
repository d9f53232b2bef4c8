import { system } from '../../access/index.ts';
import { inFiles } from '../../intake/index.ts';
import { type Ground, Problem } from '../../platform/index.ts';
import { type PulledSubmission, PullFailed } from './data-api.ts';
import { newSubmissions, type Outgoing, reviewed } from './new-submissions.ts';
import { beginPull, endPull, recordPage } from './pull-commands.ts';
import type { TakenPage } from './pull-store.ts';
import { sealedToken } from './store.ts';
import { openToken } from './token.ts';
import type { KoboConnection, ReceiveSubmissions } from './types.ts';

export interface PullOptions extends Outgoing {
  readonly receive: ReceiveSubmissions;
}

/**
 * Pulls the submissions that have come since the last time, page by page, and hands each page to intake before it is remembered as taken.
 * What a kill left between the two comes again, and intake knows it by its key. While a file of the connection waits for somebody, nothing
 * more is pulled.
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
  const { connection, createdBy, notApproved } = begun;
  const token = openToken(keyRing, id, sealed);
  let { waitingFileId } = connection;
  const takeFile = async (submissions: readonly PulledSubmission[], seen: Omit<TakenPage, 'fileId'>): Promise<boolean> => {
    if (waitingFileId && submissions.length > 0) throw new PullFailed('file_waiting');
    const fileId = await handIn(connection, createdBy, submissions, options.receive);
    const recorded = await execute(recordPage, { id, ...seen, fileId }, asSystem);
    waitingFileId = recorded?.connection.waitingFileId ?? null;
    return recorded !== null;
  };
  // A page counts once the last of its files is taken: before that all of it comes again.
  const take = async (submissions: readonly PulledSubmission[], seen: Omit<TakenPage, 'taken' | 'fileId'>): Promise<boolean> => {
    const files = inFiles(submissions);
    const last = files.pop() ?? [];
    const notYet = { from: seen.from, to: seen.from, taken: 0, unreadable: 0, notApproved: [], settled: [] };
    for (const file of files) if (!(await takeFile(file, notYet))) return false;
    return takeFile(last, { ...seen, taken: submissions.length });
  };
  try {
    if (waitingFileId) throw new PullFailed('file_waiting');
    let from = begun.lastSubmission;
    for await (const { submissions, upTo: to, ...passedOver } of newSubmissions(connection, from, token, options)) {
      if (!(await take(submissions, { from, to, ...passedOver, settled: [] }))) return;
      from = to;
    }
    for await (const { submissions, settled } of reviewed(connection, notApproved, token, options)) {
      if (!(await take(submissions, { from, to: from, unreadable: 0, notApproved: [], settled }))) return;
    }
    await execute(endPull, { id }, asSystem);
  } catch (error) {
    if (!(error instanceof PullFailed)) throw error;
    await execute(endPull, { id, failure: error.failure, retryAfter: error.retryAfter }, asSystem);
  }
}

/**
 * @param enteredBy whoever added the connection: the server may be theirs, so nobody whom it names is theirs to verify, decide on or pay. It is the
 *   maker even when somebody else has changed the connection, for no change moves it to another server.
 * @returns the file that the submissions came in as; null when there are none
 */
async function handIn(
  { programmeId, mapping }: KoboConnection,
  enteredBy: string,
  submissions: readonly PulledSubmission[],
  receive: ReceiveSubmissions,
): Promise<string | null> {
  if (submissions.length === 0) return null;
  try {
    return await receive({ programmeId, mapping, bytes: Buffer.from(JSON.stringify(submissions)), enteredBy });
  } catch (error) {
    // Intake says what is wrong with a file to whoever sends it; here nobody hears it, so the connection shows that it was not accepted.
    if (error instanceof Problem && error.status < 500) throw new PullFailed('not_accepted');
    throw error;
  }
}

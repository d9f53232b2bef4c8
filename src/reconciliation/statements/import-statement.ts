import { type CommandContext, command, dateIn, type Outcome, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { matchStaged } from '../matching/runs/at-once.ts';
import { matchingOf } from '../matching/runs/run-matching.ts';
import { lastRun } from '../matching/runs/store.ts';
import { reconciliationProblem } from '../problems.ts';
import { keepChunks } from './chunk-store.ts';
import { likelySource } from './formats/open.ts';
import { findMapping } from './mapping-store.ts';
import { type Asked, refuseReadOtherwise } from './read-otherwise.ts';
import type { SealedFile } from './sealed-file.ts';
import { type Staging, stage } from './stage.ts';
import { type Earlier, findByContent, findStatement, insertStatement, lockStatements, type Reception } from './store.ts';
import type { NewStatement, Statement } from './types.ts';

/** A file up to this size is read before its sender is answered, in bytes: some ten thousand lines. */
const READ_AT_ONCE = 1024 * 1024;

export interface StatementImport {
  readonly alreadyImported: boolean;
  /** What of it was not done, and goes on now. */
  readonly resumes: 'reading' | 'matching' | null;
  readonly statement: Statement;
}

/**
 * Takes in a statement of the post or the bank. A small one is read, staged and reconciled at once; any other is kept, sealed, and read by
 * a job. The same file again changes nothing and answers with the statement it became; what of that was stopped in the middle goes on at once.
 * Where nobody says whose it is, its format does.
 * @param file whole, on disk; it is read in the transaction
 * @throws unprocessable when the period ends before it starts, or after the day of the upload; not_found when there is no mapping of that name; unreadable_statement with
 *   every place, in which case the statement is kept as refused and no line of it; imported_otherwise when the same file was read in another way
 */
export const importStatement = (file: SealedFile) =>
  command<NewStatement, StatementImport>({
    name: 'reconciliation.import_statement',
    async scope(db, { programmeId }) {
      await programmeById(db, programmeId);
      return { programme: programmeId };
    },
    async run({ tx, actor, now }, input) {
      const { programmeId, from, to, mapping: name, digest } = input;
      if (from && to && to < from)
        throw problem.unprocessable('The period ends before it starts.', {}, [{ pointer: '/to', detail: `Not before ${from}.` }]);
      const { currency, timeZone } = (await programmeById(tx, programmeId)).programme;
      const today = dateIn(timeZone, now);
      if (to && to > today) throw problem.unprocessable('The period is not over.', {}, [{ pointer: '/to', detail: `Not after ${today}.` }]);
      const mapping = name === null ? undefined : await findMapping(tx, programmeId, name);
      if (name !== null && !mapping) throw problem.not_found('The programme has no mapping of this name.');
      const source = input.source ?? (await likelySource(file.bytes()));
      const asked = { source, from, to, mappingId: mapping?.id ?? null };
      const earlier = await findByContent(tx, programmeId, digest);
      if (earlier) return known(tx, earlier, asked);
      const reception: Reception = {
        ...input,
        ...asked,
        id: file.id,
        currency,
        uploadedBy: actor.id,
        uploadedAt: now,
        today,
      };
      if (!(await insertStatement(tx, reception))) {
        const same = await findByContent(tx, programmeId, digest);
        if (same) return known(tx, same, asked);
        throw problem.conflict('The same file is being received. Try again.');
      }
      if (file.size > READ_AT_ONCE || !(await lockStatements(tx, programmeId, false))) {
        await keepChunks(tx, file.id, file.dataKey, file.pieces());
        return outcome(tx, file.id, { followUps: [stagingOf(file.id)] });
      }
      const staging = await stage(tx, reception, mapping, file.bytes(), now);
      if (staging.state === 'refused') return outcome(tx, file.id, { refusal: refusalOf(file.id, staging) });
      return outcome(tx, file.id, { followUps: await matchStaged(tx, file.id, now) });
    },
  });

type Tx = CommandContext['tx'];

async function statementBy(tx: Tx, id: string): Promise<Statement> {
  const statement = await findStatement(tx, id);
  if (!statement) throw new Error('the statement that was just stored is missing');
  return statement;
}

/** The work that reads a statement that was received: whoever finds it read already does nothing. */
const stagingOf = (statementId: string) => ({ job: 'reconciliation.stage_statement', payload: { statementId } });

/** What is left to do of a statement; not what a colleague has to do. */
async function unfinished(tx: Tx, { id, state }: Statement): Promise<StatementImport['resumes']> {
  if (state === 'received') return 'reading';
  if (state !== 'staged') return null;
  const run = await lastRun(tx, id);
  return !run || run.state === 'running' ? 'matching' : null;
}

async function known(tx: Tx, earlier: Earlier, asked: Asked): Promise<Outcome<StatementImport>> {
  const { id } = earlier;
  const statement = await statementBy(tx, id);
  refuseReadOtherwise(earlier, asked, statement);
  const resumes = await unfinished(tx, statement);
  return {
    result: { alreadyImported: true, resumes, statement },
    subject: { type: 'statement', id },
    before: statement,
    after: statement,
    followUps: resumes === null ? [] : [resumes === 'reading' ? stagingOf(id) : matchingOf(id)],
  };
}

async function outcome(tx: Tx, id: string, more: Pick<Outcome<unknown>, 'followUps' | 'refusal'>): Promise<Outcome<StatementImport>> {
  const statement = await statementBy(tx, id);
  return { result: { alreadyImported: false, resumes: null, statement }, subject: { type: 'statement', id }, after: statement, ...more };
}

const refusalOf = (statementId: string, { faults, count }: Staging & { state: 'refused' }) =>
  reconciliationProblem.unreadable_statement(
    `No line was taken. Correct the file and send it again: ${faults.length} of ${count} faults are listed.`,
    { faultCount: count, statementId },
    faults,
  );

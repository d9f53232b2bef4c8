import { brokenConstraint, command, problem, type Scope } from '../../platform/index.ts';
import { matchingOf } from '../matching/runs/run-matching.ts';
import { chunksOf, forgetChunks } from './chunk-store.ts';
import { mappingById } from './mapping-store.ts';
import { keptBytes } from './sealed-file.ts';
import { refuse, stage } from './stage.ts';
import { findStatement, lockStatements, lockWaiting, mark } from './store.ts';

/**
 * Reads a statement that was received: the job's half of `reconciliation.import_statement`. A process that ends in the middle leaves
 * nothing behind, and it is read again from its beginning. It is matched afterwards, so that what keeps it from being matched keeps no line.
 */
export const stageStatement = command<{ readonly statementId: string; readonly givesUp?: boolean }, void>({
  name: 'reconciliation.stage_statement',
  async scope(db, { statementId }): Promise<Scope> {
    const statement = await findStatement(db, statementId);
    if (!statement) throw problem.not_found('There is no such record.');
    return { programme: statement.programmeId };
  },
  async run({ tx, now, keyRing }, { statementId, givesUp }) {
    const subject = { type: 'statement', id: statementId };
    const waiting = await lockWaiting(tx, statementId);
    if (!waiting?.dataKey) return { result: undefined, subject };
    if (givesUp) {
      await mark(tx);
      await refuse(tx, statementId, 'The statement could not be read. Send it again, or in another format.');
      await forgetChunks(tx, statementId);
      return { result: undefined, subject, after: await findStatement(tx, statementId) };
    }
    await lockStatements(tx, waiting.programmeId, true);
    const mapping = waiting.mappingId === null ? undefined : await mappingById(tx, waiting.mappingId);
    const bytes = keptBytes(keyRing, statementId, waiting.dataKey, chunksOf(tx, statementId));
    const staging = await stage(tx, waiting, mapping, bytes, now).catch(async (error: unknown) => {
      if (brokenConstraint(error) !== 'statements_by_another') throw error;
      // Nobody waits for an answer here, so the statement itself says why it was not taken.
      return refuse(tx, statementId, 'Who sent it paid cash that it speaks of, or had a hand in its list. A colleague has to send it.');
    });
    await forgetChunks(tx, statementId);
    const followUps = staging.state === 'staged' ? [matchingOf(statementId)] : [];
    return { result: undefined, subject, after: await findStatement(tx, statementId), followUps };
  },
});

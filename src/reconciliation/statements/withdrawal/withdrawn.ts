import { type Db, type FollowUp, problem, type Tx } from '../../../platform/index.ts';
import { closeAllOf } from '../../exceptions/closing.ts';
import { beginRun } from '../../matching/runs/advance.ts';
import { matchingOf } from '../../matching/runs/run-matching.ts';
import { endRun, findStatementToMatch, lastRun } from '../../matching/runs/store.ts';
import { findStatement } from '../store.ts';
import type { Statement } from '../types.ts';
import { deleteMatches, setWithdrawn, statementsBeside } from './store.ts';

/** @throws not_found */
export async function statementById(db: Db, id: string): Promise<Statement> {
  const statement = await findStatement(db, id);
  if (!statement) throw problem.not_found('There is no such record.');
  return statement;
}

const gone = 'The statement that showed it was withdrawn.';

/**
 * Leaves nothing of a statement that counts: ends its matching, takes its matches away, closes its exceptions, and has the statements beside
 * it matched again. Its lines stay as history.
 * @param by who confirmed it
 * @returns what has to happen after the commit
 */
export async function withdraw(tx: Tx, statementId: string, by: string, at: Date): Promise<FollowUp[]> {
  const run = await lastRun(tx, statementId);
  if (run?.state === 'running') await endRun(tx, run.id, at, 'statement_withdrawn');
  const takers = await deleteMatches(tx, statementId);
  await closeAllOf(tx, statementId, { by, at, note: gone });
  await setWithdrawn(tx, statementId);
  const beside = [...new Set([...takers, ...(await statementsBeside(tx, statementId))])];
  for (const id of beside) {
    const statement = await findStatementToMatch(tx, id);
    if (statement) await beginRun(tx, statement, by, `Statement ${statementId} was withdrawn`, at);
  }
  return beside.map(matchingOf);
}

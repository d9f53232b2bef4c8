import { problem, type Tx } from '../../../platform/index.ts';
import { findPasses } from '../passes/store.ts';
import type { MatchedStatement } from '../types.ts';
import { BATCH, takeStep } from './step.ts';
import { countMatches, endRun, insertRun, lastRun, lockStatementToMatch, moveRun, type Run, setReconciled } from './store.ts';

/** A statement that is matched in this transaction and in no other. @throws not_found */
export async function lockedStatement(tx: Tx, statementId: string): Promise<MatchedStatement> {
  const statement = await lockStatementToMatch(tx, statementId);
  if (!statement) throw problem.not_found('There is no such record.');
  return statement;
}

/** Begins to match a statement, in somebody's name, by the passes of its programme as they are now. */
export async function beginRun(tx: Tx, statement: MatchedStatement, askedBy: string, reason: string | null, at: Date): Promise<Run> {
  const passes = await findPasses(tx, statement.programmeId);
  const number = ((await lastRun(tx, statement.id))?.number ?? 0) + 1;
  await insertRun(tx, statement.id, { number, passesVersion: passes?.version ?? 0, reason, askedBy, at });
  const run = await lastRun(tx, statement.id);
  if (!run) throw new Error('a run that began is not there');
  return run;
}

/**
 * Takes the matching of a statement one batch further; a statement that was staged and never matched is begun, in the name of whoever
 * uploaded it. @returns where the run stands; null when there was nothing to do
 */
export async function advance(tx: Tx, statement: MatchedStatement, at: Date, batch = BATCH): Promise<Run | null> {
  const last = await lastRun(tx, statement.id);
  const isNew = !last && statement.state === 'staged';
  const run = isNew ? await beginRun(tx, statement, statement.uploadedBy, null, at) : last;
  if (run?.state !== 'running') return null;
  const next = await takeStep({ tx, statement, run, at, batch });
  if (next) {
    await moveRun(tx, run.id, next);
    return { ...run, ...next };
  }
  await endRun(tx, run.id, at, null);
  await countMatches(tx, statement.id);
  await setReconciled(tx, statement.id);
  return { ...run, state: 'done' };
}

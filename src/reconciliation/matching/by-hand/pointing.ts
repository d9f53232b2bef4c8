import { type Db, placesWrong, problem, type Scope, type Tx } from '../../../platform/index.ts';
import { lockedStatement } from '../runs/advance.ts';
import { findStatementToMatch, lastRun } from '../runs/store.ts';
import type { MatchedStatement } from '../types.ts';
import { findLine, type PointedLine } from './store.ts';

/** Where a statement belongs. @throws not_found */
export async function scopeOfStatement(db: Db, { statementId }: { readonly statementId: string }): Promise<Scope> {
  const statement = await findStatementToMatch(db, statementId);
  if (!statement) throw problem.not_found('There is no such record.');
  return { programme: statement.programmeId };
}

/** The line of a row, in a statement that nothing else matches meanwhile. @throws not_found; conflict while it is being matched, or when it was withdrawn */
export async function pointedAt(
  tx: Tx,
  statementId: string,
  row: number,
): Promise<{ readonly statement: MatchedStatement; readonly line: PointedLine }> {
  const statement = await lockedStatement(tx, statementId);
  if (statement.state === 'withdrawn') throw problem.conflict('The statement was withdrawn.');
  if ((await lastRun(tx, statementId))?.state === 'running')
    throw problem.conflict('The statement is being matched. Ask again when it is done.');
  const line = await findLine(tx, statementId, row);
  if (!line) throw placesWrong([{ pointer: '/body/row', detail: 'The statement has no line in this row.' }]);
  return { statement, line };
}

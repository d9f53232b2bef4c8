import type { FollowUp, Tx } from '../../../platform/index.ts';
import { advance, lockedStatement } from './advance.ts';
import { matchingOf } from './run-matching.ts';

/** Up to so many lines a statement is matched before its upload is answered. */
const AT_ONCE = 2_000;

/**
 * Matches a statement that was staged: a short one in this transaction, a long one afterwards.
 * @returns what has to happen after the commit
 * @throws separation_of_duties when whoever uploaded it paid cash that it speaks of, and it is short
 */
export async function matchStaged(tx: Tx, statementId: string, at: Date): Promise<FollowUp[]> {
  const statement = await lockedStatement(tx, statementId);
  if (statement.lineCount > AT_ONCE) return [matchingOf(statementId)];
  while ((await advance(tx, statement, at))?.state === 'running');
  return [];
}

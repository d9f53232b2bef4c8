import { command, problem } from '../../../platform/index.ts';
import { nameMissing, nameMissingAgain, nameRows } from '../naming/name.ts';
import { findMatch } from '../queries.ts';
import { countMatches } from '../runs/store.ts';
import type { Match } from '../types.ts';
import { pointedAt, scopeOfStatement } from './pointing.ts';
import { deleteMatch, insertDecisions, targetsOf } from './store.ts';

/**
 * Takes a match apart for good: no pass matches these with each other any more. What does not agree about the line then is opened,
 * and that the statement, or whichever had missed it before, does not list what it was matched with.
 * @throws not_found when the row has no line, or the line no match; conflict while the statement is being matched; separation_of_duties
 */
export const unmatch = command<{ readonly statementId: string; readonly row: number; readonly reason: string }, Match>({
  name: 'reconciliation.unmatch',
  scope: scopeOfStatement,
  async run({ tx, actor, now }, { statementId, row, reason }) {
    const { statement, line } = await pointedAt(tx, statementId, row);
    const targets = await targetsOf(tx, line.id);
    if (targets.length === 0) throw problem.not_found('The line of this row is not matched.');
    const before = await findMatch(tx, statementId, row);
    const decision = { verdict: 'apart', reason, by: actor.id, at: now } as const;
    await insertDecisions(tx, line.id, targets, decision);
    await deleteMatch(tx, line.id);
    await countMatches(tx, statementId);
    await nameRows(tx, statement, { after: row - 1, upTo: row }, decision, true);
    const ids = targets.map(({ id }) => id);
    await nameMissingAgain(tx, statement.programmeId, decision, ids);
    await nameMissing(tx, statement, ids, decision);
    return { result: before, subject: { type: 'statement_line', id: line.id }, before: { targets }, reason };
  },
});

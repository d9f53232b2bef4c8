import { brokenConstraint, command, problem } from '../../../platform/index.ts';
import { closeSuperseded } from '../../exceptions/closing.ts';
import { payMatched } from '../../settlements/steps/pay.ts';
import { noLongerMissing } from '../naming/listed.ts';
import { nameRows } from '../naming/name.ts';
import { findMatch } from '../queries.ts';
import { countMatches } from '../runs/store.ts';
import type { Match, Target } from '../types.ts';
import { pointedAt, scopeOfStatement } from './pointing.ts';
import { insertDecisions, insertMatch } from './store.ts';

interface ByHand {
  readonly statementId: string;
  readonly row: number;
  readonly targets: readonly Target[];
  readonly reason: string;
}

/**
 * Matches a line with records of ours, because somebody says so. What did not agree about them and does now is closed; a settlement that waited
 * for the bank is paid, by whoever says so.
 * @throws not_found; conflict when the line or a record is matched already, the line was written off, or the statement is being matched; unprocessable for records
 *   that are not the programme's, do not fit the kind of the line, or do not come to its amount together; separation_of_duties
 */
export const matchByHand = command<ByHand, Match>({
  name: 'reconciliation.match_by_hand',
  scope: scopeOfStatement,
  async run(context, { statementId, row, targets, reason }) {
    const { tx, actor, now } = context;
    const { statement, line } = await pointedAt(tx, statementId, row);
    if (line.isRepeat) throw problem.conflict('An earlier statement lists this line; match that one.');
    const decision = { verdict: 'same', reason, by: actor.id, at: now } as const;
    await insertDecisions(tx, line.id, targets, decision);
    await insertMatch(tx, line.id, targets, decision).catch(explain);
    const paid = await payMatched(context, statementId);
    await countMatches(tx, statementId);
    await nameRows(tx, statement, { after: row - 1, upTo: row }, decision, true);
    const only = targets.map(({ id }) => id);
    await closeSuperseded(tx, await noLongerMissing(tx, statement.programmeId, actor.id, { only }), actor.id, now);
    const result = await findMatch(tx, statementId, row);
    return { result, subject: { type: 'statement_line', id: line.id }, after: { targets, paid }, reason };
  },
});

function explain(error: unknown): never {
  const broken = brokenConstraint(error);
  if (broken === 'statement_matches_line_once' || broken === 'statement_match_targets_part_once')
    throw problem.conflict('The line is matched already. Take that match apart first.');
  if (broken === 'statement_match_targets_once')
    throw problem.conflict('One of these records is matched with another line, or named twice. Take that match apart first.');
  if (broken === 'statement_matches_not_borne')
    throw problem.conflict(
      'What the line says was written off, or that is proposed. Open its exception again first, or refuse the proposal.',
    );
  const wrong: Readonly<Record<string, string>> = {
    statement_match_targets_own: 'The programme of the statement has no such record in the currency of the line.',
    statement_match_targets_fit: 'A line of this kind is never such a record: money that left is not money that came in.',
    statement_match_targets_sum: 'These records do not come to the amount of the line.',
  };
  const detail = wrong[broken ?? ''];
  if (detail) throw problem.unprocessable('The line cannot be these records.', {}, [{ pointer: '/targets', detail }]);
  throw error;
}

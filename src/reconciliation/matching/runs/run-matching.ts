import { beginAgainOn, command, problem } from '../../../platform/index.ts';
import type { MatchingRun } from '../types.ts';
import { beginRun, lockedStatement } from './advance.ts';
import { findStatementToMatch, lastRun } from './store.ts';

/** The work that matches a statement after it was staged, or again. */
export const matchingOf = (statementId: string) => ({ job: 'reconciliation.match', payload: { statementId } });

/**
 * Matches a statement again, in the name of whoever asks.
 * @throws not_found; conflict while it is being matched, or not read yet
 */
export const runMatching = command<{ readonly statementId: string; readonly reason: string }, MatchingRun>({
  name: 'reconciliation.run_matching',
  async scope(db, { statementId }) {
    const statement = await findStatementToMatch(db, statementId);
    if (!statement) throw problem.not_found('There is no such record.');
    return { programme: statement.programmeId };
  },
  async run({ tx, actor, now }, { statementId, reason }) {
    const statement = await lockedStatement(tx, statementId);
    if (statement.state !== 'staged' && statement.state !== 'reconciled')
      throw problem.conflict('The statement is not read yet, cannot be read, or was withdrawn.');
    const last = await lastRun(tx, statementId);
    if (last ? last.state === 'running' : statement.state === 'staged')
      throw problem.conflict('The statement is being matched. Ask again when it is done.');
    await beginRun(tx, statement, actor.id, reason, now).catch(
      beginAgainOn(['matching_runs_number_once', 'matching_runs_one_at_a_time'], 'another run began'),
    );
    const run = await lastRun(tx, statementId);
    if (!run) throw new Error('a run that began is not there');
    const { id: _none, ...result } = run;
    return {
      result,
      subject: { type: 'statement', id: statementId },
      before: last,
      after: result,
      reason,
      followUps: [matchingOf(statementId)],
    };
  },
});

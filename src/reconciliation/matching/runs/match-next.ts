import { beginAgainOn, command } from '../../../platform/index.ts';
import { advance, lockedStatement } from './advance.ts';
import { endRun, findStatementToMatch, lastRun } from './store.ts';

export interface NextBatch {
  readonly statementId: string;
  readonly batch?: number;
  /** The code of the problem that the last batch met, and that another would meet again: the run ends with it. */
  readonly stoppedBy?: string;
}

/** Matches the next batch of a statement. @returns whether there is more to do @throws not_found */
export const matchNext = command<NextBatch, boolean>({
  name: 'reconciliation.match_next',
  async scope(db, { statementId }) {
    return { programme: (await findStatementToMatch(db, statementId))?.programmeId };
  },
  async run({ tx, now }, { statementId, batch, stoppedBy }) {
    const statement = await lockedStatement(tx, statementId);
    const subject = { type: 'statement', id: statementId };
    if (stoppedBy !== undefined) {
      const run = await lastRun(tx, statementId);
      if (run?.state === 'running') await endRun(tx, run.id, now, stoppedBy);
      return { result: false, subject, after: { stoppedBy } };
    }
    const run = await advance(tx, statement, now, batch).catch(
      beginAgainOn(['statement_match_targets_once'], 'another statement claimed the same'),
    );
    const after = run && { number: run.number, state: run.state, stage: run.stage, place: run.place };
    return { result: run?.state === 'running', subject, after };
  },
});

import { command, placesWrong, problem } from '../../platform/index.ts';
import { scopeOfFund } from '../queries.ts';
import { findFund, updateFund } from '../store.ts';
import { changedTerms, faultsOf } from '../terms.ts';
import type { Fund, StoredFund, TermsChange } from '../types.ts';
import { say } from '../words.ts';
import { refusalOfTerms } from './refusals.ts';

/**
 * Changes the terms of a fund that is still as the caller read it. What was drawn on it before stays as it is.
 * @throws not_found; conflict when it has changed since; unprocessable when a term breaks a rule
 */
export const changeFund = command<{ readonly fundId: string; readonly version: number; readonly change: TermsChange }, StoredFund>({
  name: 'funding.change_fund',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, { fundId, version, change }) {
    const before = await findFund(tx, fundId);
    if (!before) throw problem.not_found('There is no such record.');
    const fund: Fund = changedTerms(before.fund, change);
    const faults = faultsOf(fund);
    if (faults.length > 0) throw placesWrong(faults);
    const changed = await updateFund(tx, fund, version, actor.id, now).catch((error: unknown) => {
      throw refusalOfTerms(error);
    });
    if (!changed) throw problem.conflict(say('fund_changed'));
    return { result: { fund, version: version + 1 }, subject: { type: 'fund', id: fundId }, before: before.fund, after: fund };
  },
});

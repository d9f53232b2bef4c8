import { brokenConstraint, command, Money, newId, placesWrong, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { insertFund } from '../store.ts';
import { changedTerms, faultsOf, openTerms } from '../terms.ts';
import type { Fund, Terms, TermsChange } from '../types.ts';
import { say } from '../words.ts';
import { refusalOfTerms } from './refusals.ts';

export type NewFund = TermsChange & { readonly programmeId: string; readonly agreement: string; readonly donor: string };

/**
 * Opens a fund in the currency that the programme pays in.
 * @throws not_found; unprocessable when a term breaks a rule; conflict when the programme has a fund under this agreement
 */
export const createFund = command<NewFund, Fund>({
  name: 'funding.create_fund',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, agreement, donor, ...change }) {
    const { programme } = await programmeById(tx, programmeId);
    const terms: Terms = { donor, ...changedTerms(openTerms, change) };
    const faults = faultsOf(terms);
    if (faults.length > 0) throw placesWrong(faults);
    const received = Money.zero(programme.currency).toJSON();
    const fund: Fund = { id: newId(), programmeId, agreement, ...terms, received, createdAt: now.toISOString() };
    try {
      await insertFund(tx, fund, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'funds_programme_id_agreement_key') throw problem.conflict(say('agreement_taken'));
      throw refusalOfTerms(error);
    }
    return { result: fund, subject: { type: 'fund', id: fund.id }, scope: { programme: programmeId, fund: fund.id }, after: fund };
  },
});

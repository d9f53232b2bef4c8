import { post } from '../ledger/index.ts';
import { brokenConstraint, command, Money, newId, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { fundById } from './queries.ts';
import { insertContribution, insertFund } from './store.ts';
import type { Amount, Contribution, Fund } from './types.ts';

/**
 * Opens a fund in the programme's currency.
 * @throws not_found; conflict when the programme has a fund under this agreement
 */
export const createFund = command<{ programmeId: string; donor: string; agreement: string }, Fund>({
  name: 'funding.create_fund',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, donor, agreement }) {
    const { programme } = await programmeById(tx, programmeId);
    const fund: Fund = {
      id: newId(),
      programmeId,
      donor,
      agreement,
      received: Money.zero(programme.currency).toJSON(),
      createdAt: now.toISOString(),
    };
    try {
      await insertFund(tx, fund, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'funds_programme_id_agreement_key')
        throw problem.conflict('There is a fund under this agreement already.');
      throw error;
    }
    return { result: fund, subject: { type: 'fund', id: fund.id }, scope: { programme: programmeId, fund: fund.id }, after: fund };
  },
});

/**
 * Records money received and posts it: bank to fund available.
 * @throws not_found; unprocessable when the amount does not fit the fund; conflict when the bank's reference was recorded before
 */
export const recordContribution = command<{ fundId: string; amount: Amount; receivedOn: string; reference: string }, Contribution>({
  name: 'funding.record_contribution',
  async scope(db, { fundId }) {
    const { programmeId } = await fundById(db, fundId);
    return { programme: programmeId, fund: fundId };
  },
  async run({ tx, actor, now }, { fundId, receivedOn, reference, ...input }) {
    const fund = await fundById(tx, fundId);
    const amount = receivedAmount(input.amount, fund.received.currency);
    const contribution: Contribution = {
      id: newId(),
      fundId,
      amount: amount.toJSON(),
      receivedOn,
      reference,
      recordedAt: now.toISOString(),
    };
    try {
      await insertContribution(tx, contribution, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'contributions_fund_id_reference_key')
        throw problem.conflict('This transfer has been recorded already.');
      throw error;
    }
    const subject = { type: 'contribution', id: contribution.id };
    await post(tx, now, [{ event: 'contribution', programmeId: fund.programmeId, fundId, subject, amount }]);
    return { result: contribution, subject, after: contribution };
  },
});

function receivedAmount({ amount, currency }: Amount, fundCurrency: string): Money {
  if (currency !== fundCurrency) {
    throw problem.unprocessable('The fund is in another currency.', {}, [{ pointer: '/amount/currency', detail: `Use ${fundCurrency}.` }]);
  }
  try {
    const money = Money.of(amount, currency);
    if (!money.isZero && !money.isNegative) return money;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw problem.unprocessable('The amount does not fit the currency.', {}, [{ pointer: '/amount/amount', detail: error.message }]);
  }
  throw problem.unprocessable('Money received is above zero.', {}, [{ pointer: '/amount/amount', detail: 'Give an amount above zero.' }]);
}

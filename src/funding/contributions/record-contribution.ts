import { post, type Transfer } from '../../ledger/index.ts';
import { brokenConstraint, command, dateIn, type Money, newId, problem, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { positive, refuseFutureDay } from '../amounts.ts';
import { rateOn, valueAt } from '../exchange/index.ts';
import { fundingProblem } from '../problems.ts';
import { fundById, scopeOfFund } from '../queries.ts';
import type { Amount, Contribution } from '../types.ts';
import { say } from '../words.ts';
import { findContribution, insertContribution, type NewContribution } from './store.ts';

interface Receipt {
  readonly fundId: string;
  readonly amount: Amount;
  readonly receivedOn: string;
  readonly reference: string;
}

/**
 * Records money received and posts it to what the fund has available. Money in another currency lies in the bank as it came, and is worth what
 * the last rate on or before its day says.
 * @throws not_found; unprocessable when the amount does not fit; no_exchange_rate; conflict when the bank's reference stands recorded
 */
export const recordContribution = command<Receipt, Contribution>({
  name: 'funding.record_contribution',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, { fundId, receivedOn, reference, ...input }) {
    const { programmeId, received } = await fundById(tx, fundId);
    const { programme } = await programmeById(tx, programmeId);
    const amount = positive(input.amount, '/amount');
    refuseFutureDay(receivedOn, dateIn(programme.timeZone, now), '/receivedOn');
    const booked = await bookedAs(tx, amount, received.currency, receivedOn);
    const contribution = { id: newId(), fundId, ...booked, receivedOn, reference };
    await insertContribution(tx, contribution, actor.id, now).catch((error: unknown) => {
      if (brokenConstraint(error) === 'contributions_reference_once') throw problem.conflict(say('transfer_recorded'));
      throw error;
    });
    await post(tx, now, transfersOf(programmeId, contribution));
    const result = await findContribution(tx, contribution.id);
    if (!result) throw new Error('a contribution that was just recorded is not there');
    return { result, subject: { type: 'contribution', id: result.id }, after: result };
  },
});

async function bookedAs(tx: Tx, amount: Money, currency: string, day: string): Promise<Pick<NewContribution, 'value' | 'foreign'>> {
  if (amount.currency === currency) return { value: amount, foreign: null };
  const rate = await rateOn(tx, amount.currency, currency, day);
  if (!rate) {
    throw fundingProblem.no_exchange_rate(
      say('rate_none', { from: amount.currency, to: currency, day }),
      { from: amount.currency, to: currency, day },
      [{ pointer: '/amount/currency', detail: say('currency_or_rate', { currency }) }],
    );
  }
  const value = valueAt(amount, rate.rate, currency);
  if (!value.isZero) return { value, foreign: { amount, rateId: rate.id } };
  throw problem.unprocessable(say('worth_nothing', { currency }), {}, [{ pointer: '/amount/amount', detail: say('amount_larger') }]);
}

function transfersOf(programmeId: string, { id, fundId, value, foreign }: NewContribution): Transfer[] {
  const common = { programmeId, fundId, subject: { type: 'contribution', id } };
  if (!foreign) return [{ ...common, event: 'contribution', amount: value }];
  return [
    { ...common, event: 'foreign_contribution', amount: foreign.amount },
    { ...common, event: 'contribution_value', amount: value },
  ];
}

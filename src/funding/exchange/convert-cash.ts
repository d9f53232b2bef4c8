import { post } from '../../ledger/index.ts';
import { brokenConstraint, command, dateIn, Money, newId, problem, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { positive, refuseFutureDay } from '../amounts.ts';
import { fundingProblem } from '../problems.ts';
import { fundById, scopeOfFund } from '../queries.ts';
import type { Amount, Conversion } from '../types.ts';
import { say } from '../words.ts';
import { bookedValueOf } from './rules.ts';
import { findConversion, foreignCash, insertConversion, lockForeignCash, type NewConversion } from './store.ts';

interface Sale {
  readonly fundId: string;
  readonly sold: Amount;
  readonly bought: Amount;
  readonly convertedOn: string;
  readonly reference: string;
}

/**
 * Records that the bank has changed foreign money of a fund into the fund's currency, at what the bank really gave. The difference to what
 * the money stood in the books at is posted as a gain or a loss.
 * @throws not_found; unprocessable when the fund does not hold as much, or an amount does not fit; conflict when the bank's reference was
 *   recorded before; loss_not_covered when the fund has committed what the loss would have to come from
 */
export const convertCash = command<Sale, Conversion>({
  name: 'funding.convert_cash',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, input) {
    const { programmeId, id: fundId, received } = await fundById(tx, input.fundId);
    const { programme } = await programmeById(tx, programmeId);
    refuseFutureDay(input.convertedOn, dateIn(programme.timeZone, now), '/convertedOn');
    const [sold, bought] = [positive(input.sold, '/sold'), boughtMoney(input.bought, received.currency)];
    await lockForeignCash(tx, fundId);
    const bookedValue = await valueOfSold(tx, fundId, sold, received.currency);
    const conversion = { ...input, id: newId(), fundId, sold, bought, bookedValue };
    await insertConversion(tx, conversion, actor.id, now).catch((error: unknown) => {
      if (brokenConstraint(error) === 'conversions_reference_once') throw problem.conflict(say('conversion_recorded'));
      throw error;
    });
    await postConversion(tx, now, programmeId, conversion);
    const result = await findConversion(tx, conversion.id);
    if (!result) throw new Error('a conversion that was just recorded is not there');
    return { result, subject: { type: 'conversion', id: result.id }, after: result };
  },
});

function boughtMoney(bought: Amount, currency: string): Money {
  if (bought.currency === currency) return positive(bought, '/bought');
  throw problem.unprocessable(say('conversion_currency'), {}, [
    { pointer: '/bought/currency', detail: say('currency_of_fund', { currency }) },
  ]);
}

async function valueOfSold(tx: Tx, fundId: string, sold: Money, currency: string): Promise<Money> {
  const cash = await foreignCash(tx, fundId, sold.currency, currency);
  if (cash && sold.compare(cash.held) <= 0) return bookedValueOf(sold, cash);
  const held = cash?.held ?? Money.zero(sold.currency);
  throw problem.unprocessable(say('fund_holds', { held: held.toString(), currency: sold.currency }), { held: held.toString() }, [
    { pointer: '/sold/amount', detail: say('conversion_beyond_fund') },
  ]);
}

async function postConversion(tx: Tx, at: Date, programmeId: string, { id, fundId, sold, bought, bookedValue }: NewConversion) {
  const common = { programmeId, fundId, subject: { type: 'conversion', id } };
  const gain = bought.minus(bookedValue);
  try {
    await post(tx, at, [
      { ...common, event: 'conversion_out', amount: sold },
      { ...common, event: 'conversion_in', amount: bought },
      ...(gain.isZero
        ? []
        : [
            {
              ...common,
              event: gain.isNegative ? 'exchange_loss' : 'exchange_gain',
              amount: gain.isNegative ? gain.negated() : gain,
            } as const,
          ]),
    ]);
  } catch (error) {
    if (brokenConstraint(error) !== 'accounts_not_overdrawn') throw error;
    const loss = gain.negated();
    throw fundingProblem.loss_not_covered(say('loss_not_covered_by_fund', { loss: loss.toString(), currency: loss.currency }), {
      loss: loss.toString(),
      currency: loss.currency,
    });
  }
}

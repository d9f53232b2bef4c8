import { Money } from '../../platform/index.ts';
import type { Burn, Fund, FundSheet } from '../types.ts';
import type { Posted } from './store.ts';

type Figures = Omit<FundSheet, 'fundId' | 'pledged' | 'arrived' | 'setAside' | 'foreignCash'>;

/** How many days there are between two dates, both counted. */
const daysFrom = (first: string, last: string): number => (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;

/**
 * The part of a fund's days that is over, as decimal text between 0 and 1; null when it has no dates.
 * @param today in the programme's time zone; it counts as over
 */
export function partOfTime({ startsOn, endsOn }: Pick<Fund, 'startsOn' | 'endsOn'>, today: string): string | null {
  if (!startsOn || !endsOn) return null;
  const gone = Math.min(Math.max(daysFrom(startsOn, today), 0), daysFrom(startsOn, endsOn));
  return (gone / daysFrom(startsOn, endsOn)).toFixed(4);
}

/** Every figure at one of the two moments. What people were paid is what has left the fund and neither went to fees nor to exchange nor was lost, and came back since. */
function figuresAt(posted: readonly Posted[], currency: string, moment: 'now' | 'before') {
  const sum = (name: Posted['name']) => Money.of(posted.find((one) => one.name === name)?.[moment] ?? '0', currency);
  const [available, committed, outstanding] = [sum('fund_available'), sum('fund_committed'), sum('vouchers_outstanding')];
  const [fees, cost, gains] = [sum('fee'), sum('exchange_loss'), sum('exchange_gain')];
  const [losses, recovered] = [sum('loss').plus(sum('bank_loss')).plus(sum('advance_loss')), sum('recovery').plus(sum('cash_recovery'))];
  const received = sum('contribution').plus(sum('contribution_value'));
  const spent = received.minus(available).minus(committed).minus(outstanding);
  const paid = spent.minus(fees).minus(cost).plus(gains).minus(losses).plus(recovered);
  return { received, available, committed, outstanding, fees, cost, gains, losses, recovered, spent, paid };
}

/** Where a fund's money is, from what was posted in its currency. @param ofTime see {@link partOfTime} */
export function figuresOf(posted: readonly Posted[], currency: string, ofTime: string | null): Figures {
  const { received, available, committed, outstanding, paid, fees, cost, gains, losses, recovered, spent } = figuresAt(
    posted,
    currency,
    'now',
  );
  const burn: Burn = {
    spent: spent.toJSON(),
    last30Days: spent.minus(figuresAt(posted, currency, 'before').spent).toJSON(),
    ofReceived: spent.ratioTo(received, 4),
    ofTime,
  };
  return {
    received: received.toJSON(),
    available: available.toJSON(),
    committed: committed.toJSON(),
    outstanding: outstanding.toJSON(),
    paid: paid.toJSON(),
    fees: fees.toJSON(),
    exchange: { gains: gains.toJSON(), losses: cost.toJSON() },
    losses: losses.toJSON(),
    recovered: recovered.toJSON(),
    burn,
  };
}

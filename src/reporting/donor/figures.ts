import { Money } from '../../platform/index.ts';
import { type Figure, type Figures, figures } from './types.ts';

/** What an event of the ledger moved in a fund: until the report's last day, and until the last day of the report before. */
export interface Movement {
  readonly event: string;
  /** Decimal text. */
  readonly until: string;
  readonly before: string;
}

/** Which events of the ledger make up each figure, and with which sign. What was reversed counts against what it was. */
const events: Readonly<Record<Figure, Readonly<Record<string, 1 | -1>>>> = {
  received: { contribution: 1, contribution_value: 1 },
  committed: { approval: 1, approval_returned: -1 },
  released: { issue: 1 },
  paid: { payout: 1, delivery: 1, void: -1, delivery_void: -1 },
  outstanding: { issue: 1, payout: -1, delivery: -1, void: 1, delivery_void: 1, expiry: -1, cancellation: -1 },
  expired: { expiry: 1 },
  cancelled: { cancellation: 1 },
  returned: { approval_returned: 1 },
  fees: { fee: 1 },
  exchangeLoss: { exchange_loss: 1, exchange_gain: -1 },
  losses: { loss: 1, bank_loss: 1, advance_loss: 1 },
  recovered: { recovery: 1, cash_recovery: 1 },
};

function figure(name: Figure, movements: readonly Movement[], currency: string, moment: 'until' | 'before'): Money {
  return Money.sum(
    movements.flatMap((movement) => {
      const sign = events[name][movement.event];
      const amount = sign && Money.of(movement[moment], currency);
      return amount ? [sign > 0 ? amount : amount.negated()] : [];
    }),
    currency,
  );
}

const each = (make: (name: Figure) => Money): Figures =>
  Object.fromEntries(figures.map((name) => [name, make(name).toJSON()])) as unknown as Figures;

/**
 * The money of a report: since the fund began, since the last report, and of that what was booked late for days before it.
 * @param published what the last report said since the beginning
 */
export function moneyOf(movements: readonly Movement[], currency: string, published: Figures | undefined) {
  const until = (name: Figure) => figure(name, movements, currency, 'until');
  const said = (name: Figure) => Money.of(published?.[name]?.amount ?? '0', currency);
  const late = (name: Figure) => (published ? figure(name, movements, currency, 'before').minus(said(name)) : Money.zero(currency));
  return {
    sinceStart: each(until),
    // A position is what it is at the end; everything else is what came since.
    inPeriod: each((name) => (name === 'outstanding' ? until(name) : until(name).minus(said(name)))),
    corrections: Object.fromEntries(
      figures.flatMap((name) => (late(name).isZero ? [] : [[name, late(name).toJSON()]])),
    ) as Partial<Figures>,
  };
}

/** Fees for each unit of cash, and of all that was spent the part that reached people. */
export function costToTransfer({ paid, fees }: Figures) {
  const [cash, cost] = [paid, fees].map(({ amount, currency }) => Money.of(amount, currency)) as [Money, Money];
  return { feesToPaid: cost.ratioTo(cash, 4), paidToTotal: cash.ratioTo(cash.plus(cost), 4) };
}

import { Money } from '../../../platform/index.ts';
import type { BudgetMove, BudgetRow, Need, RunsDry } from './types.ts';

const nextMonth = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
};

/** Months from one to another, both included. */
function monthsUntil(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = nextMonth(month)) months.push(month);
  return months;
}

const text = (money: Money): string => money.toJSON().amount;

/** A fund's months until this one: what it held at the end of each, and what went out within it. */
function pastOf(fundId: string, moves: readonly BudgetMove[], thisMonth: string, currency: string): BudgetRow[] {
  const own = moves.filter((move) => move.fundId === fundId);
  const sum = (figure: BudgetMove['figure'], is: (month: string) => boolean): string =>
    text(
      Money.sum(
        own.filter((move) => move.figure === figure && is(move.month)).map(({ amount }) => Money.of(amount, currency)),
        currency,
      ),
    );
  const [first = thisMonth] = [thisMonth, ...own.map(({ month }) => month)].sort();
  return monthsUntil(first, thisMonth).map((month) => ({
    fundId,
    month,
    available: sum('available', (of) => of <= month),
    committed: sum('committed', (of) => of <= month),
    released: sum('released', (of) => of === month),
    paid: sum('paid', (of) => of === month),
    fees: sum('fees', (of) => of === month),
    expected: null,
    left: null,
  }));
}

/** What funds are asked for month by month, each as far as it goes, in the order in which they are drawn on. */
export function drawn(
  funds: readonly { readonly id: string; readonly available: Money }[],
  needs: readonly Need[],
  currency: string,
): { rows: { fundId: string | null; month: string; expected: Money; left: Money | null }[]; runsDry: RunsDry[] } {
  const left = new Map(funds.map(({ id, available }) => [id, available]));
  const runsDry: RunsDry[] = [];
  const rows = needs.flatMap(({ month, amount }) => {
    let wanted = Money.of(amount, currency);
    const ofMonth: { fundId: string | null; month: string; expected: Money; left: Money | null }[] = funds.map(({ id }) => {
      const had = left.get(id) ?? Money.zero(currency);
      const isEnough = had.compare(wanted) >= 0;
      const taken = isEnough ? wanted : had;
      if (!isEnough && !runsDry.some(({ fundId }) => fundId === id)) runsDry.push({ fundId: id, month });
      wanted = wanted.minus(taken);
      left.set(id, had.minus(taken));
      return { fundId: id, month, expected: taken, left: had.minus(taken) };
    });
    return wanted.isZero ? ofMonth : [...ofMonth, { fundId: null, month, expected: wanted, left: null }];
  });
  return { rows, runsDry };
}

/**
 * The months of funds, and what plans will want of them. What should have been paid before this month is wanted in it.
 * @param funds in the order in which they are drawn on
 * @param thisMonth `YYYY-MM`
 */
export function budgetOf(
  funds: readonly string[],
  moves: readonly BudgetMove[],
  needs: readonly Need[],
  thisMonth: string,
  currency: string,
): { rows: BudgetRow[]; runsDry: RunsDry[] } {
  const past = funds.flatMap((fundId) => pastOf(fundId, moves, thisMonth, currency));
  const now = past.filter(({ month }) => month === thisMonth);
  const last = [thisMonth, ...needs.map(({ month }) => month)].sort().at(-1) ?? thisMonth;
  const byMonth = monthsUntil(thisMonth, last).map((month) => ({
    month,
    amount: text(
      Money.sum(
        needs.filter((need) => (need.month < thisMonth ? thisMonth : need.month) === month).map(({ amount }) => Money.of(amount, currency)),
        currency,
      ),
    ),
  }));
  const holding = now.map(({ fundId, available }) => ({ id: fundId ?? '', available: Money.of(available ?? '0', currency) }));
  const { rows, runsDry } = drawn(holding, byMonth, currency);
  const future = rows.map(({ fundId, month, expected, left }): BudgetRow => {
    const known = past.find((row) => row.fundId === fundId && row.month === month);
    const nothing = { available: null, committed: null, released: null, paid: null, fees: null };
    return { ...nothing, ...known, fundId, month, expected: text(expected), left: left && text(left) };
  });
  const all = [...past.filter(({ month }) => month < thisMonth), ...future];
  const place = (fundId: string | null): number => (fundId === null ? funds.length : funds.indexOf(fundId));
  return { rows: all.sort((one, other) => place(one.fundId) - place(other.fundId) || (one.month < other.month ? -1 : 1)), runsDry };
}

import { Money } from '../../platform/index.ts';
import { type Cell, leastToCount, peopleBeyond, type Transfers } from './counting/index.ts';
import type { FundFacts } from './store/facts.ts';
import type { DonorReport } from './types.ts';

/** What was published of a fund before. */
export interface Earlier {
  /** The last report; none yet. */
  readonly last: DonorReport | undefined;
  /** People, households and pay-outs that reports have counted so far. */
  readonly people: number;
  readonly households: number;
  readonly transfers: number;
  /** Of those people, who are in the tables of another fund of the programme. */
  readonly toldBefore: number;
  /** People less households, when both were last told of. */
  readonly sharing: number;
  /** What reports told of that left people to wait, since one last counted anybody. */
  readonly waiting: readonly PaidThen[];
  readonly cells: readonly Cell[];
}

/** The first day, null where it is the fund's, and the last. */
interface Period {
  readonly from: string | null;
  readonly to: string;
}

/** The pay-outs of an earlier report: how many in each place, and of each kind. */
export interface PaidThen extends Period {
  readonly in: Readonly<Record<string, number>>;
  readonly as: Readonly<Record<string, number>>;
}

const totals = (
  rows: FundFacts['paidIn'],
  cells: readonly Cell[],
  breakdown: Cell['breakdown'],
  currency: string,
): Map<string, Transfers> => {
  const before = new Map<string, { count: number; amount: Money }>();
  for (const cell of cells.filter((one) => one.breakdown === breakdown)) {
    const sum = before.get(cell.cell) ?? { count: 0, amount: Money.zero(currency) };
    before.set(cell.cell, { count: sum.count + cell.transfers, amount: sum.amount.plus(Money.of(cell.amount, currency)) });
  }
  return new Map(
    rows.map(({ name, count, amount }) => {
      const told = before.get(name) ?? { count: 0, amount: Money.zero(currency) };
      return [name, { count: count - told.count, amount: Money.of(amount, currency).minus(told.amount).toString() }];
    }),
  );
};

/** The pay-outs of a period, by place and by kind. */
export interface PaidSince {
  readonly in: ReadonlyMap<string, Transfers>;
  readonly as: ReadonlyMap<string, Transfers>;
  readonly months: number;
}

/** What was paid since the last report that told anything by place and by kind. @param from the first day of the period; null: from the beginning */
export function paidSince(facts: FundFacts, { cells }: Earlier, currency: string, { from, to }: Period): PaidSince {
  return {
    in: totals(facts.paidIn, cells, 'wilaya', currency),
    as: totals(facts.paidAs, cells, 'kind', currency),
    months: monthsOf(from ?? facts.firstPaidOn ?? to, to),
  };
}

/** In each place, or by each kind, how many people there must be beside those who were told of. */
export function beyond(
  of: ReadonlyMap<string, Pick<Transfers, 'count'>>,
  toldOf: (name: string) => number,
  byKind: readonly number[] | null,
  months: number,
): Map<string, number> {
  return new Map(
    [...of].map(([name, { count }]) => [name, peopleBeyond({ transfers: count, people: toldOf(name), byKind: byKind ?? [count], months })]),
  );
}

/** How many each is. */
export const countsOf = (of: ReadonlyMap<string, Pick<Transfers, 'count'>>): number[] => [...of.values()].map(({ count }) => count);

/** How many people pay-outs say there are beside those who were counted: in each place, and by any kind. */
interface Known {
  readonly in: ReadonlyMap<string, number>;
  readonly as: number;
}

const knownBeyond = (
  { toldIn }: FundFacts,
  { people }: Earlier,
  paid: { [By in 'in' | 'as']: ReadonlyMap<string, Pick<Transfers, 'count'>> } & Pick<PaidSince, 'months'>,
): Known => ({
  in: beyond(paid.in, (name) => toldIn.find((one) => one.name === name)?.people ?? 0, countsOf(paid.as), paid.months),
  as: Math.max(0, ...beyond(paid.as, () => people, null, paid.months).values()),
});

/** Nobody is in two places, so what is known of each adds up. */
const atLeast = (known: Known): number =>
  Math.max(
    [...known.in.values()].reduce((sum, count) => sum + count, 0),
    known.as,
  );

/** How many people pay-outs have said there are in reports that left them to wait: whoever waited once has waited since. */
export function waitedUntilNow(facts: FundFacts, earlier: Earlier): Known {
  const counted = (counts: Readonly<Record<string, number>>) => new Map(Object.entries(counts).map(([name, count]) => [name, { count }]));
  const each = earlier.waiting.map(({ from, to, ...paid }) => {
    const months = monthsOf(from ?? facts.firstPaidOn ?? to, to);
    return knownBeyond(facts, earlier, { in: counted(paid.in), as: counted(paid.as), months });
  });
  const names = new Set(each.flatMap((known) => [...known.in.keys()]));
  return {
    in: new Map([...names].map((name) => [name, Math.max(...each.map((known) => known.in.get(name) ?? 0))])),
    as: Math.max(0, ...each.map((known) => known.as)),
  };
}

/** To how many new people the pay-outs of one kind could have gone. */
const possiblyNew = ({ paidAs }: FundFacts, { people }: Earlier, { as }: PaidSince): number =>
  Math.max(0, ...(people === 0 ? paidAs.map(({ count }) => count) : countsOf(as)));

/** From how many on people are counted. @param waited those of whom pay-outs have told before */
export const leastNew = (facts: FundFacts, earlier: Earlier, paid: PaidSince, waited: Known): number =>
  leastToCount(atLeast(knownBeyond(facts, earlier, paid)), possiblyNew(facts, earlier, paid), atLeast(waited));

/** How many months some days come to: one at least. */
const monthsOf = (from: string, to: string): number => Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000 / 30));

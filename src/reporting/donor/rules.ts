import { Money } from '../../platform/index.ts';
import { breakdownOf, type Place } from './breakdown.ts';
import { type Cell, countIn, isTellable, THRESHOLD, tablesOf } from './counting/index.ts';
import { costToTransfer, moneyOf } from './figures.ts';
import { beyond, countsOf, type Earlier, leastNew, type PaidSince, paidSince, waitedUntilNow } from './paid-since.ts';
import type { FundFacts, ReportedFund } from './store/facts.ts';
import type { DaysToCash, DonorReport } from './types.ts';

/** A report, and what publishing it keeps. */
export interface Prepared {
  readonly report: DonorReport;
  /** Everybody whom it counts. */
  readonly newPeople: number;
  /** Of them, who are in the tables of another fund already; the rest is in its own. */
  readonly toldBefore: number;
  readonly newHouseholds: number;
  readonly newTransfers: number;
  /** Every cell of its tables; none when nobody was paid. */
  readonly cells: readonly Cell[];
}

/** What a count that only grows may say now: itself, or what it last said when a handful came since. */
function grown(now: number, said: number | null, isNothing: boolean): number | null {
  if (isNothing) return 0;
  return now - (said ?? 0) >= THRESHOLD ? now : said;
}

/**
 * How many were paid in a period, new or not, where it may be said beside how many there are and how many of them are new: those who were not
 * new, and those who were not paid, must each be none or enough.
 * @param fresh how many are new, null where that is not said
 */
function inPeriod(count: number, all: number | null, fresh: number | null): number | null {
  if (all === null || count > all || !isTellable(count) || !isTellable(all - count)) return null;
  return fresh !== null && (count < fresh || !isTellable(count - fresh)) ? null : count;
}

const days = ({ median, p90, of }: DaysToCash & { readonly of: number }): DaysToCash =>
  of < THRESHOLD ? { median: null, p90: null } : { median, p90 };

/** What a report on a fund says, after all that was published before, and what publishing it would keep. */
export function prepare(
  about: ReportedFund,
  facts: FundFacts,
  earlier: Earlier,
  to: string,
  now: Date,
  state: DonorReport['state'],
): Prepared {
  const { last } = earlier;
  const { currency } = about.fund;
  const place: Place = { wilayas: facts.wilayas, currency };
  const from = last ? dayAfter(last.period.to) : null;
  const paid = paidSince(facts, earlier, currency, { from, to });
  const waited = waitedUntilNow(facts, earlier);
  // A few new people wait for more, and so do a few whom another fund has told of.
  const least = leastNew(facts, earlier, paid, waited);
  const [fresh, toldBefore] = [facts.newPeople, facts.toldBefore].map((people) => (people < least ? 0 : people)) as [number, number];
  const newPeople = fresh + toldBefore;
  const newHouseholds = householdsOf(facts, fresh > 0, toldBefore > 0);
  const newTransfers = facts.transfers - earlier.transfers;
  const isNothing = facts.transfers === 0;
  const counted = earlier.people + newPeople;
  const allToldBefore = earlier.toldBefore + toldBefore;
  const people = grown(counted, last?.reached.people ?? null, isNothing);
  // People less households are those who share one with somebody else who was counted: they are a group as well.
  const sharing = counted - earlier.households - newHouseholds;
  const households = isTellable(sharing - earlier.sharing)
    ? grown(earlier.households + newHouseholds, last?.reached.households ?? null, isNothing)
    : (last?.reached.households ?? null);
  const told = (counted: number | null, before: number | null | undefined): number | null =>
    newTransfers === 0 ? 0 : counted === (before ?? null) ? null : (counted ?? 0) - (before ?? 0);
  const [toldPeople, toldHouseholds] = [told(people, last?.reached.people), told(households, last?.reached.households)];
  const cells =
    newTransfers === 0 ? [] : tablesFor(facts, earlier, earlier.people + newPeople, fresh > 0 ? facts.fresh : [], paid, waited.in);
  const steps = cells.length === 0 ? (last?.steps ?? []) : [...(last?.steps ?? []), breakdownOf(cells, place, { from, to, people: fresh })];
  const peopleInPeriod = inPeriod(facts.peopleInPeriod, people, toldPeople);
  const money = moneyOf(facts.movements, currency, last?.money.sinceStart);
  const { timeZone: _, pledged, ...identity } = about;
  return {
    newPeople,
    toldBefore,
    newHouseholds,
    newTransfers,
    cells,
    report: {
      ...identity,
      pledged,
      state,
      number: (last?.number ?? 0) + 1,
      computedAt: now.toISOString(),
      period: { from, to },
      money,
      transfers: { sinceStart: facts.transfers, inPeriod: newTransfers },
      reached: {
        people,
        households,
        newPeople: toldPeople,
        newHouseholds: toldHouseholds,
        toldBefore: allToldBefore,
        peopleInPeriod,
        householdsInPeriod: isTellable((peopleInPeriod ?? facts.householdsInPeriod) - facts.householdsInPeriod)
          ? inPeriod(facts.householdsInPeriod, households, toldHouseholds)
          : null,
      },
      breakdown: breakdownOf([...earlier.cells, ...cells], place, { from: null, to, people: counted - allToldBefore }),
      steps,
      daysToCash: { sinceStart: days(facts.daysSinceStart), inPeriod: days(facts.daysInPeriod) },
      costToTransfer: costToTransfer(money.sinceStart),
      spent: [...(last?.spent ?? []), { to, paid: money.inPeriod.paid, fees: money.inPeriod.fees }],
      contributions: facts.contributions.map(({ amount, ...one }) => ({ ...one, amount: Money.of(amount, currency).toJSON() })),
    },
  };
}

function householdsOf({ newHouseholds, toldHouseholds, bothHouseholds }: FundFacts, isFresh: boolean, isTold: boolean): number {
  if (isFresh && isTold) return bothHouseholds;
  return (isFresh ? newHouseholds : 0) + (isTold ? toldHouseholds : 0);
}

const countsBy = (others: FundFacts['othersIn']): Map<string, readonly [number, number]> =>
  new Map(others.map(({ name, people, recent }) => [name, [people, recent]]));

/** The tables of those whom a report tells of, with the pay-outs made since the last. */
function tablesFor(
  { wilayas, toldIn, othersIn, othersAs }: FundFacts,
  { cells }: Earlier,
  people: number,
  cube: FundFacts['fresh'],
  { in: paidIn, as: paidAs, months }: PaidSince,
  waitedIn: ReadonlyMap<string, number>,
) {
  const toldOf = (name: string) => (toldIn.find((one) => one.name === name)?.people ?? 0) + countIn(cube, ({ wilaya }) => wilaya === name);
  return tablesOf({
    cube,
    wilayas: wilayas.map(({ number }) => number),
    paidIn,
    paidAs,
    beyondIn: beyond(paidIn, toldOf, countsOf(paidAs), months),
    keptIn: new Set(cells.flatMap(({ breakdown, cell, isShown }) => (breakdown === 'wilaya' && !isShown ? [cell] : []))),
    beyondAs: beyond(paidAs, () => people, null, months),
    othersIn: countsBy(othersIn),
    othersAs: countsBy(othersAs),
    waitedIn,
  });
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

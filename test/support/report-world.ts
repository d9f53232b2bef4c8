import fc from 'fast-check';
import type { Alike } from '../../src/reporting/donor/counting/index.ts';
import { isTellable } from '../../src/reporting/donor/counting/index.ts';
import type { Earlier, PaidThen } from '../../src/reporting/donor/paid-since.ts';
import { type Prepared, prepare } from '../../src/reporting/donor/rules.ts';
import type { FundFacts, ReportedFund } from '../../src/reporting/donor/store/facts.ts';
import { ageBands, type DonorReport, kinds, sexes } from '../../src/reporting/donor/types.ts';

/** So many people who are alike, and in which months they are paid. */
export interface Crowd extends Alike {
  readonly months: readonly number[];
  /** In which months a second fund of the programme pays them. */
  readonly also?: readonly number[];
}

/** In which months a fund pays somebody: the first or the second of the programme. */
export const monthsIn = (crowd: Crowd, fund: number): readonly number[] => (fund === 0 ? crowd.months : (crowd.also ?? []));

/** What everybody is paid each time, so that an amount counts pay-outs. */
export const GRANT = 100;
const nothing = { transfers: 0, people: 0 };
/** Which channels a place has is told by a rule of its own (`channelsTold`), and is left out of these worlds. */
const paidBy = { post_office: nothing, by_hand: nothing };
const wilayas = ['16', '25', '31'].map((number) => ({ number, name: `Wilaya ${number}`, nameAr: number, pcode: null, paidBy }));

const fundOf = (fund: number): ReportedFund => ({
  fund: { id: String(fund), donor: 'A donor', agreement: 'AG-1', currency: 'DZD' },
  programme: { id: '018f0000-0000-7000-8000-000000000001', code: 'TEST', name: 'A programme' },
  timeZone: 'Africa/Algiers',
  activity: { startsOn: '2026-01-01', endsOn: '2026-12-31' },
  pledged: null,
});

/** Groups as programmes have them: mostly small, some large, some of exactly ten or eleven. */
const size = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: 13, max: 90 }) },
);

const crowd = (places: number, ways: number): fc.Arbitrary<Crowd> =>
  fc.record({
    sex: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('female', 'male') }, { weight: 1, arbitrary: fc.constantFrom(...sexes) }),
    ageBand: fc.constantFrom(...ageBands),
    hasDisability: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    wilaya: fc.constantFrom(...wilayas.slice(0, places).map(({ number }) => number)),
    kind: fc.constantFrom(...kinds.slice(0, ways)),
    people: size,
    months: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).map((months) => months.sort()),
  }) as fc.Arbitrary<Crowd>;

/** A fund over four months, with nobody, a handful, or many in it. */
export const world: fc.Arbitrary<Crowd[]> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 14 }))
  .chain(([places, ways, crowds]) => fc.array(crowd(places, ways), { minLength: 1, maxLength: crowds }));

/** As many small crowds as a first report of a small fund has: where who waits is most easily told from when they are counted. */
export const smallWorld: fc.Arbitrary<Crowd[]> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }))
  .chain(([places, ways]) =>
    fc.array(
      fc.tuple(crowd(places, ways), fc.integer({ min: 1, max: 13 })).map(([one, people]) => ({ ...one, people })),
      { minLength: 1, maxLength: 5 },
    ),
  );

/** Two funds of a programme, whose people are partly the same. */
export const shared: fc.Arbitrary<Crowd[]> = world.chain((crowds) =>
  fc
    .array(fc.tuple(fc.subarray([1, 2, 3, 4]), fc.constantFrom('both', 'second')), { minLength: crowds.length, maxLength: crowds.length })
    .map((others) =>
      crowds.map((crowd, i) => {
        const [also = [], who] = others[i] ?? [];
        return { ...crowd, also, months: who === 'second' && also.length > 0 ? [] : crowd.months };
      }),
    ),
);

export const alike = (sex: Alike['sex'], ageBand: Alike['ageBand'], people: number, wilaya = '16', months: number[] = [1]): Crowd => ({
  sex,
  ageBand,
  hasDisability: false,
  wilaya,
  kind: 'one_time_grant',
  people,
  months,
});

/** Worlds that others have been caught by. */
export const nastyWorlds: Readonly<Record<string, Crowd[]>> = {
  'one person': [alike('female', '18-59', 1)],
  'nine people': [alike('female', '18-59', 9)],
  'eleven, of whom one is of the other sex': [alike('female', '18-59', 10), alike('male', '18-59', 1)],
  'ten, of whom five are of the other sex': [alike('female', '18-59', 5), alike('male', '18-59', 5)],
  'one of each of eleven kinds of people': ageBands
    .flatMap((band) => [alike('female', band, 1), alike('male', band, 1)])
    .concat(alike('other', '60+', 1)),
  'everybody in one wilaya': [alike('female', '18-59', 80), alike('male', '0-5', 3), alike('male', '18-59', 40)],
  'one more each month': [1, 2, 3, 4].map((month) => alike('female', '18-59', month === 1 ? 50 : 1, '16', [month, 4])),
  'a village of three beside a town': [alike('female', '18-59', 200), alike('male', '18-59', 3, '31'), alike('male', '60+', 11, '25', [2])],
  'twenty men with one disability': [
    alike('male', '18-59', 30),
    { ...alike('male', '18-59', 1), hasDisability: true },
    alike('female', '18-59', 30),
  ],
  'five more stipends than people were told of': [alike('female', '18-59', 190, '16', [1, 2]), alike('male', '0-5', 5, '16', [2])],
  'twenty, of whom fourteen waited where pay-outs told of eleven': [
    alike('female', '0-5', 8, '16', [2, 3]),
    alike('female', '0-5', 6, '16', [4]),
    alike('female', '0-5', 6, '16', [3, 4]),
  ],
  'four more than seventeen in two places, who waited': [
    alike('female', '18-59', 9, '25', [1, 2]),
    alike('male', '6-11', 8, '31', [2, 4]),
    alike('male', '0-5', 4, '16', [4]),
  ],
  'seven more in one place, fewer in another': [
    alike('female', '18-59', 90, '16', [1, 2]),
    alike('male', '18-59', 60, '25', [1]),
    alike('male', '18-59', 40, '25', [1, 2]),
    alike('male', '60+', 7, '16', [2, 3]),
  ],
  'one more in a second fund': [
    { ...alike('female', '18-59', 120, '16', [1]), also: [2] },
    { ...alike('male', '18-59', 80, '25', [1]), also: [2] },
    { ...alike('male', '60+', 1, '16', []), hasDisability: true, also: [2] },
  ],
  'twelve, of whom a second fund pays three': [
    { ...alike('female', '18-59', 12), also: [1, 2] },
    { ...alike('female', '60+', 9, '16', [2]), also: [2, 3] },
    { ...alike('male', '18-59', 40, '31', []), also: [3, 4] },
  ],
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function totalsBy(crowds: readonly Crowd[], fund: number, key: 'wilaya' | 'kind', until: number) {
  const counts = new Map<string, number>();
  for (const one of crowds) {
    const paid = one.people * monthsIn(one, fund).filter((month) => month <= until).length;
    if (paid > 0) counts.set(one[key], (counts.get(one[key]) ?? 0) + paid);
  }
  return [...counts].map(([name, count]) => ({ name, count, amount: `${count * GRANT}.00` }));
}

/** Everything that was published of a world. */
export interface Told {
  /** Of all funds, in turn. */
  readonly reports: readonly DonorReport[];
  /** Which of them, from one, broke down each crowd, where one has. */
  readonly countedIn: ReadonlyMap<Crowd, number>;
  /** Which of them counted each crowd, in any way, by fund. */
  readonly reachedIn: readonly ReadonlyMap<Crowd, number>[];
}

/** Publishes what may be published of a world, month by month and fund by fund. */
export function publishAll(crowds: readonly Crowd[]): Told {
  const countedIn = new Map<Crowd, number>();
  const reports: DonorReport[] = [];
  const funds = (crowds.some(({ also }) => also) ? [0, 1] : [0]).map((fund) => ({
    fund,
    earlier: { last: undefined, people: 0, households: 0, transfers: 0, toldBefore: 0, sharing: 0, waiting: [], cells: [] } as Earlier,
    reachedIn: new Map<Crowd, number>(),
    lastMonth: 0,
  }));
  for (const month of [1, 2, 3, 4])
    for (const one of funds) {
      const facts = factsOf(crowds, month, one, countedIn);
      if (!isTellable(facts.transfers - one.earlier.transfers)) continue;
      const { earlier } = one;
      const prepared = prepare(fundOf(one.fund), facts, earlier, `2026-0${month}-28`, new Date('2026-06-01'), 'published');
      reports.push(prepared.report);
      for (const crowd of crowds) {
        if (one.reachedIn.has(crowd) || (monthsIn(crowd, one.fund)[0] ?? 9) > month) continue;
        const isTold = (countedIn.get(crowd) ?? reports.length) < reports.length;
        if (isTold ? prepared.toldBefore === 0 : prepared.newPeople === prepared.toldBefore) continue;
        one.reachedIn.set(crowd, reports.length);
        if (!isTold) countedIn.set(crowd, reports.length);
      }
      one.earlier = {
        last: prepared.report,
        people: earlier.people + prepared.newPeople,
        households: earlier.households + prepared.newHouseholds,
        toldBefore: earlier.toldBefore + prepared.toldBefore,
        transfers: facts.transfers,
        sharing:
          (prepared.report.reached.newHouseholds ?? 0) > 0
            ? (prepared.report.reached.people ?? 0) - (prepared.report.reached.households ?? 0)
            : earlier.sharing,
        waiting: prepared.newPeople > 0 ? [] : [...earlier.waiting, paidThen(prepared)],
        cells: [...earlier.cells, ...prepared.cells],
      };
      one.lastMonth = month;
    }
  return { reports, countedIn, reachedIn: funds.map(({ reachedIn }) => reachedIn) };
}

function paidThen({ report: { period }, cells }: Prepared): PaidThen {
  const by = (breakdown: 'wilaya' | 'kind') =>
    Object.fromEntries(cells.flatMap((cell) => (cell.breakdown === breakdown && cell.transfers > 0 ? [[cell.cell, cell.transfers]] : [])));
  return { ...period, in: by('wilaya'), as: by('kind') };
}

interface Fund {
  readonly fund: number;
  readonly earlier: Earlier;
  readonly reachedIn: ReadonlyMap<Crowd, number>;
  readonly lastMonth: number;
}

function factsOf(
  crowds: readonly Crowd[],
  month: number,
  { fund, earlier, reachedIn, lastMonth }: Fund,
  countedIn: ReadonlyMap<Crowd, number>,
): FundFacts {
  const count = (some: readonly Crowd[]) => sum(some.map(({ people }) => people));
  const uncounted = crowds.filter((one) => !reachedIn.has(one) && (monthsIn(one, fund)[0] ?? 9) <= month);
  const fresh = uncounted.filter((one) => !countedIn.has(one));
  // Nobody lives with somebody of another crowd; in some crowds everybody lives alone.
  const households = (some: readonly Crowd[]) => sum(some.map(({ people }) => Math.ceil(people / (1 + (people % 3)))));
  const recent = crowds.filter((one) => monthsIn(one, fund).some((m) => m > lastMonth && m <= month));
  const others = crowds.filter(
    (one) => countedIn.has(one) && countedIn.get(one) !== reachedIn.get(one) && (monthsIn(one, fund)[0] ?? 9) <= month,
  );
  const othersBy = (by: 'wilaya' | 'kind') =>
    [...new Set(others.map((one) => one[by]))].map((name) => {
      const there = others.filter((one) => one[by] === name);
      return {
        name,
        people: count(there),
        recent: count(there.filter((one) => monthsIn(one, fund).some((m) => m > lastMonth && m <= month))),
      };
    });
  const paidIn = totalsBy(crowds, fund, 'wilaya', month);
  const transfers = sum(paidIn.map(({ count }) => count));
  const [newPeople, all] = [count(fresh), count(uncounted)];
  return {
    movements: [{ event: 'payout', until: `${transfers * GRANT}.00`, before: `${earlier.transfers * GRANT}.00` }],
    transfers,
    firstPaidOn: transfers > 0 ? '2026-01-01' : null,
    paidIn,
    paidAs: totalsBy(crowds, fund, 'kind', month),
    newPeople,
    newHouseholds: households(fresh),
    toldBefore: all - newPeople,
    toldHouseholds: households(uncounted) - households(fresh),
    bothHouseholds: households(uncounted),
    toldIn: wilayas.map(({ number }) => ({
      name: number,
      people: count([...countedIn.keys()].filter(({ wilaya }) => wilaya === number)),
    })),
    othersIn: othersBy('wilaya'),
    othersAs: othersBy('kind'),
    peopleInPeriod: count(recent),
    householdsInPeriod: households(recent),
    fresh,
    daysSinceStart: { median: 1, p90: 2, of: transfers },
    daysInPeriod: { median: 1, p90: 2, of: transfers - earlier.transfers },
    wilayas,
    contributions: [],
  };
}

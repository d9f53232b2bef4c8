import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/index.ts';
import type { Alike } from '../../src/reporting/donor/counting/index.ts';
import { prepare } from '../../src/reporting/donor/rules.ts';
import type { FundFacts } from '../../src/reporting/donor/store/facts.ts';
import { ageBands, type DonorReport, figures, kinds } from '../../src/reporting/donor/types.ts';

const nothing = { transfers: 0, people: 0 };
const paidBy = { post_office: nothing, by_hand: nothing };
const wilayas = readFileSync(join(packageRoot, 'seeds/algeria/wilayas.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([number = '', , pcode = '', name = '', nameAr = '']) => ({ number, name, nameAr, pcode: pcode || null, paidBy }));

/** So many people in each of some wilayas, of every age, with every kind of assistance. */
function factsOf(places: number, most: number, months: number): FundFacts {
  const fresh: Alike[] = wilayas.slice(0, places).flatMap(({ number }, w) =>
    ageBands.flatMap((ageBand, b) =>
      (['female', 'male'] as const).map((sex, s) => ({
        sex,
        ageBand,
        hasDisability: (w + b) % 7 === 0,
        wilaya: number,
        kind: kinds[w % 5] ?? 'stipend',
        people: 1 + ((w * 37 + b * 11 + s * 5) % most),
      })),
    ),
  );
  const totals = (key: 'wilaya' | 'kind') => {
    const counts = new Map<string, number>();
    for (const one of fresh) counts.set(one[key], (counts.get(one[key]) ?? 0) + one.people * months);
    return [...counts].map(([name, count]) => ({ name, count, amount: `${count * 15_000}.50` }));
  };
  const people = fresh.reduce((sum, one) => sum + one.people, 0);
  const moved = (event: string, each: number, once = 0) => ({
    event,
    until: `${people * months * each + once}.25`,
    before: months > 1 ? `${people * (months - 1) * each + once}.25` : '0',
  });
  return {
    movements: [
      moved('contribution', 20_000),
      moved('approval', 18_000),
      moved('approval_returned', 0, 45_000),
      moved('issue', 17_000),
      // Of April's, some was told late: it belongs to March.
      { ...moved('payout', 15_000), ...(months > 1 ? { before: `${people * 15_000 + 60_000}.25` } : {}) },
      moved('expiry', 0, 30_000),
      moved('cancellation', 0, 15_000),
      moved('fee', 150),
    ],
    transfers: people * months,
    paidIn: totals('wilaya'),
    paidAs: totals('kind'),
    newPeople: people,
    newHouseholds: Math.ceil(people / 3),
    firstPaidOn: '2026-03-01',
    toldBefore: 0,
    toldHouseholds: 0,
    bothHouseholds: Math.ceil(people / 3),
    toldIn: [],
    othersIn: [],
    othersAs: [],
    peopleInPeriod: people,
    householdsInPeriod: Math.ceil(people / 3),
    fresh,
    daysSinceStart: { median: 6.5, p90: 13.2, of: people },
    daysInPeriod: { median: 6.5, p90: 13.2, of: people },
    wilayas,
    contributions: [],
  };
}

const reportOf = (places: number, most: number): DonorReport => {
  const about = {
    fund: {
      id: '018f0000-0000-7000-8000-000000000000',
      donor: 'Ministry of Foreign Affairs <of a country>',
      agreement: 'AG-2026/117',
      currency: 'DZD',
    },
    programme: { id: '018f0000-0000-7000-8000-000000000001', code: 'DZ-CASH', name: 'Cash for people on the move in Algeria' },
    timeZone: 'Africa/Algiers',
    activity: { startsOn: '2026-01-01', endsOn: '2026-12-31' },
    pledged: null,
  };
  const before = factsOf(places, most, 1);
  const none = { last: undefined, people: 0, households: 0, transfers: 0, toldBefore: 0, sharing: 0, waiting: [], cells: [] };
  const first = prepare(about, before, none, '2026-03-31', new Date('2026-04-02T08:00:00Z'), 'published');
  const earlier = {
    last: first.report,
    people: first.newPeople,
    households: first.newHouseholds,
    transfers: first.newTransfers,
    toldBefore: 0,
    sharing: first.newPeople - first.newHouseholds,
    waiting: [],
    cells: first.cells,
  };
  const facts = {
    ...factsOf(places, most, 2),
    newPeople: 0,
    newHouseholds: 0,
    bothHouseholds: 0,
    fresh: [],
    toldIn: first.cells.filter(({ breakdown }) => breakdown === 'wilaya').map(({ cell, people }) => ({ name: cell, people })),
    othersIn: [],
    othersAs: [],
  };
  return prepare(about, facts, earlier, '2026-04-30', new Date('2026-05-02T08:00:00Z'), 'published').report;
};

/** A report as a pilot has it: some wilayas, some of them too small. */
export const pilotReport = reportOf(9, 40);
/** A report of the whole country. */
export const wideReport = reportOf(58, 900);

const some = { amount: '-1234567.25', currency: 'DZD' };

/** The same with long names, people of another sex, losses, and something booked late of every figure. */
export const fullReport: DonorReport = {
  ...wideReport,
  fund: {
    ...wideReport.fund,
    donor: 'Bureau de la coordination des affaires humanitaires et de la protection civile du Ministère fédéral des affaires étrangères',
    agreement: 'ECHO/-NF/BUD/2026/91012/ANNEX-III',
  },
  programme: {
    ...wideReport.programme,
    name: 'Programme d’assistance en espèces à usages multiples pour les personnes en déplacement et les communautés d’accueil en Algérie',
  },
  money: {
    ...wideReport.money,
    sinceStart: { ...wideReport.money.sinceStart, exchangeLoss: some, losses: some, recovered: some },
    corrections: Object.fromEntries(figures.map((name) => [name, some])),
  },
  breakdown: {
    ...wideReport.breakdown,
    bySexAndAge: {
      ...wideReport.breakdown.bySexAndAge,
      rows: wideReport.breakdown.bySexAndAge.rows.map((row) => (row.sex === 'other' ? { ...row, people: 234 } : row)),
    },
  },
};

import { type BreakdownName, leastToCount, peopleBeyond } from '../../src/reporting/donor/counting/index.ts';
import { iatiOf } from '../../src/reporting/donor/formats/iati.ts';
import { reportRows } from '../../src/reporting/donor/formats/rows.ts';
import { wilayaRows } from '../../src/reporting/donor/formats/wilaya-rows.ts';
import {
  type AgeBand,
  ageBands,
  type Breakdown,
  type DonorReport,
  groupOf,
  kinds,
  type ShownCount,
  sexes,
} from '../../src/reporting/donor/types.ts';
import { Bounds, type LinearSystem } from './linear.ts';
import { type Crowd, GRANT, monthsIn, type Told } from './report-world.ts';

/** A count that could be worked out though it is under ten. */
export interface Leak {
  readonly group: string;
  readonly truth: number;
  readonly least: number;
  readonly most: number;
}

/** People who are alike, as an attacker thinks of them: nobody knows how many there are. */
interface Atom {
  readonly report: number;
  readonly sex: string;
  readonly ageBand: AgeBand;
  readonly hasDisability: boolean;
  readonly wilaya: string;
  readonly kind: string;
}

type Group = (atom: Atom) => boolean;

/** Something that was published: so many people in a group. */
interface Fact {
  readonly what: string;
  readonly group: Group;
  readonly people: number;
  readonly atLeast?: true;
}

const EXACT = 1e-4;

/**
 * Takes everything that was published of a world, in every format, writes it down as one linear system over the finest groups of people, and
 * asks of every group that is under ten between which bounds it must lie. The attacker also knows that nobody is counted twice, that what is
 * not told beside empty cells is not empty, that whoever was reached was paid, that nobody is paid twice in a month with one kind of
 * assistance, and from how many on people are counted.
 * @param fewer from how many on people are counted, where it is not as it should be
 */
export function attack(crowds: readonly Crowd[], { reports, countedIn, reachedIn }: Told, fewer?: number) {
  if (reports.length === 0) return { leaks: [], reports: 0, cells: 0, equations: 0, unknowns: 0, groups: 0 };
  const facts = factsOf(reports);
  const everybody = atomsOf(crowds, reports.length);
  const empty = facts.filter(({ people, atLeast }) => people === 0 && !atLeast);
  const atoms = everybody.filter((atom) => !empty.some(({ group }) => group(atom)));
  const payments = paymentsOf(everybody, reports.length);
  const system = systemOf(atoms, facts);
  const waiting = waitingOf(reports, new Set(everybody.map(({ wilaya }) => wilaya)));
  const first = atoms.length + payments.length;
  const unknowns = first + waiting.length;
  const equations = [
    ...system.equations,
    ...paymentEquations(atoms, payments, reports),
    ...waitingEquations(crowds, atoms, payments, waiting, reports, countedIn, fewer),
  ];
  const bounds = new Bounds({ unknowns, equations });
  const truth = crowds.flatMap((crowd) => {
    const report = countedIn.get(crowd);
    return report === undefined ? [] : [{ ...crowd, report }];
  });
  const leaks: Leak[] = [];
  let groups = 0;
  for (const [name, group] of groupsOf(truth, reports)) {
    const people = truth.reduce((sum, crowd) => (group(crowd) ? sum + crowd.people : sum), 0);
    if (people === 0 || people >= 10) continue;
    groups += 1;
    const { least, most } = bounds.of(atoms.flatMap((atom, i) => (group(atom) ? [i] : [])));
    if (least > EXACT && most < 10 - EXACT) leaks.push({ group: name, truth: people, least, most });
  }
  // Those paid in a period are told of in all alone: by taking them from others, and others from them.
  for (const [i, report] of reports.entries()) {
    const { people, newPeople, peopleInPeriod, toldBefore } = report.reached;
    const before = previous(reports, i)?.reached;
    const number = i + 1;
    const household = previousOf(reports, i, ({ reached }) => (reached.newHouseholds ?? 0) > 0);
    const isTold = (report.reached.newHouseholds ?? 0) > 0;
    const differences = {
      'living with others': isTold ? sharing(report) - (household ? sharing(household) : 0) : null,
      'living with others in the period': rest(peopleInPeriod, report.reached.householdsInPeriod),
      new: (people ?? 0) - toldBefore - ((before?.people ?? 0) - (before?.toldBefore ?? 0)),
      'told before': toldBefore - (before?.toldBefore ?? 0),
      again: rest(peopleInPeriod, newPeople),
      absent: rest(people, peopleInPeriod),
    };
    for (const [name, count] of Object.entries(differences))
      if (count !== null && count !== 0 && count < 10)
        leaks.push({ group: `${name} in ${number}`, truth: count, least: count, most: count });
  }
  const places = new Set(payments.map(({ wilaya }) => wilaya));
  for (const wilaya of places)
    for (const [r] of reports.entries()) {
      const number = r + 1;
      const paid = crowds.reduce(
        (sum, crowd) => (crowd.wilaya === wilaya ? sum + crowd.people * paidBetween(crowd, number, reports) : sum),
        0,
      );
      if (paid === 0 || paid >= 10) continue;
      groups += 1;
      const { least, most } = bounds.of(
        payments.flatMap((payment, i) => (payment.wilaya === wilaya && payment.report === number ? [atoms.length + i] : [])),
      );
      if (least > EXACT && most < 10 - EXACT) leaks.push({ group: `pay-outs ${wilaya} in ${number}`, truth: paid, least, most });
    }
  for (const { name, people, group, less } of waitingGroups(crowds, atoms, waiting, reports, { countedIn, reachedIn }, first)) {
    if (people === 0 || people >= 10) continue;
    groups += 1;
    const { least, most } = bounds.of(group, less);
    if (least > EXACT && most < 10 - EXACT) leaks.push({ group: name, truth: people, least, most });
  }
  return {
    leaks,
    reports: reports.length,
    cells: facts.length,
    equations: equations.length,
    unknowns,
    groups,
  };
}

const sharing = ({ reached }: DonorReport): number => (reached.people ?? 0) - (reached.households ?? 0);

const rest = (all: number | null, part: number | null): number | null => (all === null || part === null ? null : all - part);

/** Pay-outs of a report in a place and of a kind: nobody knows how many there are either. */
interface Payment {
  readonly report: number;
  readonly wilaya: string;
  readonly kind: string;
}

function paymentsOf(atoms: readonly Atom[], reports: number): Payment[] {
  const wilayas = [...new Set(atoms.map(({ wilaya }) => wilaya))];
  const ways = [...new Set(atoms.map(({ kind }) => kind))];
  return Array.from({ length: reports }, (_, i) => i + 1).flatMap((report) =>
    wilayas.flatMap((wilaya) => ways.map((kind) => ({ report, wilaya, kind }))),
  );
}

const monthOf = (report: DonorReport): number => Number(report.period.to.slice(5, 7));

/** The last report before one of the same fund of which something holds. */
const previousOf = (reports: readonly DonorReport[], at: number, holds: (report: DonorReport) => boolean): DonorReport | undefined =>
  reports.slice(0, at).findLast((report) => report.fund.id === reports[at]?.fund.id && holds(report));

/** The report before one of the same fund. */
const previous = (reports: readonly DonorReport[], at: number): DonorReport | undefined => previousOf(reports, at, () => true);

/** Which report of a fund, from one, ends on a day; 0 when none does. */
const numberIn = (reports: readonly DonorReport[], fund: string, to: string | null): number =>
  reports.findIndex((report) => report.fund.id === fund && report.period.to === to) + 1;

const isOf = (reports: readonly DonorReport[], fund: string) => (number: number) => reports[number - 1]?.fund.id === fund;
const fundsOf = (reports: readonly DonorReport[]): string[] => [...new Set(reports.map(({ fund }) => fund.id))];

/** How many months a report is of. */
const spanOf = (reports: readonly DonorReport[], at: number): number => {
  const before = previous(reports, at);
  const report = reports[at];
  return report ? monthOf(report) - (before ? monthOf(before) : 0) : 0;
};

function paidBetween(crowd: Crowd, number: number, reports: readonly DonorReport[]): number {
  const [before, report] = [previous(reports, number - 1), reports[number - 1]];
  return monthsIn(crowd, Number(report?.fund.id)).filter(
    (month) => report && month <= monthOf(report) && month > (before ? monthOf(before) : 0),
  ).length;
}

/** What amounts tell: everybody knows what one grant is. Whoever was counted in a place was paid there. */
function paymentEquations(
  atoms: readonly Atom[],
  payments: readonly Payment[],
  reports: readonly DonorReport[],
): LinearSystem['equations'] {
  const some = (fits: (payment: Payment) => boolean, sum: number) => ({
    factors: new Map(payments.flatMap((payment, i) => (fits(payment) ? [[atoms.length + i, 1] as const] : []))),
    sum,
  });
  const equations: LinearSystem['equations'][number][] = reports.map(({ money }, i) =>
    some(({ report }) => report === i + 1, Number(money.inPeriod.paid.amount) / GRANT),
  );
  for (const { fund, step } of stepsOf(reports)) {
    const of = numberIn(reports, fund, step.to);
    const within = (fits: (payment: Payment) => boolean) => (payment: Payment) => payment.report === of && fits(payment);
    equations.push(
      some(
        within(({ wilaya }) => !step.byWilaya.some(({ number }) => number === wilaya)),
        0,
      ),
    );
    for (const { number, amount } of step.byWilaya)
      if (amount !== null)
        equations.push(
          some(
            within(({ wilaya }) => wilaya === number),
            Number(amount.amount) / GRANT,
          ),
        );
    for (const { kind: way, amount } of step.byKind)
      if (amount !== null)
        equations.push(
          some(
            within(({ kind }) => kind === way),
            Number(amount.amount) / GRANT,
          ),
        );
  }
  for (const [r, { fund }] of reports.entries())
    for (const wilaya of new Set(atoms.map((atom) => atom.wilaya))) {
      const isUntil = (number: number) => number <= r + 1 && isOf(reports, fund.id)(number);
      const factors = new Map<number, number>(some((payment) => isUntil(payment.report) && payment.wilaya === wilaya, 0).factors);
      atoms.forEach((atom, i) => {
        if (isUntil(atom.report) && atom.wilaya === wilaya) factors.set(i, -1);
      });
      equations.push({ factors, sum: 0, atLeast: true });
    }
  return equations.filter(({ factors }) => factors.size > 0);
}

const stepsOf = (reports: readonly DonorReport[]) =>
  fundsOf(reports).flatMap((fund) => (reports.findLast((report) => report.fund.id === fund)?.steps ?? []).map((step) => ({ fund, step })));

/** People in a place whom a report's fund has paid and no report has told of; without a place, whom that fund has not counted. */
interface Waiting {
  readonly report: number;
  readonly wilaya: string | null;
}

const waitingOf = (reports: readonly DonorReport[], places: ReadonlySet<string>): Waiting[] =>
  reports.flatMap((_, i) => [...places, null].map((wilaya) => ({ report: i + 1, wilaya })));

/** How many people pay-outs say there are beside those who were counted. */
interface Known {
  readonly in: Map<string, number>;
  as: number;
}

const nobodyKnown = (): Known => ({ in: new Map(), as: 0 });
const atLeastOf = (known: Known): number =>
  Math.max(
    [...known.in.values()].reduce((sum, count) => sum + count, 0),
    known.as,
  );

/** What pay-outs say of a report, as anybody can work it out who knows what was paid in each place, and to how many they can have gone. */
function knownIn(crowds: readonly Crowd[], reports: readonly DonorReport[], at: number, told: (wilaya: string) => number) {
  const people = previous(reports, at)?.reached.people ?? 0;
  const months = spanOf(reports, at);
  const paid = (key: 'wilaya' | 'kind', since: number) => {
    const counts = new Map<string, number>();
    for (const crowd of crowds)
      for (let r = since; r <= at; r += 1)
        if (reports[r]?.fund.id === reports[at]?.fund.id)
          counts.set(crowd[key], (counts.get(crowd[key]) ?? 0) + crowd.people * paidBetween(crowd, r + 1, reports));
    return counts;
  };
  const byKind = [...paid('kind', at).values()];
  const inPlaces = [...paid('wilaya', at)].map(
    ([name, transfers]) => [name, peopleBeyond({ transfers, people: told(name), byKind, months })] as const,
  );
  const byKinds = byKind.map((transfers) => peopleBeyond({ transfers, people, byKind: [transfers], months }));
  return {
    known: { in: new Map(inPlaces), as: Math.max(0, ...byKinds) },
    possible: Math.max(0, ...(people === 0 ? paid('kind', 0).values() : byKind)),
  };
}

/** Whoever waited once has waited since. */
function stillKnown(waited: Known, known: Known): Known {
  const places = new Set([...waited.in.keys(), ...known.in.keys()]);
  return {
    in: new Map([...places].map((name) => [name, Math.max(waited.in.get(name) ?? 0, known.in.get(name) ?? 0)])),
    as: Math.max(waited.as, known.as),
  };
}

/** What those who wait have to do with pay-outs: nobody gets two of a kind in a month, and from so many on they would not have waited. */
function waitingEquations(
  crowds: readonly Crowd[],
  atoms: readonly Atom[],
  payments: readonly Payment[],
  waiting: readonly Waiting[],
  reports: readonly DonorReport[],
  countedIn: Told['countedIn'],
  fewer: number | undefined,
): LinearSystem['equations'] {
  const equations: LinearSystem['equations'][number][] = [];
  const first = atoms.length + payments.length;
  const kindsPaid = [...new Set(payments.map(({ kind }) => kind))];
  const at = (report: number, wilaya: string | null) => first + waiting.findIndex((one) => one.report === report && one.wilaya === wilaya);
  const places = waiting.flatMap(({ report, wilaya }) => (report === 1 && wilaya !== null ? [wilaya] : []));
  const told = new Map<string, number>();
  const waited = new Map<string, Known>();
  const atLeast = (factors: Map<number, number>, sum: number) => equations.push({ factors, sum, atLeast: true });
  for (const [i, report] of reports.entries()) {
    const number = i + 1;
    const months = spanOf(reports, i);
    const before = previous(reports, i)?.reached;
    const counted = (report.reached.people ?? 0) - (before?.people ?? 0);
    const toldBefore = report.reached.toldBefore - (before?.toldBefore ?? 0);
    const sofar = waited.get(report.fund.id) ?? nobodyKnown();
    const { known, possible } = knownIn(crowds, reports, i, (wilaya) => told.get(wilaya) ?? 0);
    const least = fewer ?? leastToCount(atLeastOf(known), possible, atLeastOf(sofar));
    waited.set(report.fund.id, counted === 0 ? stillKnown(sofar, known) : nobodyKnown());
    for (const wilaya of places)
      for (const kind of kindsPaid) {
        const factors = new Map<number, number>([[at(number, wilaya), months]]);
        atoms.forEach((atom, a) => atom.wilaya === wilaya && atom.report <= number && factors.set(a, months));
        payments.forEach((one, p) => {
          if (one.report === number && one.wilaya === wilaya && one.kind === kind) factors.set(atoms.length + p, -1);
        });
        atLeast(factors, 0);
      }
    for (const kind of kindsPaid) {
      const factors = new Map<number, number>([[at(number, null), months]]);
      payments.forEach((one, p) => {
        if (one.report === number && one.kind === kind) factors.set(atoms.length + p, -1);
      });
      atLeast(factors, -months * (report.reached.people ?? 0));
    }
    // Whom no report has told of is among those whom this fund has not counted; and all of them are few.
    atLeast(new Map([...places.map((wilaya) => [at(number, wilaya), -1] as const), [at(number, null), 1]]), 0);
    // Everybody was paid at least once.
    for (const wilaya of places) {
      const factors = new Map<number, number>([[at(number, wilaya), -1]]);
      atoms.forEach((atom, a) => atom.wilaya === wilaya && atom.report <= number && factors.set(a, -1));
      payments.forEach((one, p) => one.report <= number && one.wilaya === wilaya && factors.set(atoms.length + p, 1));
      atLeast(factors, 0);
    }
    const most = counted > toldBefore ? 0 : least - 1;
    atLeast(new Map(places.map((wilaya) => [at(number, wilaya), -1])), -most);
    const isShared = fundsOf(reports).length > 1;
    atLeast(new Map([[at(number, null), -1]]), -(most + (isShared && toldBefore === 0 ? least - 1 : 0)));
    // They go on waiting until they are told of.
    if (!isShared)
      for (const wilaya of places) {
        const factors = new Map([[at(number, wilaya), -1]]);
        if (counted > 0 || i + 1 === reports.length) continue;
        factors.set(at(number + 1, wilaya), 1);
        atoms.forEach((atom, a) => atom.wilaya === wilaya && atom.report === number + 1 && factors.set(a, 1));
        atLeast(factors, 0);
      }
    for (const crowd of crowds) if (countedIn.get(crowd) === number) told.set(crowd.wilaya, (told.get(crowd.wilaya) ?? 0) + crowd.people);
  }
  return equations;
}

/** Those who wait after a report, in a place and in all, and those who came between one report of a fund and the next that counts. */
function waitingGroups(
  crowds: readonly Crowd[],
  atoms: readonly Atom[],
  waiting: readonly Waiting[],
  reports: readonly DonorReport[],
  { countedIn, reachedIn }: Pick<Told, 'countedIn' | 'reachedIn'>,
  first: number,
) {
  const places = [...new Set(waiting.map(({ wilaya }) => wilaya))];
  return reports.flatMap((report, i) => {
    const number = i + 1;
    const fund = Number(report.fund.id);
    const isPaid = (crowd: Crowd) => (monthsIn(crowd, fund)[0] ?? 9) <= monthOf(report);
    const isCountedBy = (map: ReadonlyMap<Crowd, number> | undefined, crowd: Crowd) =>
      (map?.get(crowd) ?? Number.POSITIVE_INFINITY) <= number;
    const count = (some: readonly Crowd[]) => some.reduce((sum, { people }) => sum + people, 0);
    const at = (wilaya: string | null) => first + waiting.findIndex((one) => one.report === number && one.wilaya === wilaya);
    const untold = crowds.filter((crowd) => isPaid(crowd) && !isCountedBy(countedIn, crowd));
    const inPlaces = places.flatMap((wilaya) =>
      wilaya === null ? [] : [{ wilaya, people: count(untold.filter((crowd) => crowd.wilaya === wilaya)), at: at(wilaya) }],
    );
    const uncounted = count(crowds.filter((crowd) => isPaid(crowd) && !isCountedBy(reachedIn[fund], crowd)));
    const next = reports.findIndex((other, o) => o > i && other.fund.id === report.fund.id) + 1;
    const came = inPlaces.map(({ wilaya, people, at: from }) => {
      const told = crowds.filter((crowd) => crowd.wilaya === wilaya && countedIn.get(crowd) === next);
      const group = atoms.flatMap((atom, a) => (atom.report === next && atom.wilaya === wilaya ? [a] : []));
      return { wilaya, people: count(told) - people, group, less: [from] };
    });
    const isAlone = fundsOf(reports).length === 1;
    return [
      ...inPlaces.map(({ wilaya, people, at: from }) => ({
        name: `waiting in ${wilaya} after ${number}`,
        people,
        group: [from],
        less: [] as number[],
      })),
      { name: `waiting after ${number}`, people: count(untold), group: inPlaces.map(({ at: from }) => from), less: [] },
      { name: `not counted after ${number}`, people: uncounted, group: [at(null)], less: [] },
      ...(isAlone && next > 0 && came.some(({ people }) => people > 0)
        ? [...came.map((one) => ({ ...one, name: `came to ${one.wilaya} before ${next}` })), all(came, next)]
        : []),
    ];
  });

  function all(came: readonly { people: number; group: number[]; less: number[] }[], next: number) {
    return {
      name: `came before ${next}`,
      people: came.reduce((sum, { people }) => sum + people, 0),
      group: came.flatMap((one) => one.group),
      less: came.flatMap((one) => one.less),
    };
  }
}

/** Every group that could exist in this world's places and kinds, by the report that counted it. */
function atomsOf(crowds: readonly Crowd[], reports: number): Atom[] {
  const wilayas = ['16', '25', '31'];
  const used = [...new Set(crowds.map(({ kind }) => kind))];
  const ways = [...used, ...kinds.filter((kind) => !used.includes(kind))].slice(0, Math.max(2, used.length));
  return Array.from({ length: reports }, (_, i) => i + 1).flatMap((report) =>
    sexes.flatMap((sex) =>
      ageBands.flatMap((ageBand) =>
        [true, false].flatMap((hasDisability) =>
          wilayas.flatMap((wilaya) => ways.map((kind) => ({ report, sex, ageBand, hasDisability, wilaya, kind }))),
        ),
      ),
    ),
  );
}

function systemOf(atoms: readonly Atom[], facts: readonly Fact[]): LinearSystem {
  const seen = new Set<string>();
  const equations = facts.flatMap(({ group, people, atLeast }) => {
    const within = atoms.flatMap((atom, i) => (group(atom) ? [i] : []));
    const key = `${within.join()}=${people}${atLeast ?? ''}`;
    if (within.length === 0 || seen.has(key)) return [];
    seen.add(key);
    return [{ factors: new Map(within.map((i) => [i, 1])), sum: people, ...(atLeast ? { atLeast } : {}) }];
  });
  return { unknowns: atoms.length, equations };
}

/** What an attacker would like to know: by any one thing, by several at once, in one report, and until one. */
function groupsOf(truth: readonly Atom[], reports: readonly DonorReport[]): Map<string, Group> {
  const of: readonly (readonly [BreakdownName | string, (atom: Atom) => string])[] = [
    ['all', () => ''],
    ['sex', ({ sex }) => sex],
    ['age', ({ ageBand }) => ageBand],
    ['disability', ({ hasDisability }) => String(hasDisability)],
    ['wilaya', ({ wilaya }) => wilaya],
    ['kind', ({ kind }) => kind],
    ['sex_age', ({ sex, ageBand }) => `${sex} ${ageBand}`],
    ['sex_age_disability', ({ sex, ageBand, hasDisability }) => `${sex} ${ageBand} ${hasDisability}`],
    ['wilaya_group', ({ wilaya, sex, ageBand }) => `${wilaya} ${sex} ${groupOf(ageBand)}`],
    ['wilaya_kind', ({ wilaya, kind }) => `${wilaya} ${kind}`],
    ['everything', (atom) => Object.values({ ...atom, report: 0 }).join(' ')],
  ];
  const times: readonly (readonly [string, (report: number) => boolean])[] = reports.flatMap((_, i) => {
    const number = i + 1;
    return [
      [`in ${number}`, (report: number) => report === number] as const,
      [`until ${number}`, (report: number) => report <= number] as const,
      [`since ${number}`, (report: number) => report >= number] as const,
    ];
  });
  const groups = new Map<string, Group>();
  for (const [by, key] of of)
    for (const [when, isWhen] of times)
      for (const value of new Set(truth.filter(({ report }) => isWhen(report)).map(key)))
        groups.set(`${by} ${value} ${when}`, (atom) => isWhen(atom.report) && key(atom) === value);
  return groups;
}

/** Everything that the reports say of people, in all their formats. */
function factsOf(reports: readonly DonorReport[]): Fact[] {
  const facts: Fact[] = [];
  for (const [i, { fund, reached }] of reports.entries()) {
    const before = previous(reports, i)?.reached;
    const inTables = (reached.people ?? 0) - reached.toldBefore;
    const isOwn = isOf(reports, fund.id);
    if (reached.people !== null) facts.push({ what: 'reached', group: ({ report }) => report <= i + 1 && isOwn(report), people: inTables });
    if (inTables === (before?.people ?? 0) - (before?.toldBefore ?? 0))
      facts.push({ what: 'nobody new', group: ({ report }) => report === i + 1, people: 0 });
  }
  for (const { fund, step } of stepsOf(reports)) {
    const number = numberIn(reports, fund, step.to);
    facts.push(...factsOfStep(step, ({ report }) => report === number));
  }
  for (const report of reports)
    facts.push(...factsOfFiles(report, isOf(reports, report.fund.id), (to) => numberIn(reports, report.fund.id, to)));
  return facts;
}

const factsOfStep = (step: Breakdown, when: Group): Fact[] => {
  const facts: Fact[] = [{ what: 'step', group: when, people: step.people }];
  const within =
    (group: Group): Group =>
    (atom) =>
      when(atom) && group(atom);
  // Beside cells that are shown as empty, one that is not shown is not.
  const siblings = (cells: readonly { shown: ShownCount; group: Group }[]) => {
    const tellsEmpty = cells.some(({ shown }) => !shown.suppressed);
    for (const { shown, group } of cells) {
      if (!shown.suppressed) facts.push({ what: 'cell', group: within(group), people: shown.people ?? 0 });
      else if (tellsEmpty) facts.push({ what: 'not empty', group: within(group), people: 1, atLeast: true });
    }
  };
  siblings(step.bySexAndAge.rows.map((row) => ({ shown: row, group: ({ sex }) => sex === row.sex })));
  for (const row of step.bySexAndAge.rows) {
    const cells = row.cells.map((cell) => ({
      shown: cell,
      group: (({ sex, ageBand }) => sex === row.sex && ageBand === cell.ageBand) as Group,
    }));
    if (row.suppressed) continue;
    siblings(cells);
    for (const { ageBand, withDisability, withoutDisability } of row.cells)
      for (const [shown, has] of [
        [withDisability, true],
        [withoutDisability, false],
      ] as const)
        if (!shown.suppressed)
          facts.push({
            what: 'cell',
            group: within((atom) => atom.sex === row.sex && atom.ageBand === ageBand && atom.hasDisability === has),
            people: shown.people ?? 0,
          });
  }
  siblings(step.byDisability.map((row) => ({ shown: row, group: ({ hasDisability }) => hasDisability === row.hasDisability })));
  for (const band of step.bySexAndAge.totals)
    if (!band.suppressed) facts.push({ what: 'cell', group: within(({ ageBand }) => ageBand === band.ageBand), people: band.people ?? 0 });
  const named = step.byWilaya;
  facts.push({ what: 'elsewhere', group: within(({ wilaya }) => !named.some(({ number }) => number === wilaya)), people: 0 });
  for (const row of named) {
    if (!row.suppressed) facts.push({ what: 'cell', group: within(({ wilaya }) => wilaya === row.number), people: row.people ?? 0 });
    for (const { sex, ageGroup, people, suppressed } of row.groups)
      if (!suppressed)
        facts.push({
          what: 'cell',
          group: within((atom) => atom.wilaya === row.number && atom.sex === sex && groupOf(atom.ageBand) === ageGroup),
          people: people ?? 0,
        });
  }
  facts.push({ what: 'otherwise', group: within(({ kind }) => !step.byKind.some((row) => row.kind === kind)), people: 0 });
  for (const row of step.byKind)
    if (!row.suppressed) facts.push({ what: 'cell', group: within(({ kind }) => kind === row.kind), people: row.people ?? 0 });
  return facts;
};

/** What the files say; nothing that the report does not. */
function factsOfFiles(report: DonorReport, isOwn: (number: number) => boolean, numberOf: (to: string | null) => number): Fact[] {
  const until = numberOf(report.breakdown.to);
  const facts: Fact[] = [];
  const told = (what: string, group: Group, people: string | undefined) =>
    facts.push({ what, group: (atom) => atom.report <= until && isOwn(atom.report) && group(atom), people: Number(people) });
  const [, tags = [], ...rows] = reportRows(report);
  const at = (tag: string) => tags.indexOf(tag);
  for (const row of rows) {
    const [measure, status, people, name = ''] = ['#indicator+name', '#status', '#reached+ind', '#beneficiary+type'].map(
      (tag) => row[at(tag)],
    );
    const [one = '', two = '', three = ''] = name.split(', ');
    if (status !== 'shown' || people === '') continue;
    if (measure === 'by sex') told('file', ({ sex }) => sex === one, people);
    if (measure === 'by age') told('file', ({ ageBand }) => ageBand === one, people);
    if (measure === 'by sex and age') told('file', ({ sex, ageBand }) => sex === one && ageBand === two, people);
    if (measure === 'by sex, age and disability')
      told('file', (atom) => atom.sex === one && atom.ageBand === two && atom.hasDisability === three.startsWith('with a '), people);
    if (measure === 'by disability') told('file', ({ hasDisability }) => hasDisability === one.startsWith('with a '), people);
    if (measure === 'by wilaya') told('file', ({ wilaya }) => row[at('#adm1+name')] === `Wilaya ${wilaya}`, people);
    if (measure === 'by wilaya, sex and age')
      told(
        'file',
        (atom) => row[at('#adm1+name')] === `Wilaya ${atom.wilaya}` && atom.sex === one && groupOf(atom.ageBand) === two,
        people,
      );
    if (measure === 'by kind of assistance') told('file', ({ kind }) => kind === row[at('#modality')], people);
  }
  const [, flatTags = [], ...flat] = wilayaRows(report, 'An agency');
  for (const row of flat) {
    const of = (tag: string) => row[flatTags.indexOf(tag)] ?? '';
    const to = numberOf(of('#date+end'));
    const after = Math.max(0, ...report.steps.map((step) => numberOf(step.to)).filter((number) => number < to));
    const isThere = ({ report: number, wilaya }: Atom) =>
      number > after && number <= to && isOwn(number) && `Wilaya ${wilaya}` === of('#adm1+name');
    if (of('#status') === 'shown') facts.push({ what: 'flat', group: isThere, people: Number(of('#reached+ind')) });
    for (const [tag, sex, ages] of [
      ['f', 'female', 'children'],
      ['m', 'male', 'children'],
      ['f', 'female', 'adults'],
      ['m', 'male', 'adults'],
      ['f', 'female', 'elderly'],
      ['m', 'male', 'elderly'],
    ] as const) {
      const people = of(`#reached+ind+${tag}+${ages}`);
      if (people !== '')
        facts.push({
          what: 'flat',
          group: (atom) => isThere(atom) && atom.sex === sex && groupOf(atom.ageBand) === ages,
          people: Number(people),
        });
    }
  }
  const xml = iatiOf(report, {
    organisationRef: 'XM-DAC-1',
    organisationName: 'An agency',
    organisationType: '40',
    donorRef: null,
    donorType: null,
  });
  for (const [, people, name, value] of xml.matchAll(/<actual value="(\d+)"><dimension name="(\w+)" value="([^"]*)"/g)) {
    if (name === 'sex') told('iati', ({ sex }) => sex === value, people);
    if (name === 'age') told('iati', ({ ageBand }) => ageBand === value, people);
    if (name === 'disability') told('iati', ({ hasDisability }) => (hasDisability ? 'yes' : 'no') === value, people);
    if (name === 'wilaya') told('iati', ({ wilaya }) => `Wilaya ${wilaya}` === value, people);
  }
  return facts;
}

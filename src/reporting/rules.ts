import { Money } from '../platform/index.ts';
import { type Counts, type ShownCounts, suppress, THRESHOLD } from './suppression.ts';
import { type AssistanceKind, ageBands, type DonorReport, type Figure, figures, type Period, type ShownCount, sexes } from './types.ts';

/** A fund as the books and the lists have it, with every count as it is. */
export interface FundFacts {
  readonly currency: string;
  /** What each event moved: within the period, and in all until its end. */
  readonly movements: readonly { readonly event: string; readonly within: string; readonly until: string }[];
  readonly people: number;
  readonly households: number;
  readonly bySexAndAge: readonly { readonly sex: string; readonly ageBand: string; readonly people: number }[];
  readonly byDisability: readonly { readonly hasDisability: boolean; readonly people: number }[];
  readonly byWilaya: readonly { readonly number: string; readonly name: string; readonly pcode: string | null; readonly people: number }[];
  readonly byKind: readonly { readonly kind: AssistanceKind; readonly people: number }[];
  readonly medianDays: number | null;
  readonly p90Days: number | null;
}

/** Which events of the ledger make up each figure, and with which sign. What is outstanding is a position; the rest moved in the period. */
const events: Readonly<Record<Figure, Readonly<Record<string, 1 | -1>>>> = {
  received: { contribution: 1 },
  committed: { approval: 1, approval_returned: -1 },
  released: { issue: 1 },
  paid: { payout: 1, delivery: 1, void: -1 },
  outstanding: { issue: 1, payout: -1, delivery: -1, void: 1, expiry: -1, cancellation: -1 },
  expired: { expiry: 1 },
  cancelled: { cancellation: 1 },
  returned: { approval_returned: 1 },
  fees: { fee: 1 },
};

function figure(name: Figure, { movements, currency }: FundFacts): Money {
  return Money.sum(
    movements.flatMap(({ event, within, until }) => {
      const sign = events[name][event];
      const amount = sign && Money.of(name === 'outstanding' ? until : within, currency);
      return amount ? [sign > 0 ? amount : amount.negated()] : [];
    }),
    currency,
  );
}

/**
 * Whether a period begins and ends with a month. Two reports whose periods differ by a day would give away who was paid on
 * that day, so that is not offered.
 */
export const isWholeMonths = ({ from, to }: Period): boolean =>
  (from === null || from.endsWith('-01')) && (to === null || new Date(Date.parse(to) + 86_400_000).getUTCDate() === 1);

const shown = (people: number | null = null): ShownCount => ({ people, suppressed: people === null });

/** A list of counts, as a table of one row. */
const oneWay = (counts: readonly { readonly people: number }[]): Counts => ({
  rows: ['all'],
  columns: counts.map((_, i) => String(i)),
  counts: [counts.map(({ people }) => people)],
});

const sexAndAge = (counts: FundFacts['bySexAndAge']): Counts => ({
  rows: sexes,
  columns: ageBands,
  counts: sexes.map((sex) =>
    ageBands.map((ageBand) => counts.find((count) => count.sex === sex && count.ageBand === ageBand)?.people ?? 0),
  ),
});

/** The counts of a fund as they may be shown. All tables share one total: when one has to hide it, all do. */
function suppressAll(facts: FundFacts): Record<'sexAndAge' | 'disability' | 'wilaya' | 'kind', ShownCounts> {
  const tables = (hideTotal: boolean) => ({
    sexAndAge: suppress(sexAndAge(facts.bySexAndAge), hideTotal),
    disability: suppress(oneWay(facts.byDisability), hideTotal),
    wilaya: suppress(oneWay(facts.byWilaya), hideTotal),
    kind: suppress(oneWay(facts.byKind), hideTotal),
  });
  const first = tables(false);
  return Object.values(first).some(({ total }) => total === null) ? tables(true) : first;
}

/** What may be said of a fund: its money as the books have it, its people as far as no group is small enough to be somebody. */
export function reportOf(facts: FundFacts, about: Pick<DonorReport, 'fund' | 'programme' | 'period'>): DonorReport {
  const money = Object.fromEntries(figures.map((name) => [name, figure(name, facts)])) as Record<Figure, Money>;
  const counts = suppressAll(facts);
  const people = counts.sexAndAge.total;
  const hidesHouseholds = people === null || (facts.households > 0 && facts.households < THRESHOLD);
  const listed = <Row extends { readonly people: number }>(rows: readonly Row[], table: ShownCounts) =>
    rows.map((row, i) => ({ ...row, ...shown(table.cells[0]?.[i]) }));
  return {
    ...about,
    money: Object.fromEntries(figures.map((name) => [name, money[name].toJSON()])) as DonorReport['money'],
    reached: { people, households: hidesHouseholds ? null : facts.households },
    bySexAndAge: {
      rows: sexes.map((sex, i) => ({
        sex,
        cells: ageBands.map((ageBand, j) => ({ ageBand, ...shown(counts.sexAndAge.cells[i]?.[j]) })),
        total: shown(counts.sexAndAge.rowTotals[i]),
      })),
      totals: ageBands.map((ageBand, j) => ({ ageBand, ...shown(counts.sexAndAge.columnTotals[j]) })),
    },
    byDisability: listed(facts.byDisability, counts.disability),
    byWilaya: listed(facts.byWilaya, counts.wilaya),
    byKind: listed(facts.byKind, counts.kind),
    daysToCash:
      people === null ? { median: null, p90: null, suppressed: true } : { median: facts.medianDays, p90: facts.p90Days, suppressed: false },
    costToTransfer: { feesToPaid: money.fees.ratioTo(money.paid, 4), paidToTotal: money.paid.ratioTo(money.paid.plus(money.fees), 4) },
  };
}

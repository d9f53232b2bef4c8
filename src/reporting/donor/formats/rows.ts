import { type DonorReport, figures, type ShownCount, type ShownTransfers } from '../types.ts';
import { tagRow } from './hxl.ts';

/** The columns of a report as a file: how people read them, and their tag. */
const columns = {
  fund: ['Fund', '#meta+id'],
  donor: ['Donor', '#org+funding+name'],
  programme: ['Programme', '#activity+programme+id'],
  from: ['From', '#date+start'],
  to: ['To', '#date+end'],
  measure: ['Measure', '#indicator+name'],
  group: ['Group', '#beneficiary+type'],
  wilaya: ['Wilaya', '#adm1+name'],
  pcode: ['Wilaya P-code', '#adm1+code+v_pcodes'],
  kind: ['Kind of assistance', '#modality'],
  people: ['People reached', '#reached+ind'],
  households: ['Households reached', '#reached+hh'],
  value: ['Value', '#indicator+value+num'],
  amount: ['Amount', '#value'],
  currency: ['Currency', '#currency+code'],
  status: ['Status', '#status'],
} as const satisfies Record<string, readonly [header: string, tag: string]>;

type Row = Partial<Record<keyof typeof columns, string | number | null>>;

const names = Object.keys(columns) as (keyof typeof columns)[];

const statusOf = ({ people, suppressed }: ShownCount): string => (suppressed ? (people === null ? 'suppressed' : 'at least') : 'shown');

/**
 * A report as rows, one figure each, under a header and the row of HXL tags. Amounts are decimal text. The status says whether a figure is
 * `shown`, is `at least` so much because some of it is suppressed, or is `suppressed`.
 */
export function reportRows(report: DonorReport): string[][] {
  const about: Row = { fund: report.fund.id, donor: report.fund.donor, programme: report.programme.code };
  const rows = rowsOf(report).map((row) => ({ status: 'shown', ...about, ...row }));
  return [
    names.map((name) => columns[name][0]),
    tagRow(names.map((name) => columns[name][1])),
    ...rows.map((row: Row) => names.map((name) => String(row[name] ?? ''))),
  ];
}

function rowsOf(report: DonorReport): Row[] {
  const { money, transfers, reached, breakdown, period, daysToCash, costToTransfer } = report;
  const whole: Row = { to: period.to };
  const ofTables: Row = { from: breakdown.from, to: breakdown.to };
  const maybe = (row: Row, said: unknown): Row => ({ ...row, ...(said === null ? { status: 'suppressed' } : {}) });
  const count = (measure: string, shown: ShownCount, row: Row): Row => ({
    ...ofTables,
    measure,
    people: shown.people,
    status: statusOf(shown),
    ...row,
  });
  const paid = (measure: string, shown: ShownTransfers, row: Row): Row =>
    count(measure, shown, { value: shown.transfers, amount: shown.amount?.amount ?? null, currency: report.fund.currency, ...row });
  const value = (measure: string, said: string | number | null, days: Row): Row => maybe({ ...days, measure, value: said }, said);
  const ofFigures = (of: keyof typeof money, suffix: string, days: Row): Row[] =>
    figures.flatMap((figure) => {
      const amount = money[of][figure];
      return amount ? [{ ...days, measure: `${figure}${suffix}`, ...amount }] : [];
    });
  return [
    ...ofFigures('sinceStart', '', whole),
    ...ofFigures('inPeriod', ' in the period', period),
    ...ofFigures('corrections', ' booked late', period),
    { ...whole, measure: 'pay-outs', value: transfers.sinceStart },
    { ...period, measure: 'pay-outs in the period', value: transfers.inPeriod },
    maybe({ ...whole, measure: 'reached people', people: reached.people }, reached.people),
    maybe({ ...whole, measure: 'reached households', households: reached.households }, reached.households),
    maybe(
      { ...period, measure: 'reached for the first time', people: reached.newPeople, households: reached.newHouseholds },
      reached.newPeople,
    ),
    maybe(
      { ...period, measure: 'paid in the period', people: reached.peopleInPeriod, households: reached.householdsInPeriod },
      reached.peopleInPeriod,
    ),
    ...breakdown.bySexAndAge.rows.flatMap((row) => [
      ...row.cells.flatMap((cell) => [
        count('by sex and age', cell, { group: `${row.sex}, ${cell.ageBand}` }),
        count('by sex, age and disability', cell.withDisability, { group: `${row.sex}, ${cell.ageBand}, with a disability` }),
        count('by sex, age and disability', cell.withoutDisability, { group: `${row.sex}, ${cell.ageBand}, without a disability` }),
      ]),
      count('by sex', row, { group: row.sex }),
    ]),
    ...breakdown.bySexAndAge.totals.map((total) => count('by age', total, { group: total.ageBand })),
    ...breakdown.byDisability.map((row) =>
      count('by disability', row, { group: row.hasDisability ? 'with a disability' : 'without a disability' }),
    ),
    ...breakdown.byWilaya.flatMap((row) => [
      paid('by wilaya', row, { wilaya: row.name, pcode: row.pcode }),
      ...row.groups
        .filter(({ people }) => people !== null)
        .map((group) =>
          count('by wilaya, sex and age', group, { wilaya: row.name, pcode: row.pcode, group: `${group.sex}, ${group.ageGroup}` }),
        ),
    ]),
    ...breakdown.byKind.map((row) => paid('by kind of assistance', row, { kind: row.kind })),
    value('median days from approval to cash', daysToCash.sinceStart.median, whole),
    value('90th percentile of days from approval to cash', daysToCash.sinceStart.p90, whole),
    value('median days from approval to cash in the period', daysToCash.inPeriod.median, period),
    value('90th percentile of days from approval to cash in the period', daysToCash.inPeriod.p90, period),
    value('fees to cash paid', costToTransfer.feesToPaid, whole),
    value('cash paid to cash and fees', costToTransfer.paidToTotal, whole),
  ];
}

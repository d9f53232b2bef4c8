import { stringify } from 'csv-stringify/sync';
import { type DonorReport, figures, type ShownCount } from './types.ts';

/** The columns of a report as a file: how people read them, and their tag (HXL 1.1, hxlstandard.org). */
const columns = {
  fund: ['Fund', '#meta+id'],
  donor: ['Donor', '#org+funding+name'],
  programme: ['Programme', '#activity+programme+code'],
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

type Column = keyof typeof columns;
type Row = Partial<Record<Column, string | number | null>>;

const names = Object.keys(columns) as Column[];

/**
 * A report as CSV, one figure a row, with the row of HXL tags under the header. Amounts are decimal text; a figure that is not
 * said has the status `suppressed`. A cell that a spreadsheet would run as a formula is quoted with an apostrophe.
 */
export function hxlCsv(report: DonorReport): string {
  const about: Row = { fund: report.fund.id, donor: report.fund.donor, programme: report.programme.code, ...report.period };
  const rows = rowsOf(report).map((row) => ({ status: 'shown', ...about, ...row }));
  return stringify(
    [
      names.map((name) => columns[name][0]),
      names.map((name) => columns[name][1]),
      ...rows.map((row: Row) => names.map((name) => safeCell(row[name] ?? ''))),
    ],
    { bom: true },
  );
}

/** A number may begin with a minus; any other text that begins as a formula does is quoted (OWASP, CSV injection). */
const safeCell = (cell: string | number): string =>
  /^[=+\-@\t\r\n＝＋－＠]/.test(String(cell)) && !/^-\d+(\.\d+)?$/.test(String(cell)) ? `'${cell}` : String(cell);

function rowsOf({ money, reached, bySexAndAge, byDisability, byWilaya, byKind, daysToCash, costToTransfer }: DonorReport): Row[] {
  const count = (measure: string, { people, suppressed }: ShownCount, row: Row): Row => ({
    measure,
    people,
    ...(suppressed ? { status: 'suppressed' } : {}),
    ...row,
  });
  const value = (measure: string, said: string | number | null, suppressed: boolean): Row => ({
    measure,
    value: said,
    ...(suppressed ? { status: 'suppressed' } : {}),
  });
  return [
    ...figures.map((figure): Row => ({ measure: figure, amount: money[figure].amount, currency: money[figure].currency })),
    { measure: 'reached people', people: reached.people, ...(reached.people === null ? { status: 'suppressed' } : {}) },
    { measure: 'reached households', households: reached.households, ...(reached.households === null ? { status: 'suppressed' } : {}) },
    ...bySexAndAge.rows.flatMap(({ sex, cells, total }) => [
      ...cells.map((cell) => count('by sex and age', cell, { group: `${sex}, ${cell.ageBand}` })),
      count('by sex', total, { group: sex }),
    ]),
    ...bySexAndAge.totals.map((total) => count('by age', total, { group: total.ageBand })),
    ...byDisability.map((row) => count('by disability', row, { group: row.hasDisability ? 'with a disability' : 'without a disability' })),
    ...byWilaya.map((row) => count('by wilaya', row, { wilaya: row.name, pcode: row.pcode })),
    ...byKind.map((row) => count('by kind of assistance', row, { kind: row.kind })),
    value('median days from approval to cash', daysToCash.median, daysToCash.suppressed),
    value('90th percentile of days from approval to cash', daysToCash.p90, daysToCash.suppressed),
    value('fees to cash paid', costToTransfer.feesToPaid, false),
    value('cash paid to cash and fees', costToTransfer.paidToTotal, false),
  ];
}

import {
  type Birth,
  type Consent,
  type ConsentPurpose,
  evidenceGaps,
  type Names,
  saidByOthers,
  unknownBirth,
} from '../beneficiaries/index.ts';
import { type ColumnName, columns } from './columns.ts';
import { withoutUndefined } from './parts.ts';
import type { RowReader } from './row-reader.ts';
import { ageOf, consentMethodOf, flagOf, legalBasisOf, precisionOf, yearOf } from './vocabulary.ts';

/** The name of a row: its parts, or the whole where nobody can tell the parts apart. */
export function readNames(row: RowReader): Names {
  // Somebody may be called Ras, which says of anything else that there is nothing.
  const name = (column: ColumnName) => row.text(column) || (/^ras$/i.test(row.written(column)) ? row.written(column) : '');
  const [given, middle, family, whole] = [name('given'), name('middle'), name('family'), name('fullName')];
  const first = given || whole;
  return { given: first || family, ...(middle && first ? { middle } : {}), ...(first && family ? { family } : {}) };
}

const phoneColumns: readonly ColumnName[] = ['phone', 'phone2', 'phone3'];

/** The telephone numbers of a row, several in one cell among them, each with which of the columns it stands in, counted from 0. */
export const readPhones = (row: RowReader): { at: number; phone: string }[] =>
  phoneColumns.flatMap((column, at) =>
    row
      .text(column)
      .split(/[/;|،؛]|,(?!\d+E\+)/i)
      .map((phone) => ({ at, phone: phone.trim() }))
      .filter(({ phone }) => phone !== ''),
  );

/** The birth of a row. @param today ISO 8601 date, after which nobody is born */
export function readBirth(row: RowReader, registeredOn: string | undefined, today: string): Birth | undefined {
  const cell = row.text('birth');
  if (cell === '' && row.text('age') !== '') return registeredOn === undefined ? undefined : readAge(row, registeredOn);
  const alone = yearOf(cell);
  const date = alone ? `${alone.year}-01-01` : row.date('birth', today);
  const stated = row.text('birthPrecision');
  const precision =
    stated === '' ? (alone?.precision ?? 'exact') : row.word('birthPrecision', precisionOf, '/birth/precision', 'birth_precision_unknown');
  if (cell === '') {
    if (precision !== 'estimated') return row.fault('/birth', 'birth_missing');
    return registeredOn === undefined ? undefined : unknownBirth(registeredOn);
  }
  if (!date) return row.fault('/birth', 'birth_impossible');
  if (precision === undefined) return undefined;
  // A date that is only a guess is taken for its year, as a year alone is, whatever was said of it.
  const wide = precision !== 'exact' || alone !== undefined;
  return wide
    ? { from: `${date.slice(0, 4)}-01-01`, to: `${date.slice(0, 4)}-12-31`, precision: precision === 'estimated' ? 'estimated' : 'year' }
    : { from: date, to: date, precision };
}

/** An age as an estimated birth: those who have it on a day were born in one of two years. */
function readAge(row: RowReader, onDay: string): Birth | undefined {
  const age = row.word('age', ageOf, '/birth', 'age_impossible');
  if (age === undefined) return undefined;
  const year = Number(onDay.slice(0, 4)) - age;
  return { from: `${year - 1}-01-01`, to: age === 0 ? onDay : `${year}-12-31`, precision: 'estimated' };
}

const furtherConsents: readonly (readonly [ColumnName, ConsentPurpose])[] = [
  ['shareConsent', 'share_with_paying_agent'],
  ['contactConsent', 'contact'],
  ['partnersConsent', 'share_with_partners'],
];

/** Whether somebody agreed; an empty cell is a no, and what is neither yes nor no a fault. */
const agreed = (row: RowReader, column: ColumnName): boolean | undefined =>
  row.written(column) === '' ? false : (flagOf(row.written(column)) ?? row.fault(columns[column].at, 'consent_unclear'));

const evidenceColumns = ['consentReference', 'consentWitness'] as const;

/** What somebody agreed to; nothing at all when they did not agree to be registered. */
export function readConsents(row: RowReader, givenOn: string): Consent[] | undefined {
  const registration = agreed(row, 'consent');
  const further = furtherConsents.map(([column, purpose]) => ({ purpose, isGiven: agreed(row, column) }));
  if (registration === undefined || further.some(({ isGiven }) => isGiven === undefined)) return undefined;
  if (!registration) return [];
  const method = row.word('consentMethod', consentMethodOf, '/consents/method', 'consent_method_unknown');
  const legalBasis =
    row.text('consentBasis') === '' ? 'consent' : row.word('consentBasis', legalBasisOf, '/consents/legalBasis', 'answer_unknown');
  if (!method || !legalBasis) return undefined;
  const evidence = withoutUndefined({
    reference: row.text('consentReference') || undefined,
    witness: row.text('consentWitness') || undefined,
  });
  const how = { legalBasis, method, givenOn, ...(Object.keys(evidence).length > 0 ? { evidence } : {}) };
  const consent = { purpose: 'registration', ...how } as const;
  // A field office that keeps its papers itself has no column for them; one that is there and empty is a fault.
  const gaps = evidenceGaps(consent).filter(({ pointer }) =>
    evidenceColumns.some((column) => columns[column].at.endsWith(pointer) && row.has(column)),
  );
  for (const { pointer, code } of [...gaps, ...saidByOthers(consent)]) row.fault(`/consents${pointer}`, code);
  return [consent, ...further.flatMap(({ purpose, isGiven }) => (isGiven ? [{ purpose, ...how }] : []))];
}

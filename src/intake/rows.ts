import {
  type Answers,
  type Birth,
  type Consent,
  type Fault,
  type FaultCode,
  faultsOf,
  type IdentityDocument,
  type Registration,
  unknownBirth,
} from '../beneficiaries/index.ts';
import { type ColumnName, cellAt, type Header } from './columns.ts';
import { consentMethodOf, documentTypeOf, incomeChangeOf, languageOf, precisionOf, relationshipOf, sexOf, yesNoOf } from './vocabulary.ts';

/** What a row says, as far as it can be read, and what is wrong with it. Without a fault it is whole. */
export interface ReadRow {
  readonly registration: Partial<Registration>;
  readonly faults: readonly Fault[];
}

/** The country that gives residence permits and UNHCR certificates to the people of a programme. */
const HOST_COUNTRY = 'DZA';
const givenByHost: ReadonlySet<string> = new Set(['residence_permit', 'unhcr_certificate']);

/**
 * Reads one row of a file.
 * @param cells as many as the header has, or the row is at fault
 * @param today ISO 8601 date in the programme's time zone
 */
export function readRow({ cells: names, positions }: Header, cells: readonly string[], today: string): ReadRow {
  if (cells.length !== names.length) return { registration: {}, faults: [{ pointer: '', code: 'cells_wrong' }] };
  const row = new RowReader((column) => cells[positions.get(column) ?? -1] ?? '');
  const registration = readRegistration(row);
  return { registration, faults: [...row.faults, ...faultsOf(registration, today)] };
}

/** Faults as they are kept and shown: the cell by its header, the code, and never the value. */
export const reasonsOf = (header: Header, faults: readonly Fault[]): { cell: string; code: FaultCode }[] =>
  faults.map(({ pointer, code }) => ({ cell: cellAt(header, pointer), code }));

class RowReader {
  readonly faults: Fault[] = [];
  readonly #cell: (column: ColumnName) => string;

  constructor(cell: (column: ColumnName) => string) {
    this.#cell = cell;
  }

  /** A cell's text. The apostrophe that keeps a spreadsheet from running a cell is not part of it. */
  text(column: ColumnName): string {
    return this.#cell(column)
      .trim()
      .replace(/^'(?=[=+@-])/, '');
  }

  fault(pointer: string, code: FaultCode): undefined {
    this.faults.push({ pointer, code });
    return undefined;
  }

  /** A word of a vocabulary, or a fault. */
  word<Word>(column: ColumnName, read: (cell: string) => Word | undefined, pointer: string, code: FaultCode): Word | undefined {
    return read(this.text(column)) ?? this.fault(pointer, code);
  }

  /** An answer that may be left out. */
  answer<Value>(column: ColumnName & keyof Answers, read: (cell: string) => Value | undefined): Value | undefined {
    return this.text(column) === '' ? undefined : this.word(column, read, `/answers/${column}`, 'answer_unknown');
  }
}

const wholeNumber = (cell: string): number | undefined => (/^-?\d{1,4}$/.test(cell) ? Number(cell) : undefined);

function yes(cell: string): boolean | undefined {
  const word = yesNoOf(cell);
  return word === undefined ? undefined : word === 'yes';
}

/** A date written day first or as ISO 8601. @returns undefined when there is no such day */
function dateOf(cell: string): string | undefined {
  const parts =
    /^(?<d>\d{1,2})[/.-](?<m>\d{1,2})[/.-](?<y>\d{4})$/.exec(cell)?.groups ?? /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)$/.exec(cell)?.groups;
  if (!parts) return undefined;
  const { d = '', m = '', y = '' } = parts;
  const date = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date) ? date : undefined;
}

// The parts that could not be read are missing: each has left its fault.
function readRegistration(row: RowReader): Partial<Registration> {
  const [given, family] = [row.text('given'), row.text('family')];
  const registeredOn = dateOf(row.text('registeredOn')) ?? row.fault('/consents/givenOn', 'registration_date_impossible');
  const nationality = row.text('nationality').toUpperCase();
  return withoutUndefined({
    names: given && family ? { given, family } : { given: given || family },
    sex: row.word('sex', sexOf, '/sex', 'sex_unknown'),
    birth: readBirth(row, registeredOn),
    nationality,
    documents: readDocuments(row, nationality),
    phones: row
      .text('phone')
      .split(/[/,;|]/)
      .map((phone) => phone.trim())
      .filter((phone) => phone !== ''),
    household: { reference: row.text('household'), size: wholeNumber(row.text('householdSize')) ?? 0 },
    relationship: row.word('relationship', relationshipOf, '/relationship', 'relationship_unknown'),
    wilaya: row.text('wilaya'),
    commune: row.text('commune'),
    language: row.word('language', languageOf, '/language', 'language_unknown'),
    answers: withoutUndefined({
      incomeChange: row.answer('incomeChange', incomeChangeOf),
      unpaidRentMonths: row.answer('unpaidRentMonths', wholeNumber),
      mealsPerDay: row.answer('mealsPerDay', wholeNumber),
      healthProblem: row.answer('healthProblem', yes),
      disability: row.answer('disability', yes),
      pregnant: row.answer('pregnant', yes),
      victimOfTrafficking: row.answer('victimOfTrafficking', yes),
    }),
    consents: registeredOn === undefined ? undefined : readConsents(row, registeredOn),
  });
}

function readBirth(row: RowReader, registeredOn: string | undefined): Birth | undefined {
  const cell = row.text('birth');
  const year = /^\d{4}$/.test(cell) ? cell : undefined;
  const date = year ? `${year}-01-01` : dateOf(cell);
  const stated = row.text('birthPrecision');
  const precision =
    stated === '' ? (year ? 'year' : 'exact') : row.word('birthPrecision', precisionOf, '/birth/precision', 'birth_precision_unknown');
  if (cell === '') {
    if (precision !== 'estimated') return row.fault('/birth', 'birth_missing');
    return registeredOn === undefined ? undefined : unknownBirth(registeredOn);
  }
  if (!date) return row.fault('/birth', 'birth_impossible');
  if (precision === undefined) return undefined;
  // A date that is only a guess is taken for its year, as a year alone is, whatever was said of it.
  const wide = precision !== 'exact' || year !== undefined;
  return wide
    ? { from: `${date.slice(0, 4)}-01-01`, to: `${date.slice(0, 4)}-12-31`, precision: precision === 'estimated' ? 'estimated' : 'year' }
    : { from: date, to: date, precision };
}

function readDocuments(row: RowReader, nationality: string): IdentityDocument[] | undefined {
  const [kind, number, country] = [row.text('documentType'), row.text('documentNumber'), row.text('documentCountry').toUpperCase()];
  const type = kind === '' ? 'none' : row.word('documentType', documentTypeOf, '/documents', 'document_type_unknown');
  if (type === undefined) return undefined;
  if ((type === 'none') !== (number === '')) return row.fault('/documents/number', 'document_incomplete');
  return type === 'none' ? [] : [{ type, number, issuingCountry: country || (givenByHost.has(type) ? HOST_COUNTRY : nationality) }];
}

function readConsents(row: RowReader, givenOn: string): Consent[] | undefined {
  if (yes(row.text('consent')) !== true) return [];
  const method = row.word('consentMethod', consentMethodOf, '/consents/method', 'consent_method_unknown');
  if (!method) return undefined;
  const consent = { legalBasis: 'consent', method, givenOn } as const;
  return [
    { purpose: 'registration', ...consent },
    ...(yes(row.text('shareConsent')) ? [{ purpose: 'share_with_paying_agent' as const, ...consent }] : []),
  ];
}

type Whole<Parts> = { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> };

const withoutUndefined = <Parts extends object>(parts: Parts): Whole<Parts> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Whole<Parts>;

import { evidenceGaps, type Fault, type FaultCode, faultsOf, type Language, type Registration } from '../beneficiaries/index.ts';
import { westernDigits } from '../platform/index.ts';
import { readAnswers } from './answers.ts';
import { requiredColumns } from './columns.ts';
import { countryOf } from './country-words.ts';
import { readAttestation, readDocuments } from './documents.ts';
import { oneLine } from './header.ts';
import { cellAt, type Layout } from './mapping.ts';
import { type Defined, withoutUndefined } from './parts.ts';
import { readBirth, readConsents, readNames, readPhones } from './person.ts';
import { RowReader } from './row-reader.ts';
import { languageOf, relationshipOf, sexOf, wholeNumberOf } from './vocabulary.ts';

/** What a row says, as far as it can be read, and what is wrong with it. Without a fault it is whole. */
export interface ReadRow {
  readonly registration: Defined<Partial<Registration>>;
  readonly faults: readonly RowFault[];
  /** What the form tool calls the submission, where it says so. */
  readonly submissionKey: string;
  /** What was taken for granted because the row does not say it. */
  readonly assumed: readonly Assumption[];
}

/**
 * That somebody is a household of their own; that they speak the language that the programme writes in; that there is evidence of their
 * consent; that the day of the list, which a child may be put on later, stands for the day of a consent that would be before their birth.
 */
export const assumptions = ['own_household', 'programme_language', 'consent_without_evidence', 'consent_before_birth'] as const;
export type Assumption = (typeof assumptions)[number];

/** Stands for the household of who has one of their own, until it is known which row of which file they are. */
export const OWN_HOUSEHOLD = 'own';

/** A fault with its cell, as the file's header calls it; the cell is empty for the whole row. Never the value. */
export interface RowFault {
  readonly cell: string;
  readonly code: FaultCode;
  /** Another row that it has to do with. */
  readonly row?: number;
}

/** Nobody was registered in the last century. */
const END_OF_CENTURY = '2099-12-31';

/** Stands in a cell for an answer that cannot be kept. It can be written in a file that is given back, which is refused again until corrected. */
export const UNREADABLE = '⚠';

/**
 * Reads one row of a file.
 * @param cells no more than the header has, but for what a spreadsheet leaves empty behind them; what is left out at the end is empty, unless
 * it is required
 * @param today ISO 8601 date in the programme's time zone
 * @param language of whom no other is known
 */
export function readRow(layout: Layout, cells: readonly string[], today: string, language: Language): ReadRow {
  const { length } = layout.header;
  if (isNobody(layout, cells)) return { registration: {}, faults: [{ cell: '', code: 'not_a_person' }], submissionKey: '', assumed: [] };
  if (isCut(layout, cells) || cells.slice(length).some((cell) => cell.trim() !== '')) {
    return { registration: {}, faults: [{ cell: '', code: 'cells_wrong' }], submissionKey: '', assumed: [] };
  }
  const row = new RowReader(layout, cells);
  const unreadable = layout.header.filter((_cell, i) => cells[i] === UNREADABLE);
  if (unreadable.length > 0) {
    const faults = unreadable.map((cell) => ({ cell, code: 'answer_unreadable' as const }));
    return { registration: {}, faults, submissionKey: row.text('submissionKey'), assumed: [] };
  }
  const phones = readPhones(row);
  const documents = readDocuments(row);
  const registration = readRegistration(
    row,
    today,
    language,
    phones.map(({ phone }) => phone),
    documents?.map(({ document }) => document),
  );
  // In a list of what was filled in, the second may stand in the third columns.
  const origins: Origins = { phones: phones.map(({ at }) => at), documents: documents?.map(({ at }) => at) ?? [] };
  const faults = [...row.faults, ...ownFaults(registration, today).map((fault) => original(fault, origins))];
  return {
    registration,
    faults: distinct(faults.map(({ pointer, code }) => ({ cell: cellAt(layout, pointer), code }))),
    submissionKey: row.text('submissionKey'),
    assumed: [
      ...(row.has('household') ? [] : ['own_household' as const]),
      ...(row.text('language') === '' ? ['programme_language' as const] : []),
      ...assumedOfConsents(registration),
    ],
  };
}

/** Of what every row must say, a row of totals says so little: how many there are, and under which word. */
const SAID_BY_NOBODY = 2;

// Totals and notes stand below a list, and its header again on each page that was printed.
function isNobody({ header, positions }: Layout, cells: readonly string[]): boolean {
  if (header.every((name, i) => name === oneLine(cells[i] ?? ''))) return true;
  const said = requiredColumns((name) => positions.has(name)).filter((either) =>
    either.some((name) => (cells[positions.get(name) ?? -1] ?? '').trim() !== ''),
  );
  return said.length <= SAID_BY_NOBODY;
}

// What is left out at the end of a row is empty: something is missing where all the cells are that say what every row must.
const isCut = ({ header, positions }: Layout, cells: readonly string[]): boolean =>
  cells.length < header.length &&
  requiredColumns((name) => positions.has(name)).some((either) => {
    const present = either.flatMap((name) => positions.get(name) ?? []);
    return present.length > 0 && present.every((position) => position >= cells.length);
  });

// Two telephone numbers in one cell may both be wrong, which is said once.
const distinct = (faults: readonly RowFault[]): RowFault[] =>
  faults.filter(({ cell, code }, i) => faults.findIndex((other) => other.cell === cell && other.code === code) === i);

// A document whose country was taken from the nationality is not at fault for it a second time.
function ownFaults(registration: Defined<Partial<Registration>>, today: string): Fault[] {
  const { nationality, documents } = registration;
  const faults = faultsOf(registration, today);
  if (!faults.some(({ code }) => code === 'nationality_unknown')) return faults;
  const isTaken = (pointer: string) => documents?.[Number(pointer.split('/')[2])]?.issuingCountry === nationality;
  return faults.filter(({ pointer, code }) => code !== 'document_country_unknown' || !isTaken(pointer));
}

function assumedOfConsents({ consents = [], birth }: ReadRow['registration']): Assumption[] {
  return [
    ...(consents.some((consent) => evidenceGaps(consent).length > 0) ? ['consent_without_evidence' as const] : []),
    ...(birth && consents.some(({ givenOn }) => givenOn < birth.from) ? ['consent_before_birth' as const] : []),
  ];
}

type Origins = { readonly [List in 'phones' | 'documents']: readonly number[] };

/** A fault with the number of the columns that it came from, instead of the place in the list; consents are not numbered. */
function original({ pointer, code }: Fault, origins: Origins): Fault {
  const parts = pointer.split('/');
  const [, list, index] = parts;
  if (list === 'consents') return { pointer: pointer.replace(/^\/consents\/\d+/, '/consents'), code };
  if ((list !== 'phones' && list !== 'documents') || index === undefined) return { pointer, code };
  return { pointer: parts.with(2, String(origins[list][Number(index)] ?? index)).join('/'), code };
}

// The parts that could not be read are missing: each has left its fault.
function readRegistration(
  row: RowReader,
  today: string,
  language: Language,
  phones: Registration['phones'],
  documents: Registration['documents'] | undefined,
): Defined<Partial<Registration>> {
  const registeredOn = row.date('registeredOn', END_OF_CENTURY) ?? row.fault('/consents/givenOn', 'registration_date_impossible');
  return withoutUndefined({
    names: readNames(row),
    sex: row.word('sex', sexOf, '/sex', 'sex_unknown'),
    birth: readBirth(row, registeredOn, today),
    nationality: countryOf(row.text('nationality')),
    documents,
    attestation: documents?.length === 0 ? readAttestation(row) : undefined,
    phones,
    ...readHousehold(row),
    wilaya: row.text('wilaya'),
    commune: row.text('commune'),
    language: row.text('language') === '' ? language : row.word('language', languageOf, '/language', 'language_unknown'),
    answers: readAnswers(row),
    consents: registeredOn === undefined ? undefined : readConsents(row, registeredOn),
  });
}

/**
 * Which household somebody is in, and as what. In a file that does not say which, each is the head of their own: a list of people, or of
 * families by their heads. Who says there that they are somebody's child belongs to a household that nobody can tell.
 */
function readHousehold(row: RowReader): Pick<Registration, 'household'> & { relationship: Registration['relationship'] | undefined } {
  const size = row.has('householdSize') || row.has('household') ? (wholeNumberOf(row.text('householdSize')) ?? 0) : 1;
  const relationship = () => row.word('relationship', relationshipOf, '/relationship', 'relationship_unknown');
  if (row.has('household')) return { household: { reference: westernDigits(row.text('household')), size }, relationship: relationship() };
  const said = row.text('relationship') === '' ? 'head' : relationship();
  if (said !== undefined && said !== 'head') row.fault('/relationship', 'household_missing');
  return { household: { reference: OWN_HOUSEHOLD, size }, relationship: said };
}

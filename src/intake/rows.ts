import { type Fault, type FaultCode, faultsOf, type Registration } from '../beneficiaries/index.ts';
import { readAnswers } from './answers.ts';
import { readAttestation, readDocuments } from './documents.ts';
import { cellAt, type Layout } from './mapping.ts';
import { type Defined, withoutUndefined } from './parts.ts';
import { readBirth, readConsents, readNames, readPhones } from './person.ts';
import { RowReader } from './row-reader.ts';
import { dateOf, languageOf, relationshipOf, sexOf, wholeNumberOf } from './vocabulary.ts';

/** What a row says, as far as it can be read, and what is wrong with it. Without a fault it is whole. */
export interface ReadRow {
  readonly registration: Defined<Partial<Registration>>;
  readonly faults: readonly RowFault[];
  /** What the form tool calls the submission, where it says so. */
  readonly submissionKey: string;
}

/** A fault with its cell, as the file's header calls it; the cell is empty for the whole row. Never the value. */
export interface RowFault {
  readonly cell: string;
  readonly code: FaultCode;
}

/** Stands in a cell for an answer that cannot be kept. It can be written in a file that is given back, which is refused again until corrected. */
export const UNREADABLE = '⚠';

/**
 * Reads one row of a file.
 * @param cells as many as the header has, or the row is at fault; what a spreadsheet leaves empty behind them does not count
 * @param today ISO 8601 date in the programme's time zone
 */
export function readRow(layout: Layout, cells: readonly string[], today: string): ReadRow {
  const { length } = layout.header;
  if (cells.length < length || cells.slice(length).some((cell) => cell.trim() !== '')) {
    return { registration: {}, faults: [{ cell: '', code: 'cells_wrong' }], submissionKey: '' };
  }
  const row = new RowReader(layout, cells);
  const unreadable = layout.header.filter((_cell, i) => cells[i] === UNREADABLE);
  if (unreadable.length > 0) {
    const faults = unreadable.map((cell) => ({ cell, code: 'answer_unreadable' as const }));
    return { registration: {}, faults, submissionKey: row.text('submissionKey') };
  }
  const phones = readPhones(row);
  const documents = readDocuments(row);
  const registration = readRegistration(
    row,
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
  };
}

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
  phones: Registration['phones'],
  documents: Registration['documents'] | undefined,
): Defined<Partial<Registration>> {
  const registeredOn = dateOf(row.text('registeredOn')) ?? row.fault('/consents/givenOn', 'registration_date_impossible');
  return withoutUndefined({
    names: readNames(row),
    sex: row.word('sex', sexOf, '/sex', 'sex_unknown'),
    birth: readBirth(row, registeredOn),
    nationality: row.text('nationality').toUpperCase(),
    documents,
    attestation: documents?.length === 0 ? readAttestation(row) : undefined,
    phones,
    household: { reference: row.text('household'), size: wholeNumberOf(row.text('householdSize')) ?? 0 },
    relationship: row.word('relationship', relationshipOf, '/relationship', 'relationship_unknown'),
    wilaya: row.text('wilaya'),
    commune: row.text('commune'),
    language: row.word('language', languageOf, '/language', 'language_unknown'),
    answers: readAnswers(row),
    consents: registeredOn === undefined ? undefined : readConsents(row, registeredOn),
  });
}

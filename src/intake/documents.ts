import type { Attestation, IdentityDocument } from '../beneficiaries/index.ts';
import type { ColumnName } from './columns.ts';
import { countryOf } from './country-words.ts';
import { plainHeader } from './header.ts';
import type { RowReader } from './row-reader.ts';
import { attestationReasonOf, documentTypeOf } from './vocabulary.ts';

/** The country that gives residence permits and UNHCR certificates to the people of a programme. */
const HOST_COUNTRY = 'DZA';
const givenByHost: ReadonlySet<string> = new Set(['residence_permit', 'unhcr_certificate']);

const sets: readonly { readonly type: ColumnName; readonly number: ColumnName; readonly country: ColumnName }[] = [
  { type: 'documentType', number: 'documentNumber', country: 'documentCountry' },
  { type: 'documentType2', number: 'documentNumber2', country: 'documentCountry2' },
  { type: 'documentType3', number: 'documentNumber3', country: 'documentCountry3' },
];

/** A document and which of the columns for documents it was read from, counted from 0. */
export interface ReadDocument {
  readonly at: number;
  readonly document: IdentityDocument;
}

/** The documents of a row, or undefined when one of them could not be read. */
export function readDocuments(row: RowReader): ReadDocument[] | undefined {
  const read = sets.map((_, at) => readDocument(row, at));
  return read.some((document) => document === undefined) ? undefined : read.flatMap((document) => document ?? []);
}

/** @returns null when there is none, undefined after a fault */
function readDocument(row: RowReader, at: number): ReadDocument | null | undefined {
  const { type: typeColumn, number: numberColumn, country: countryColumn } = sets[at] as (typeof sets)[number];
  const [kind, number] = [row.text(typeColumn), row.text(numberColumn)];
  const type =
    kind === ''
      ? (typeInHeader(row, at, number) ?? 'none')
      : row.word(typeColumn, documentTypeOf, `/documents/${at}/type`, 'document_type_unknown');
  if (type === undefined) return undefined;
  if ((type === 'none') !== (number === '')) return row.fault(`/documents/${at}/number`, 'document_incomplete');
  if (type === 'none') return null;
  const issuingCountry = countryOf(row.text(countryColumn)) || (givenByHost.has(type) ? HOST_COUNTRY : countryOf(row.text('nationality')));
  return { at, document: { type, number, issuingCountry } };
}

/** The kind of a document that the header of its number says, such as `N° Passeport`, where no column does. */
function typeInHeader(row: RowReader, at: number, number: string) {
  const { type, number: numberColumn } = sets[at] as (typeof sets)[number];
  if (number === '' || row.has(type)) return undefined;
  return documentTypeOf(
    plainHeader(row.header(numberColumn)).replaceAll(/^(?:n|no|numero|number|رقم) (?:(?:de|du|of) )?|(?: number)?(?: \d)?$/g, ''),
  );
}

/** What stands for the attester where a file has no column for one: nobody is named, and nothing is claimed. */
export const VOUCHED_BY_SENDER = 'Whoever sent the file, which does not say who vouches for the person or how';

/**
 * Who vouches for somebody without a document. Where the file has no columns for it, whoever sent it does, without saying more; a column
 * that is there and empty is a fault.
 */
export function readAttestation(row: RowReader): Attestation | undefined {
  const isEmpty = (column: ColumnName) => row.has(column) && row.text(column) === '';
  if (isEmpty('attestationReason')) return row.fault('/attestation', 'attestation_missing');
  if (isEmpty('attestedBy')) return row.fault('/attestation/attestedBy', 'attestation_missing');
  const reason = row.has('attestationReason')
    ? row.word('attestationReason', attestationReasonOf, '/attestation', 'answer_unknown')
    : 'other';
  return reason && { reason, attestedBy: row.text('attestedBy') || VOUCHED_BY_SENDER };
}

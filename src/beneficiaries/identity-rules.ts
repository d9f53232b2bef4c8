import { isCountry } from './countries.ts';
import type { Fault } from './faults.ts';
import { plainDocument } from './keys.ts';
import type { Attestation, Birth, IdentityDocument, Names } from './types.ts';
import { hasControlCharacters, hasLostDigits, hasLostLetters, hasNoLetters, LONGEST_TEXT, looksLikeFormula } from './written.ts';

const LONGEST_DOCUMENT_NUMBER = 60;
const MOST_DOCUMENTS = 10;
/** How long ago somebody may be said to have been born, and how long ago at most somebody was of whom it is not known. */
const LONGEST_AGO_YEARS = 130;
const LONGEST_LIFE_YEARS = 120;

/** The same day so many years earlier. @param date ISO 8601 */
const yearsBefore = (date: string, years: number): string => `${String(Number(date.slice(0, 4)) - years).padStart(4, '0')}${date.slice(4)}`;

/** When somebody was born of whom nobody knows: in a lifetime before they were seen. */
export const unknownBirth = (seenOn: string): Birth => ({
  from: `${yearsBefore(seenOn, LONGEST_LIFE_YEARS).slice(0, 4)}-01-01`,
  to: seenOn,
  precision: 'estimated',
});

/** What is wrong with a name. */
export function nameFaults(names: Names): Fault[] {
  const parts = Object.entries(names) as [keyof Names, string][];
  if (parts.every(([, text]) => text.trim() === '')) return [{ pointer: '/names', code: 'name_missing' }];
  return parts.flatMap(([part, text]): Fault[] => {
    const pointer = `/names/${part}`;
    if (hasControlCharacters(text)) return [{ pointer, code: 'control_characters' }];
    if (looksLikeFormula(text)) return [{ pointer, code: 'formula_in_name' }];
    if (text.length > LONGEST_TEXT) return [{ pointer, code: 'name_too_long' }];
    if (hasLostLetters(text)) return [{ pointer, code: 'name_lost_letters' }];
    return text.trim() !== '' && hasNoLetters(text) ? [{ pointer, code: 'name_without_letters' }] : [];
  });
}

/** What is wrong with a birth. @param today ISO 8601 date in the programme's time zone */
export function birthFaults({ from, to, precision }: Birth, today: string): Fault[] {
  if (from > today) return [{ pointer: '/birth', code: 'birth_in_future' }];
  if (from < yearsBefore(today, LONGEST_AGO_YEARS)) return [{ pointer: '/birth', code: 'birth_too_long_ago' }];
  const year = from.slice(0, 4);
  const fits = { exact: from === to, year: from === `${year}-01-01` && to === `${year}-12-31`, estimated: from <= to }[precision];
  return fits ? [] : [{ pointer: '/birth', code: 'birth_range_wrong' }];
}

/** What is wrong with one document. @param pointer where it stands */
export function documentFaults({ number, issuingCountry }: IdentityDocument, pointer: string): Fault[] {
  const faults: Fault[] = [];
  if (hasControlCharacters(number)) faults.push({ pointer: `${pointer}/number`, code: 'control_characters' });
  else if (hasLostDigits(number)) faults.push({ pointer: `${pointer}/number`, code: 'digits_lost' });
  else if (plainDocument(issuingCountry, number) === undefined) faults.push({ pointer: `${pointer}/number`, code: 'document_incomplete' });
  else if (number.length > LONGEST_DOCUMENT_NUMBER) faults.push({ pointer: `${pointer}/number`, code: 'document_number_too_long' });
  if (!isCountry(issuingCountry)) faults.push({ pointer: `${pointer}/issuingCountry`, code: 'document_country_unknown' });
  return faults;
}

/** What is wrong with somebody's documents, or with the attestation in their place. */
export function documentsFaults(documents: readonly IdentityDocument[], attestation: Attestation | undefined): Fault[] {
  const keys = documents.map(({ number, issuingCountry }) => plainDocument(issuingCountry, number) ?? '');
  return [
    ...documents.flatMap((document, i) => documentFaults(document, `/documents/${i}`)),
    ...keys.flatMap((key, i): Fault[] =>
      key !== '' && keys.indexOf(key) < i ? [{ pointer: `/documents/${i}`, code: 'document_twice' }] : [],
    ),
    ...(documents.length > MOST_DOCUMENTS ? [{ pointer: '/documents', code: 'documents_too_many' as const }] : []),
    ...(attestation ? attestationFaults(attestation, documents.length > 0) : []),
  ];
}

function attestationFaults({ attestedBy }: Attestation, hasDocument: boolean): Fault[] {
  const pointer = '/attestation/attestedBy';
  if (hasDocument) return [{ pointer: '/attestation', code: 'attestation_with_document' }];
  if (attestedBy.trim() === '') return [{ pointer, code: 'attester_missing' }];
  if (hasControlCharacters(attestedBy)) return [{ pointer, code: 'control_characters' }];
  return attestedBy.length > LONGEST_TEXT ? [{ pointer, code: 'text_too_long' }] : [];
}

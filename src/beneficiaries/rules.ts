import type { Fault, FaultCode } from './faults.ts';
import { normalPhone } from './phone.ts';
import type { Birth, Consent, Names, Registration } from './types.ts';

const LONGEST_NAME = 200;
const LARGEST_HOUSEHOLD = 60;
/** How long ago somebody may be said to have been born, and how long ago at most somebody was of whom it is not known. */
const LONGEST_AGO_YEARS = 130;
const LONGEST_LIFE_YEARS = 120;

/** The same day so many years earlier. @param date ISO 8601 */
export const yearsBefore = (date: string, years: number): string =>
  `${String(Number(date.slice(0, 4)) - years).padStart(4, '0')}${date.slice(4)}`;

/** When somebody was born of whom nobody knows: in a lifetime before they were seen. */
export const unknownBirth = (seenOn: string): Birth => ({
  from: `${yearsBefore(seenOn, LONGEST_LIFE_YEARS).slice(0, 4)}-01-01`,
  to: seenOn,
  precision: 'estimated',
});

/**
 * What is wrong with a registration, all at once. Parts that could not be read are left out by the reader, who has said so already.
 * @param today ISO 8601 date in the programme's time zone
 */
export function faultsOf(registration: Partial<Registration>, today: string): Fault[] {
  const { names, birth, nationality, documents = [], phones = [], answers = {}, household, consents } = registration;
  const faults: Fault[] = [];
  const check = (wrong: boolean, pointer: string, code: FaultCode) => {
    if (wrong) faults.push({ pointer, code });
  };
  if (names) faults.push(...nameFaults(names));
  if (birth) faults.push(...birthFaults(birth, today));
  if (household) {
    check(household.reference === '', '/household/reference', 'household_missing');
    check(
      !Number.isInteger(household.size) || household.size < 1 || household.size > LARGEST_HOUSEHOLD,
      '/household/size',
      'household_size_invalid',
    );
  }
  check(nationality !== undefined && !isCountry(nationality), '/nationality', 'nationality_unknown');
  documents.forEach(({ number, issuingCountry }, i) => {
    check(!/[0-9A-Za-z]/.test(number), `/documents/${i}/number`, 'document_incomplete');
    check(!isCountry(issuingCountry), `/documents/${i}/issuingCountry`, 'document_country_unknown');
  });
  phones.forEach((phone, i) => {
    check(!normalPhone(phone), `/phones/${i}`, 'phone_invalid');
  });
  check((answers.unpaidRentMonths ?? 0) < 0, '/answers/unpaidRentMonths', 'rent_negative');
  check((answers.mealsPerDay ?? 0) < 0, '/answers/mealsPerDay', 'meals_negative');
  if (consents) faults.push(...consentFaults(consents, today));
  return faults;
}

const isCountry = (code: string): boolean => /^[A-Z]{3}$/.test(code);

function nameFaults({ given, family = '' }: Names): Fault[] {
  const pointer = '/names';
  if (`${given}${family}`.trim() === '') return [{ pointer, code: 'name_missing' }];
  // A spreadsheet runs a cell that begins so.
  if ([given, family].some((name) => /^\s*[=+@-]/.test(name))) return [{ pointer, code: 'formula_in_name' }];
  return given.length > LONGEST_NAME || family.length > LONGEST_NAME ? [{ pointer, code: 'name_too_long' }] : [];
}

function birthFaults({ from, to, precision }: Birth, today: string): Fault[] {
  if (from > today) return [{ pointer: '/birth', code: 'birth_in_future' }];
  if (from < yearsBefore(today, LONGEST_AGO_YEARS)) return [{ pointer: '/birth', code: 'birth_too_long_ago' }];
  const year = from.slice(0, 4);
  const fits = { exact: from === to, year: from === `${year}-01-01` && to === `${year}-12-31`, estimated: from <= to }[precision];
  return fits ? [] : [{ pointer: '/birth', code: 'birth_range_wrong' }];
}

function consentFaults(consents: readonly Consent[], today: string): Fault[] {
  const faults: Fault[] = consents.flatMap(({ purpose, givenOn }, i) => [
    ...(givenOn > today ? [{ pointer: `/consents/${i}/givenOn`, code: 'registration_in_future' as const }] : []),
    ...(consents.findIndex((other) => other.purpose === purpose) < i
      ? [{ pointer: `/consents/${i}`, code: 'consent_twice' as const }]
      : []),
  ]);
  if (!consents.some(({ purpose }) => purpose === 'registration')) faults.push({ pointer: '/consents', code: 'consent_missing' });
  return faults;
}

/** A registration as it is kept: telephone numbers in E.164, each once. */
export const normalised = (registration: Registration): Registration => ({
  ...registration,
  phones: [...new Set(registration.phones.map((phone) => normalPhone(phone) ?? phone))],
});

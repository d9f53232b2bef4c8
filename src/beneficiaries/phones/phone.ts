import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Recent, westernDigits } from '../../platform/index.ts';

/** Where the programmes run: numbers without a country code are Algerian. */
const DEFAULT_COUNTRY = 'DZ';
const DEFAULT_CODE = '213';
/** Characters, with every space and mark that somebody may put between the digits. */
const LONGEST_WRITTEN = 100;

// A number is read when it is checked and again when it is kept, and a household shares one. Empty is what cannot be a number.
const read = new Recent<string, string>(2_000);

/**
 * A telephone number in E.164, however it was written: in Arabic digits too, and with the marks of direction that contact lists copy along.
 * Numbering plans change faster than any library, so of a number from abroad its length is checked and not whether its range is in use. An
 * Algerian one must have the length of its range: whoever leaves a digit or a country code out would be taken for somebody else.
 * @returns undefined when it cannot be a telephone number
 */
export function normalPhone(text: string): string | undefined {
  if (text.length > LONGEST_WRITTEN) return undefined;
  const known = read.get(text);
  if (known !== undefined) return known || undefined;
  const number = e164(westernDigits(text.normalize('NFKC')).replaceAll(/\p{Cf}/gu, ''));
  read.set(text, number ?? '');
  return number;
}

function e164(text: string): string | undefined {
  if (!/^[\d\s()+./\p{Pd}]+$/u.test(text)) return undefined;
  const parsed = parsePhoneNumberFromString(text, DEFAULT_COUNTRY);
  const isOne = parsed?.countryCallingCode === DEFAULT_CODE ? parsed.isValid() : parsed?.isPossible();
  return isOne ? parsed?.number : undefined;
}

import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Recent } from '../../platform/index.ts';

/** Where the programmes run: numbers without a country code are Algerian. */
const DEFAULT_COUNTRY = 'DZ';

// A number is read when it is checked and again when it is kept, and a household shares one. Empty is what cannot be a number.
const read = new Recent<string, string>(2_000);

/**
 * A telephone number in E.164, however it was written.
 * Numbering plans change faster than any library, so its length and digits are checked and not whether its range is in use.
 * @returns undefined when it cannot be a telephone number
 */
export function normalPhone(text: string): string | undefined {
  if (!/^[\d\s()+./-]+$/.test(text)) return undefined;
  const known = read.get(text);
  if (known !== undefined) return known || undefined;
  const parsed = parsePhoneNumberFromString(text, DEFAULT_COUNTRY);
  const number = parsed?.isPossible() ? parsed.number : '';
  read.set(text, number);
  return number || undefined;
}

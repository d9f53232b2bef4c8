import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** Where the programmes run: numbers without a country code are Algerian. */
const DEFAULT_COUNTRY = 'DZ';

/**
 * A telephone number in E.164, however it was written.
 * Numbering plans change faster than any library, so its length and digits are checked and not whether its range is in use.
 * @returns undefined when it cannot be a telephone number
 */
export function normalPhone(text: string): string | undefined {
  if (!/^[\d\s()+./-]+$/.test(text)) return undefined;
  const parsed = parsePhoneNumberFromString(text, DEFAULT_COUNTRY);
  return parsed?.isPossible() ? parsed.number : undefined;
}

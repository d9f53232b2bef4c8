import { westernDigits } from '../../../../platform/index.ts';
import { isSerial } from '../../../../vouchers/index.ts';
import { dayOf, fullYear } from '../days.ts';
import { monthNamed } from '../month-names.ts';
import { isNoReference } from '../ours.ts';
import type { DateFormat } from './mapping.ts';

/** A cell in European digits, without the invisible marks that say which way Arabic is written. */
export const readable = (text: string): string =>
  (/^[\x20-\x7E]*$/.test(text) ? text : westernDigits(text.replaceAll(/\p{Cf}/gu, ''))).trim();

const SERIAL_DIGITS = 14;

/** Whether a cell says that there is nothing to say: it is empty, a dash, or the words for it. */
export const saysNothing = (text: string): boolean => isNoReference(text) || /^[-\u2010-\u2015_./\s]+$/u.test(readable(text));

/** A serial. Zeros that a spreadsheet took from its beginning are put back where it comes to its check digits with them. */
export function serialIn(text: string): string | undefined {
  const given = /^[0-9A-Z]{4,32}$/.exec(readable(text).replaceAll(/[\s-]/gu, '').toUpperCase())?.[0];
  const whole = given?.padStart(SERIAL_DIGITS, '0');
  return whole !== undefined && isSerial(whole) ? whole : given;
}

/** What the post calls an operation: letters, digits and common marks, as long as a reference may be. */
export const referenceIn = (text: string): string | undefined => /^[\p{L}\p{N}][\p{L}\p{N} ._:/#()+,'’°&*-]{0,63}$/u.exec(text)?.[0];

/** A code of five digits, of which a spreadsheet may have lost the first zero, or whatever else the post calls an office of its. */
export function officeIn(text: string): string | undefined {
  const office = readable(text);
  return /^\d{4,5}$/.test(office) ? office.padStart(5, '0') : /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,'’/()-]{0,59}$/u.exec(office)?.[0];
}

/**
 * The end of a document. Zeros that a spreadsheet has lost are put back; of a longer number, masked or not, no more than its end is kept, and a
 * word is no number.
 */
export function lastFourIn(text: string): string | undefined {
  const given = readable(text).toUpperCase();
  const end = /^(?:\d{1,4}|[0-9A-Z]{4})$/.exec(given)?.[0].padStart(4, '0');
  if (end !== undefined || /^\d(?:[.,]\d+)?E\+?\d+$/.test(given)) return end;
  const last = /^(?:[*•·.#\s/-]|[0-9A-Z]){0,40}?([0-9A-Z]{4})$/u.exec(given.replaceAll(/(?<=[0-9A-Z])[\s/-](?=[0-9A-Z])/gu, ''))?.[1];
  return last !== undefined && /\d.*\d/.test(last) ? last : undefined;
}

/** A time of day after a day, with or without its zone: the day stands as its writer's clock showed it. */
const time = String.raw`(?:(?:T|,?\s)(?:[01]?\d|2[0-3])[:h.][0-5]\d(?:[:.][0-5]\d(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?`;
const yearLast = new RegExp(String.raw`^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})${time}$`, 'iu');
const yearFirst = new RegExp(String.raw`^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})${time}$`, 'iu');
const monthName = String.raw`(\p{L}[\p{L}\p{M} ]{1,20}?)\.?`;
const between = String.raw`[\s./-]{0,3}`;
const named = new RegExp(String.raw`^(\d{1,2})(?:er)?${between}${monthName}(?:${between}|,\s?)(\d{4}|\d{2})${time}$`, 'iu');
const namedFirst = new RegExp(String.raw`^${monthName}${between}(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})${time}$`, 'iu');
const namedLast = new RegExp(String.raw`^(\d{4})${between}${monthName}${between}(\d{1,2})${time}$`, 'iu');

/** Days without anything between their parts. A spreadsheet takes the zero from a day that comes first. */
const unparted: ReadonlyMap<DateFormat | undefined, (digits: string) => string | undefined> = new Map([
  [
    'YYYYMMDD',
    (digits) =>
      /^\d{8}$/.test(digits) ? dayOf(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6))) : undefined,
  ],
  [
    'DDMMYYYY',
    (digits) => {
      const whole = /^\d{7,8}$/.test(digits) ? digits.padStart(8, '0') : '';
      return dayOf(Number(whole.slice(4)), Number(whole.slice(2, 4)), Number(whole.slice(0, 2)));
    },
  ],
  [
    'YYMMDD',
    (digits) =>
      /^\d{6}$/.test(digits) ? dayOf(fullYear(Number(digits.slice(0, 2))), Number(digits.slice(2, 4)), Number(digits.slice(4))) : undefined,
  ],
]);

/** 1 January 1970, as spreadsheets count days from 1900 and, on old Macintoshes, from 1904. */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;

/** The formats that say which of two numbers is the day, and with it what a year of two digits is. */
const isMonthFirst: ReadonlyMap<DateFormat | undefined, boolean> = new Map([
  ['DD/MM/YYYY', false],
  ['DD.MM.YYYY', false],
  ['DDMMYYYY', false],
  ['MM/DD/YYYY', true],
]);

/**
 * A day, whatever stands between its parts, with or without a time after it, its month a number or a name.
 * @param format without one, the day stands before the month and the year has four digits; a year that comes first is always read
 * @param from1904 whether days that are a number are counted from 1904
 */
export function dateIn(text: string, format: DateFormat | undefined, from1904 = false): string | undefined {
  const given = readable(text);
  if (format === 'excel' && /^\d{5}(?:\.\d+)?$/.test(given)) {
    return new Date((Math.floor(Number(given)) - (from1904 ? EPOCH_1904 : EPOCH_1900)) * 86_400_000).toISOString().slice(0, 10);
  }
  const digits = unparted.get(format)?.(given);
  if (digits !== undefined) return digits;
  const iso = yearFirst.exec(given);
  if (iso) return dayOf(Number(iso[1]), Number(iso[3]), Number(iso[4]));
  const worded = wordedDay(given, isMonthFirst.has(format));
  if (worded) return worded;
  const monthFirst = format === undefined ? false : isMonthFirst.get(format);
  const parts = yearLast.exec(given);
  if (!parts || monthFirst === undefined || (format === undefined && hasShortYear(given))) return undefined;
  const [, one, , other, year = ''] = parts;
  const [month, day] = monthFirst ? [one, other] : [other, one];
  return dayOf(year.length === 2 ? fullYear(Number(year)) : Number(year), Number(month), Number(day));
}

/** A day whose month is a name. @param isYearLast whether a year of two digits is known to be no day */
function wordedDay(given: string, isYearLast: boolean): string | undefined {
  const day = (year = '', month = '', number = '') => dayOf(Number(year), monthNamed(month) ?? 0, Number(number));
  const [, number, month, year = ''] = named.exec(given) ?? [];
  if (year.length === 2) return isYearLast ? day(String(fullYear(Number(year))), month, number) : undefined;
  if (year !== '') return day(year, month, number);
  const english = namedFirst.exec(given);
  if (english) return day(english[3], english[1], english[2]);
  const last = namedLast.exec(given);
  return last ? day(last[1], last[2], last[3]) : undefined;
}

/** Whether a day is written with a year of two digits, which may as well be the day. */
export function hasShortYear(text: string): boolean {
  const given = readable(text);
  return (yearLast.exec(given)?.[4] ?? named.exec(given)?.[3])?.length === 2;
}

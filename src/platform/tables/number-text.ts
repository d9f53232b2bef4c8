import { Decimal } from 'decimal.js';
import type { NumberFormat } from './number-formats.ts';

const DAY_SECONDS = 86_400;
/** 31 December 9999, the last day that spreadsheets count to, and the one after which they have counted a 29 February 1900. */
const [LAST_DAY, FALSE_LEAP_DAY] = [2_958_465, 60];
/** A number in a spreadsheet has so many digits; what comes after them is noise of binary fractions. */
const DIGITS = 15;
const FIRST_WITHOUT_ALL_DIGITS = `1e${DIGITS}`;
/** 1 January 1970 as a day of each system. */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;

/**
 * A number of a spreadsheet as text: a date as ISO 8601 (with the time when it has one), any other number with all its digits, no exponent
 * and no noise; one of which digits are lost as it stands.
 * @param text as the file writes it, for instance `2.13550000001E11`
 * @returns undefined when it is no number
 */
export function numberText(text: string, format: NumberFormat, from1904: boolean): string | undefined {
  if (text.length > 60 || !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(text) || !Number.isFinite(Number(text))) return undefined;
  const value = Number(text);
  if (format.kind === 'number' || value < 0 || value >= LAST_DAY + 1) return digitsOf(text.trim(), format.digits);
  const seconds = Math.round(value * DAY_SECONDS);
  const [days, rest] = [Math.floor(seconds / DAY_SECONDS), seconds % DAY_SECONDS];
  if (format.kind === 'duration') return `${two(Math.floor(seconds / 3600))}:${clock(rest).slice(3)}`;
  if (days === 0 && format.kind === 'time') return clock(rest);
  return rest === 0 ? dateOf(days, from1904) : `${dateOf(days, from1904)}T${clock(rest)}`;
}

function digitsOf(text: string, digits = 0): string {
  // It had more digits than the spreadsheet keeps, and zeros in their place would pass for the number itself.
  if (/e/i.test(text) && new Decimal(text).abs().gte(FIRST_WITHOUT_ALL_DIGITS)) return text.replace(/e\+?/i, 'E+');
  const plain = /^-?\d+$/.test(text) ? text : new Decimal(text).toSignificantDigits(DIGITS).toFixed();
  return /^\d+$/.test(plain) ? plain.padStart(digits, '0') : plain;
}

// In the system of 1900 the days before the false leap day are one too early.
function dateOf(day: number, from1904: boolean): string {
  const real = !from1904 && day < FALSE_LEAP_DAY ? day + 1 : day;
  return new Date((real - (from1904 ? EPOCH_1904 : EPOCH_1900)) * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (seconds: number): string => `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

import { isSerial } from '../../../vouchers/index.ts';

/** What of ours a text quotes. */
export interface Ours {
  readonly serial: string | null;
  readonly payoutId: string | null;
}

const uuid = /(?<![0-9a-z])([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?![0-9a-z])/gi;
/** Banks wrap and group what they pass on. */
const fourteenDigits = /(?<![0-9])\d(?:[ -]?\d){13}(?![0-9])/g;
/** More than any bank passes on; the rest is not searched. */
const LONGEST = 10_000;

// Two of a kind say nothing of which is meant.
const onlyOne = (found: readonly string[]): string | null => (new Set(found).size === 1 ? (found[0] ?? null) : null);

/** The identifier of a pay-out, with or without its hyphens; null when there is none, or more than one. */
export const payoutIdIn = (text: string): string | null =>
  text.length < 32
    ? null
    : onlyOne([...text.slice(0, LONGEST).matchAll(uuid)].map(([, ...parts]) => parts.slice(0, 5).join('-').toLowerCase()));

/** Searches free text for a voucher's serial, known by its check digits, and for a pay-out's identifier. The text is not kept. */
export function oursIn(text: string): Ours {
  const payoutId = payoutIdIn(text);
  const digits =
    text.length < 14 ? [] : [...text.slice(0, LONGEST).matchAll(fourteenDigits)].map(([match]) => match.replaceAll(/[ -]/g, ''));
  return { serial: onlyOne(digits.filter(isSerial)), payoutId };
}

/** What banks write where a reference was not given. */
const none = new Set(['', 'NOTPROVIDED', 'NOT PROVIDED', 'NONREF', 'NOREF', 'NONE', 'N/A']);

/** Whether a bank says that it gives no reference. */
export const isNoReference = (text: string): boolean => none.has(text.trim().toUpperCase());

/**
 * A reference: at most 35 characters of SWIFT's set (ISO 20022, Max35Text). It goes on after a blank as long as there are digits; words that
 * come after are text of people, and may be a name. Null where a bank says that there is none.
 */
export function givenReference(text: string | undefined): string | null {
  const words = (text ?? '').trim().slice(0, 140).split(/\s+/);
  if (isNoReference(words.join(' '))) return null;
  const end = words.findIndex((word, i) => !/^[A-Za-z0-9/?:().,'+_#-]+$/.test(word) || (i > 0 && !/\d/.test(word)));
  const written = words
    .slice(0, end === -1 ? words.length : end)
    .join(' ')
    .slice(0, 35)
    .trimEnd();
  return isNoReference(written) ? null : written;
}

/** What stands for a reference where the bank gave none. It is equal to no other. */
export const NO_REFERENCE = '';

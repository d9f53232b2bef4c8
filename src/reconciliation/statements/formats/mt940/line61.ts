import type { Money } from '../../../../platform/index.ts';
import { amountIn } from '../amounts.ts';
import { closestTo, dayOf, fullYear } from '../days.ts';
import { givenReference, isNoReference } from '../ours.ts';
import type { LineKind } from '../types.ts';

/** A statement line as field 61 writes it (SWIFT MT940, field 61). */
export interface Line61 {
  readonly kind: LineKind;
  readonly amount: Money;
  readonly paidOn: string;
  readonly valueOn: string;
  /** What we called it, as far as the bank passes that on. */
  readonly customerReference: string | null;
  readonly bankReference: string | null;
  readonly supplementary: string;
  /** Announced and not booked. */
  readonly isExpected: boolean;
}

//                  value date   entry date  mark             funds  amount                          type and references
const written = /^(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d{1,15}(?:,\d{0,4})?)(?![\d.,])\s*(.*)$/;
/** Of SWIFT's three kinds of transaction: by message, by a code, or advised first. */
const transactionType = /^[SNF][A-Z0-9]{3}/;
/** Transaction types that are charges (SWIFT, field 61 subfield 6). */
const charges = new Set(['CHG', 'COM', 'BRF', 'CMI', 'CMN', 'CMS']);

/** Words that stand where a reference would and say that field 86 has it, as Dutch and German banks write them. */
const saidBelow = /^(?:EREF|KREF|PREF|MARF|PMTINFID)\+?$/i;

/** @returns the line, or what is wrong with it */
export function readLine61([first = '', ...more]: readonly string[], currency: string): Line61 | { readonly wrong: string } {
  const parts = written.exec(first.trimEnd());
  if (!parts) return { wrong: 'The line is not as field 61 is written: YYMMDD[MMDD]C|D|RC|RD, amount with a comma, type, reference.' };
  const [, value = '', entry, mark = '', , digits = '', rest = ''] = parts;
  const valueOn = dayOf(fullYear(Number(value.slice(0, 2))), Number(value.slice(2, 4)), Number(value.slice(4, 6)));
  if (!valueOn)
    return {
      wrong: 'The value date is no day of the calendar. Banks that count thirty days to every month write it so: ask for calendar days.',
    };
  const paidOn = entry === undefined ? valueOn : closestTo(valueOn, Number(entry.slice(0, 2)), Number(entry.slice(2, 4)));
  if (!paidOn) return { wrong: 'The entry date is no day of the calendar.' };
  const amount = amountIn(digits.replace(',', '.'), currency);
  if (!amount) return { wrong: `The amount has more decimals than ${currency}.` };
  const [type, [ours = '', ...theirs]] = referencesIn(rest);
  return {
    kind: kindOf(mark, charges.has(type.slice(1))),
    amount,
    paidOn,
    valueOn,
    customerReference: saidBelow.test(ours.trim()) ? null : givenReference(ours),
    bankReference: givenReference(theirs.join('//')),
    supplementary: more.join(' '),
    isExpected: mark.startsWith('E'),
  };
}

/** What kind of transaction it is, and its references. Some banks write no type: the NONREF that stands in its place then is none. */
function referencesIn(rest: string): [type: string, references: string[]] {
  const [first = '', ...theirs] = rest.split('//');
  const type = isNoReference(first) ? '' : (transactionType.exec(first)?.[0] ?? '');
  return [type, [first.slice(type.length), ...theirs]];
}

// RC takes back a credit and RD a debit. EC and ED are announced and not booked: they are left out.
function kindOf(mark: string, isFee: boolean): LineKind {
  if (mark === 'RC') return 'deposit_reversal';
  if (mark === 'RD') return 'reversal';
  if (mark.endsWith('C')) return 'deposit';
  return isFee ? 'fee' : 'payment';
}

import { Money, type ProblemPlace } from '../../../platform/index.ts';
import type { NewInvoice, WrittenLine } from './types.ts';

/** A line with what its texts mean. */
export interface ReadLine extends Omit<WrittenLine, 'principal' | 'fee'> {
  readonly principal: Money;
  readonly fee: Money;
}

/** Of an invoice, whole. */
export interface ReadInvoice {
  readonly lines: ReadLine[];
  readonly totals: { readonly payoutCount: number; readonly principal: Money; readonly fee: Money };
}

/** More faults than anybody corrects in one go. */
const FAULTS_SHOWN = 100;

/** An office code as it is kept: five digits, with the zeros that a spreadsheet takes away. */
export const officeCodeOf = (text: string): string => {
  const code = text.trim().toUpperCase();
  return /^\d{1,5}$/.test(code) ? code.padStart(5, '0') : code;
};

/**
 * Reads the amounts of an invoice and checks that it is one: in one currency, its lines within its days, each office and day once, and
 * all of it adding up to what it says.
 * @param placeOf where a line stands, for what is wrong with it
 */
export function readInvoice(
  { currency, from, to, totals, lines }: NewInvoice,
  placeOf: (index: number, field: string) => ProblemPlace,
): { read: ReadInvoice } | { faults: ProblemPlace[] } {
  const faults: ProblemPlace[] = [];
  if (to < from) faults.push({ pointer: '/to', detail: `Not before ${from}.` });
  const amountOf = (text: string, place: ProblemPlace): Money => {
    try {
      const amount = Money.of(text, currency);
      if (!amount.isNegative) return amount;
      faults.push({ ...place, detail: 'Not below zero.' });
    } catch (error) {
      faults.push({ ...place, detail: (error as Error).message });
    }
    return Money.zero(currency);
  };
  const seen = new Map<string, Set<string>>();
  const read = lines.map((line, i): ReadLine => {
    const officeCode = officeCodeOf(line.officeCode);
    const days = seen.get(officeCode) ?? new Set<string>();
    const day = line.day ?? '';
    if (days.has(day) || (days.size > 0 && (day === '' || days.has(''))))
      faults.push({ ...placeOf(i, 'officeCode'), detail: 'The office is asked for twice: by the day, each once, or altogether.' });
    seen.set(officeCode, days.add(day));
    if (line.day !== null && (line.day < from || line.day > to))
      faults.push({ ...placeOf(i, 'day'), detail: `Not a day from ${from} to ${to}.` });
    const [principal, fee] = [amountOf(line.principal, placeOf(i, 'principal')), amountOf(line.fee, placeOf(i, 'fee'))];
    if (principal.isZero && fee.isZero) faults.push({ ...placeOf(i, 'principal'), detail: 'The line asks for nothing. Leave it out.' });
    return { officeCode, day: line.day, payoutCount: line.payoutCount, principal, fee };
  });
  const said = {
    principal: amountOf(totals.principal, { pointer: '/totals/principal', detail: '' }),
    fee: amountOf(totals.fee, { pointer: '/totals/fee', detail: '' }),
  };
  for (const field of ['principal', 'fee'] as const) {
    const sum = Money.sum(
      read.map((line) => line[field]),
      currency,
    );
    if (!sum.equals(said[field])) faults.push({ pointer: `/totals/${field}`, detail: `The lines add up to ${sum}, not ${said[field]}.` });
  }
  const count = read.reduce((all, { payoutCount }) => all + payoutCount, 0);
  if (count !== totals.payoutCount)
    faults.push({ pointer: '/totals/payoutCount', detail: `The lines add up to ${count}, not ${totals.payoutCount}.` });
  return faults.length > 0 ? { faults: faults.slice(0, FAULTS_SHOWN) } : { read: { lines: read, totals: { payoutCount: count, ...said } } };
}

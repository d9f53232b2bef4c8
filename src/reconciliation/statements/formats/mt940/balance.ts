import type { Money } from '../../../../platform/index.ts';
import { amountIn } from '../amounts.ts';
import { dayOf, fullYear } from '../days.ts';

/** A balance as fields 60 and 62 write it: `C100722EUR1234,56`. */
export interface Balance {
  readonly amount: Money;
  readonly day: string;
}

/** @returns undefined when it is not so written, or its day is none */
export function readBalance(text: string): Balance | undefined {
  const parts = /^(C|D|RC|RD)(\d{2})(\d{2})(\d{2})([A-Z]{3})(\d{1,15}(?:,\d{0,4})?)\s*$/.exec(text);
  if (!parts) return undefined;
  const [, mark = '', year, month, day, currency = '', digits = ''] = parts;
  const amount = amountIn(digits.replace(',', '.'), currency);
  const on = dayOf(fullYear(Number(year)), Number(month), Number(day));
  if (!amount || !on) return undefined;
  return { amount: mark === 'C' || mark === 'RD' ? amount : amount.negated(), day: on };
}

/** Number and sum of entries, as fields 90D and 90C write them: `2EUR25,24`. */
export function readTotal(text: string): { count: number; sum: Money } | undefined {
  const parts = /^(\d{1,5})([A-Z]{3})(\d{1,15}(?:,\d{0,4})?)\s*$/.exec(text);
  if (!parts) return undefined;
  const sum = amountIn((parts[3] ?? '').replace(',', '.'), parts[2] ?? '');
  return sum && { count: Number(parts[1]), sum };
}

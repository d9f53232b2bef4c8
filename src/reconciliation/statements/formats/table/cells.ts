import { isCurrency, Money } from '../../../../platform/index.ts';
import { dayOf } from '../days.ts';
import type { DateFormat, TableMapping } from './mapping.ts';

export const serialIn = (text: string): string | undefined => /^[0-9A-Z]{4,32}$/.exec(text.replaceAll(/[\s-]/gu, '').toUpperCase())?.[0];

export const referenceIn = (text: string): string | undefined => /^[\p{L}\p{N}][\p{L}\p{N} ._:/#-]{0,63}$/u.exec(text)?.[0];

export function currencyIn(text: string): string | undefined {
  const code = text.toUpperCase();
  return isCurrency(code) ? code : undefined;
}

/** Day, month and year of each format, by the groups of its expression. */
const formats: Readonly<
  Record<Exclude<DateFormat, 'excel'>, readonly [RegExp, order: readonly [year: number, month: number, day: number]]>
> = {
  'DD/MM/YYYY': [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, [3, 2, 1]],
  'MM/DD/YYYY': [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, [3, 1, 2]],
  'YYYY-MM-DD': [/^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/, [1, 2, 3]],
  'DD.MM.YYYY': [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, [3, 2, 1]],
  YYYYMMDD: [/^(\d{4})(\d{2})(\d{2})$/, [1, 2, 3]],
};

/** 1 January 1970, as spreadsheets count days from 1900. */
const EPOCH = 25_569;

/** @param format without one, DD/MM/YYYY and YYYY-MM-DD are both read; a date cell of a workbook always is */
export function dateIn(text: string, format: DateFormat | undefined): string | undefined {
  if (format === 'excel' && /^\d{5}(?:\.\d+)?$/.test(text)) {
    return new Date((Math.floor(Number(text)) - EPOCH) * 86_400_000).toISOString().slice(0, 10);
  }
  const own = format === undefined ? 'DD/MM/YYYY' : format === 'excel' ? 'YYYY-MM-DD' : format;
  for (const name of [own, 'YYYY-MM-DD'] as const) {
    const [expression, [year, month, day]] = formats[name];
    const parts = expression.exec(text);
    if (parts) return dayOf(Number(parts[year]), Number(parts[month]), Number(parts[day]));
  }
  return undefined;
}

const oneOf = (mark: string): string => (mark === ' ' ? '\\s' : `[${mark}]`);

/** How a mapping writes amounts, as an expression: sign, whole part, decimals. */
export function amountExpression({ decimalMark, thousandsMark = ' ' }: TableMapping): RegExp {
  const decimals = decimalMark === undefined ? '[.,]' : oneOf(decimalMark);
  const thousands = oneOf(thousandsMark);
  return new RegExp(`^([-+\\u2212]?)\\s?(\\d{1,15}|\\d{1,3}(?:${thousands}\\d{3}){1,4})(?:${decimals}(\\d{1,4}))?$`, 'u');
}

/** An amount of zero or more, and the sign that is written with it. */
export interface SignedAmount {
  readonly amount: Money;
  readonly sign: '' | '+' | '-';
}

/** @returns undefined when it is no amount, or has more decimals than its currency */
export function amountIn(text: string, expression: RegExp, currency: string): SignedAmount | undefined {
  const parts = expression.exec(text);
  if (!parts) return undefined;
  try {
    const amount = Money.of(`${parts[2]?.replaceAll(/\D/gu, '')}.${parts[3] ?? '0'}`, currency);
    return { amount, sign: parts[1] === '' || parts[1] === '+' ? parts[1] : '-' };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

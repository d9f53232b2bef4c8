import { Money, minorUnits } from '../../../platform/index.ts';

/** A currency as banks write it: of ISO 4217, those that are no more among them. */
export const isCurrencyCode = (text: string | undefined): text is string => /^[A-Z]{3}$/.test(text ?? '');

/**
 * An amount as banks write it, with a decimal point.
 * @param text plain decimal text; zeros beyond the currency's minor unit say nothing and are cut
 * @returns undefined when it is no such number, is negative, is above what the books hold (sixteen digits), or has more decimals than its currency
 */
export function amountIn(text: string, currency: string): Money | undefined {
  const parts = /^\+?0*(\d{1,16})(?:\.(\d{0,12}))?$/.exec(text);
  if (!parts) return undefined;
  const decimals = (parts[2] ?? '').replace(/0+$/, '');
  if (decimals.length > minorUnits(currency)) return undefined;
  return Money.of(decimals === '' ? (parts[1] ?? '') : `${parts[1]}.${decimals}`, currency);
}

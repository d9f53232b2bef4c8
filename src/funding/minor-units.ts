import { Money, minorUnits } from '../platform/index.ts';

/**
 * An amount as a whole number of its currency's minor units: 15000.50 DZD is 1500050. For sums over many lines, where {@link Money} is slow.
 * @param amount decimal text as PostgreSQL writes a numeric
 * @throws RangeError when it is no such text, or finer than the currency
 */
export function toMinor(amount: string, currency: string): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (!found) throw new RangeError('an amount is digits with at most one decimal point');
  const [, sign, whole = '', fraction = ''] = found;
  const digits = minorUnits(currency);
  if (/[^0]/.test(fraction.slice(digits))) throw new RangeError(`${currency} has ${digits} decimals`);
  const units = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return sign ? -units : units;
}

/** The amount that is so many minor units of a currency. */
export function fromMinor(units: bigint, currency: string): Money {
  const digits = minorUnits(currency);
  const text = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return Money.of(`${units < 0n ? '-' : ''}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}`, currency);
}

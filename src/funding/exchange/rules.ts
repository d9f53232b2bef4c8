import { type Money, minorUnits } from '../../platform/index.ts';
import { fromMinor, toMinor } from '../minor-units.ts';

/** A quotient of whole numbers that are not below zero, to the nearest whole number, a half to the even one. */
function halfEven(dividend: bigint, divisor: bigint): bigint {
  const [quotient, twice] = [dividend / divisor, (dividend % divisor) * 2n];
  const isUp = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/**
 * What an amount is worth at a rate, to the nearest minor unit, a half to the even one.
 * @param rate decimal text: units of the other currency for one of the amount's
 */
export function valueAt(amount: Money, rate: string, currency: string): Money {
  const [whole = '', fraction = ''] = rate.split('.');
  const units = toMinor(amount.toString(), amount.currency) * BigInt(whole + fraction) * 10n ** BigInt(minorUnits(currency));
  return fromMinor(halfEven(units, 10n ** BigInt(minorUnits(amount.currency) + fraction.length)), currency);
}

/**
 * What a part of foreign cash stands in the books at: the same part of what all of it stands at, to the nearest minor unit, a half to the
 * even one. All of it stands at all, so that nothing is left over.
 * @param held above zero
 * @param sold up to what is held
 */
export function bookedValueOf(sold: Money, { held, value }: { readonly held: Money; readonly value: Money }): Money {
  const [part, whole] = [sold, held].map((amount) => toMinor(amount.toString(), amount.currency)) as [bigint, bigint];
  return fromMinor(halfEven(toMinor(value.toString(), value.currency) * part, whole), value.currency);
}

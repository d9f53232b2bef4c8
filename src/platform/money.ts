import { Decimal } from 'decimal.js';
import type { Text } from './texts.ts';
import { say } from './words/index.ts';

// Exact for anything that `of` takes, times any whole number (56 digits); shares halve to even as ledgers do.
const Exact = Decimal.clone({ precision: 64, rounding: Decimal.ROUND_HALF_EVEN });

const noMinorUnit = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const threeDigits = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Whether a code is an ISO 4217 currency. */
export const isCurrency = (code: string): boolean => currencies.has(code);

/** What is said of a code that is no currency. @param example a code that is one */
export const currencyUnknown = (example: string): Text => say('not_a_currency', { example });

/** Digits after the decimal point in a currency (ISO 4217): DZD 2, TND 3, XOF 0. */
export function minorUnits(currency: string): number {
  if (noMinorUnit.has(currency)) return 0;
  return threeDigits.has(currency) ? 3 : 2;
}

/** An amount that cannot be, and why, for whoever wrote it. */
export class AmountError extends RangeError {
  readonly text: Text;

  constructor(text: Text) {
    super(text.en);
    this.name = 'AmountError';
    this.text = text;
  }
}

/** An exact amount of one currency. Never made from a JavaScript number. */
export class Money {
  readonly #value: Decimal;
  readonly currency: string;

  private constructor(value: Decimal, currency: string) {
    this.#value = value;
    this.currency = currency;
  }

  /**
   * @param amount decimal text, `"1500.00"`
   * @param currency ISO 4217 code
   * @throws AmountError when the text is no plain decimal or has more digits than the currency's minor unit
   */
  static of(amount: string, currency: string): Money {
    if (!/^-?\d{1,30}(\.\d{1,10})?$/.test(amount)) {
      throw new AmountError(say('amount_unreadable'));
    }
    const value = new Exact(amount);
    if (value.decimalPlaces() > minorUnits(currency)) {
      throw new AmountError(say('too_many_decimals', { currency, decimals: minorUnits(currency) }));
    }
    return new Money(value, currency);
  }

  static zero(currency: string): Money {
    return new Money(new Exact(0), currency);
  }

  /** The sum of amounts of one currency; zero for none. */
  static sum(amounts: Iterable<Money>, currency: string): Money {
    let total = Money.zero(currency);
    for (const amount of amounts) total = total.plus(amount);
    return total;
  }

  plus(other: Money): Money {
    return new Money(this.#value.plus(this.#same(other)), this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.#value.minus(this.#same(other)), this.currency);
  }

  negated(): Money {
    return new Money(this.#value.negated(), this.currency);
  }

  /** This amount times a whole number of units (people, days). */
  times(count: number): Money {
    if (!Number.isSafeInteger(count)) throw new RangeError('an amount is multiplied by a whole number');
    return new Money(this.#value.times(count), this.currency);
  }

  /**
   * This amount in parts, in proportion to weights: each part is cut to the minor unit, and the units that are left over go one each to the
   * parts that lost most by it, the earlier first.
   * @param weights none below zero, of which one at least is above
   * @returns a part for each weight, which add up to this amount
   * @throws RangeError when no weight is above zero, or this amount or a weight is below
   */
  splitBy(weights: readonly Money[]): Money[] {
    const whole = weights.reduce((sum, weight) => sum.plus(weight.#value), new Exact(0));
    if (!whole.isPositive() || whole.isZero() || this.isNegative || weights.some((weight) => weight.isNegative))
      throw new RangeError('an amount above zero is split by weights above zero');
    const unit = new Exact(10).pow(-minorUnits(this.currency));
    const units = this.#value.dividedToIntegerBy(unit);
    const shares = weights.map((weight, i) => {
      const product = units.times(weight.#value);
      const cut = product.dividedToIntegerBy(whole);
      return { i, cut, lost: product.minus(cut.times(whole)) };
    });
    const left = units.minus(shares.reduce((sum, { cut }) => sum.plus(cut), new Exact(0))).toNumber();
    const favoured = new Set(
      [...shares]
        .sort((a, b) => b.lost.comparedTo(a.lost) || a.i - b.i)
        .slice(0, left)
        .map(({ i }) => i),
    );
    return shares.map(({ i, cut }) => new Money(cut.plus(favoured.has(i) ? 1 : 0).times(unit), this.currency));
  }

  /**
   * A part of this amount, rounded half-even to the minor unit: 17 of 31 days of 10000.00 DZD are 5483.87.
   * @param numerator a whole number of units (days, percent), not negative
   * @param denominator how many of them make the whole
   */
  portion(numerator: number, denominator: number): Money {
    if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || numerator < 0 || denominator < 1) {
      throw new RangeError('a part is so many whole units of so many');
    }
    return new Money(this.#value.times(numerator).dividedBy(denominator).toDecimalPlaces(minorUnits(this.currency)), this.currency);
  }

  compare(other: Money): -1 | 0 | 1 {
    return this.#value.comparedTo(this.#same(other)) as -1 | 0 | 1;
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.#value.equals(other.#value);
  }

  get isZero(): boolean {
    return this.#value.isZero();
  }

  get isNegative(): boolean {
    return this.#value.isNegative() && !this.#value.isZero();
  }

  /**
   * This amount as a share of another.
   * @param decimals digits to keep
   * @returns decimal text, or null when the other is zero
   */
  ratioTo(other: Money, decimals: number): string | null {
    const divisor = this.#same(other);
    return divisor.isZero() ? null : this.#value.dividedBy(divisor).toFixed(decimals);
  }

  /** Decimal text with exactly the currency's minor digits: `"1500.00"`. */
  toString(): string {
    return this.#value.toFixed(minorUnits(this.currency));
  }

  /** How an amount stands in the API: text beside its ISO 4217 code. */
  toJSON(): { amount: string; currency: string } {
    return { amount: this.toString(), currency: this.currency };
  }

  #same(other: Money): Decimal {
    if (other.currency !== this.currency) {
      throw new RangeError(`${this.currency} and ${other.currency} do not add up`);
    }
    return other.#value;
  }
}

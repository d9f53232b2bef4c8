import { Money, minorUnits } from '../../../../platform/index.ts';
import { readable } from './cells.ts';
import { unitsOf } from './currencies.ts';
import type { TableMapping } from './mapping.ts';

/** An amount of zero or more, and the sign that is written with it. */
export interface SignedAmount {
  readonly amount: Money;
  readonly sign: '' | '+' | '-';
}

const details = {
  unreadable: 'An amount with a decimal comma or point, spaces between thousands, and no more decimals than its currency has.',
  ambiguous: 'Three digits after its only mark may be decimals or thousands.',
} as const;

const oneOf = (mark: string): string => (mark === ' ' ? '\\s' : `[${mark}]`);

/** Reads the amounts of a table as its mapping writes them. */
export class AmountReader {
  readonly #body: RegExp;
  readonly #isMarkSaid: boolean;
  readonly #units = new Map<string, RegExp>();
  readonly #advice: string;

  /** @param advice what to do about an amount that may be two */
  constructor(
    { decimalMark, thousandsMark = ' ' }: Pick<TableMapping, 'decimalMark' | 'thousandsMark'>,
    advice = 'Say which in a mapping: decimalMark, and thousandsMark where there is one.',
  ) {
    this.#advice = advice;
    const decimals = decimalMark === undefined ? '[.,\\u066B]' : `(?:${oneOf(decimalMark)}|\\u066B)`;
    const thousands = `(?:${oneOf(thousandsMark)}|\\u066C)`;
    this.#body = new RegExp(`^(\\d{1,15}|\\d{1,3}(?:${thousands}\\d{3}){1,4})(?:(${decimals})(\\d{1,4}))?$`, 'u');
    this.#isMarkSaid = decimalMark !== undefined;
  }

  /** @returns what is wrong where it is no amount, has more decimals than its currency, or may be two */
  read(text: string, currency: string): SignedAmount | { readonly wrong: string } {
    const given = readable(text);
    const { body, sign } = this.#body.test(given) ? { body: given, sign: '' as const } : this.#apart(given, currency);
    const parts = this.#body.exec(body);
    if (!parts) return { wrong: details.unreadable };
    const [, whole = '', separator, decimals = '0'] = parts;
    const isLone = separator !== '\u066B' && decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
    if (isLone && !this.#isMarkSaid && minorUnits(currency) !== 3) return { wrong: `${details.ambiguous} ${this.#advice}` };
    try {
      const amount = Money.of(`${whole.replaceAll(/\D/gu, '')}.${decimals}`, currency);
      return { amount, sign };
    } catch (error) {
      if (error instanceof RangeError) return { wrong: details.unreadable };
      throw error;
    }
  }

  /** The digits of an amount, and the sign on either side of them or around them. */
  #apart(text: string, currency: string): { body: string; sign: SignedAmount['sign'] } {
    const given = this.#bare(text, currency);
    const [, before, signed, unsigned, after, parenthesised] =
      /^(?:([-+\u2212])\s?([^-+\u2212]+)|([^-+\u2212]+?)\s?([-+\u2212])|\((.+)\))$/u.exec(given) ?? [];
    const mark = before ?? after ?? (parenthesised === undefined ? '' : '-');
    const body = this.#bare(signed ?? unsigned ?? parenthesised ?? given, currency);
    return { body, sign: mark === '' || mark === '+' ? mark : '-' };
  }

  /** Without the currency that stands beside it. */
  #bare(text: string, currency: string): string {
    let unit = this.#units.get(currency);
    if (!unit) {
      const names = unitsOf(currency);
      unit = new RegExp(`^(?:${names})\\s?|\\s?(?:${names})$`, 'iu');
      this.#units.set(currency, unit);
    }
    return text.replace(unit, '').trim();
  }
}

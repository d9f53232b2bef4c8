import { isCurrency } from '../../../../platform/index.ts';
import { readable } from './cells.ts';

/** What people write for a currency, besides its code. Some words are those of several. */
const words: Readonly<Record<string, string>> = {
  DZD: 'D\\.?A\\.?|د\\.?\\s?ج\\.?|dinars?(?: alg[ée]riens?)?|algerian dinars?|دينار(?: جزائري)?',
  TND: 'D\\.?T\\.?|د\\.?\\s?ت\\.?|dinars?(?: tunisiens?)?|tunisian dinars?|دينار(?: تونسي)?',
  MAD: 'DHS?|د\\.?\\s?م\\.?|dirhams?(?: marocains?)?|درهم(?: مغربي)?',
  XOF: 'F ?CFA|francs? CFA',
  XAF: 'F ?CFA|francs? CFA',
  EUR: '€|euros?|يورو',
  USD: '\\$|US\\$|dollars?|دولار',
};

const whole = Object.entries(words).map(([code, some]) => [code, new RegExp(`^(?:${some})$`, 'iu')] as const);

/** A pattern of what may stand beside an amount of a currency. */
export const unitsOf = (currency: string): string => (words[currency] === undefined ? currency : `${currency}|${words[currency]}`);

/**
 * A currency by its code, or by a word for it. @param said by a mapping, which tells a word of several currencies apart
 * @returns undefined where it is none, or may be several
 */
export function currencyIn(text: string, said?: string): string | undefined {
  const given = readable(text);
  const code = given.toUpperCase();
  if (isCurrency(code)) return code;
  const meant = whole.filter(([, word]) => word.test(given)).map(([currency]) => currency);
  return meant.length === 1 ? meant[0] : meant.find((currency) => currency === said);
}

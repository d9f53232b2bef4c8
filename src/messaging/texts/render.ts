import type { Values, Variable } from './types.ts';

/** Left-to-right isolate and its end: they keep digits in order within right-to-left text (Unicode UAX #9). */
const isolated = (value: string): string => `\u2066${value}\u2069`;

/** An isolate of the direction that its first letter has: a name is in the language of the text. */
const isolatedName = (value: string): string => `\u2068${value}\u2069`;

/** Whether a text has letters that are written from right to left. */
const runsRightToLeft = (text: string): boolean => /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text);

/**
 * A text with its variables filled in. One that carries a code holds the secret itself: it goes to the gateway and nowhere else.
 * @throws Error for a variable of which nothing is said
 */
export function render(text: string, values: Values): string {
  const isolates = runsRightToLeft(text);
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: Variable) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a text speaks of ${name}, of which nothing is known`);
    if (!isolates) return value;
    return name === 'office' ? isolatedName(value) : isolated(value);
  });
}

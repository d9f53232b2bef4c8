import { dateTimeIn, Problem, type ProblemFacts, type ProblemPlace } from '../platform/index.ts';
import { arabic } from './words/ar.ts';
import { english, type TextCode } from './words/en.ts';
import { french } from './words/fr.ts';

/** The languages of a counter. */
export type CounterLanguage = 'ar' | 'fr' | 'en';

/** An office as people name it. */
export interface PlaceName {
  readonly code: string;
  readonly nameFr: string;
  readonly nameAr: string;
}

/** What is put in the place of a name in braces: an instant by a clock, or an office. */
type Value = { readonly at: Date; readonly timeZone: string } | PlaceName;
type Values = Readonly<Record<string, Value>>;

/** What a refusal was made of, so that it can be said in another language. */
interface Said {
  readonly text: TextCode;
  readonly values: Values;
  readonly places: readonly { readonly pointer: string; readonly text: TextCode }[];
}

const texts: Readonly<Record<CounterLanguage, Readonly<Record<TextCode, string>>>> = { ar: arabic, fr: french, en: english };
const said = new WeakMap<Problem, Said>();

type Maker = (detail: string, facts?: ProblemFacts, places?: readonly ProblemPlace[]) => Problem;

/**
 * A refusal that can be said in each language of a counter.
 * @param make of the kind of problem
 * @param values what its text names in braces
 */
export function speak(make: Maker, text: TextCode, values: Values = {}, facts: ProblemFacts = {}, places: Said['places'] = []): Problem {
  const problem = make(sayIn('en', text, values), facts, placesIn('en', places));
  said.set(problem, { text, values, places });
  return problem;
}

/** An error in the language of who reads it: `type`, `code`, `title` and facts stay as they are. What is not known to be said stays in English. */
export function inLanguage(error: unknown, language: CounterLanguage): unknown {
  if (!(error instanceof Problem) || language === 'en') return error;
  const { text, values, places } = said.get(error) ?? { text: error.code as TextCode, values: {}, places: undefined };
  const known = texts[language][text];
  if (known === undefined || (!said.has(error) && known.includes('{'))) return error;
  return new Problem(error.kind, sayIn(language, text, values), error.facts, places ? placesIn(language, places) : error.places);
}

const placesIn = (language: CounterLanguage, places: Said['places']): ProblemPlace[] =>
  places.map(({ pointer, text }) => ({ pointer, detail: sayIn(language, text, {}) }));

const sayIn = (language: CounterLanguage, text: TextCode, values: Values): string =>
  texts[language][text].replace(/\{(\w+)\}/g, (_braces, name: string) => {
    const value = values[name];
    return value ? valueIn(language, value) : '';
  });

function valueIn(language: CounterLanguage, value: Value): string {
  if ('at' in value) return dateTimeIn(value.timeZone, value.at, language);
  // Digits and Latin letters keep their direction in an Arabic line (Unicode isolates).
  return language === 'ar' ? `\u2068${value.code}\u2069 ${value.nameAr}` : `${value.code} ${value.nameFr}`;
}

const isSpoken = (language: string): language is CounterLanguage => Object.hasOwn(texts, language);

/** A text without values. */
export const textOf = (language: CounterLanguage, text: TextCode): string => texts[language][text];

/** The language that somebody reads best of those that are spoken (RFC 9110 section 12.5.4); English where none is named. */
export function languageOf(acceptLanguage: string | undefined): CounterLanguage {
  const wanted = (acceptLanguage ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((found) => found !== undefined);
    return { language: tag.split('-')[0] ?? '', weight: Number(weight ?? 1) };
  });
  const [best] = wanted.filter(({ language, weight }) => isSpoken(language) && weight > 0).sort((a, b) => b.weight - a.weight);
  return best && isSpoken(best.language) ? best.language : 'en';
}

/** Does something, and says a refusal of it in the language that was asked for. */
export const inTheirLanguage = async <Result>(acceptLanguage: string | undefined, work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    throw inLanguage(error, languageOf(acceptLanguage));
  }
};

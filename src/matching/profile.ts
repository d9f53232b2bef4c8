import { generationOf } from './name-parts.ts';
import { type NameWord, wordsOfName } from './name-words.ts';
import { bareNumber, normalForm } from './normal-form.ts';
import { placeForm } from './places.ts';
import type { Particulars, Profile, ProfileWord } from './types.ts';

const PHONE_DIGITS = 9;
const FEWEST_PHONE_DIGITS = 6;

const pairs = (words: readonly NameWord[]): ProfileWord[] => words.map(({ exact, sound }) => [exact, sound]);

/** A day, a year, or the two days between which somebody was born. Almost every register writes 1 January where it knows the year alone. */
function birthOf(birth: Particulars['birth']): string | undefined {
  if (!birth) return undefined;
  const from = birth.from.replace(/\D/g, '');
  const to = birth.to.replace(/\D/g, '');
  if (from.length !== 8 || to.length !== 8) return undefined;
  if (from === to) return from.endsWith('0101') ? from.slice(0, 4) : from;
  if (from.endsWith('0101') && to === `${from.slice(0, 4)}1231`) return from.slice(0, 4);
  return `${from}-${to}`;
}

/** The country stays in front, since two countries give the same number to two people. */
function documentOf(text: string): string {
  const [country, ...rest] = text.split('/');
  const number = bareNumber(rest.join(''));
  return rest.length > 0 && /^[A-Za-z]{2,3}$/.test(country ?? '') && number ? `${country?.toUpperCase()}/${number}` : bareNumber(text);
}

/** The end of a number is the same with and without the country in front. */
function phoneOf(text: string): string {
  const digits = normalForm(text).replace(/\D/g, '');
  return digits.length < FEWEST_PHONE_DIGITS ? '' : digits.slice(-PHONE_DIGITS);
}

const some = <T>(name: string, values: readonly T[]): Record<string, readonly T[]> => (values.length > 0 ? { [name]: values } : {});
const distinct = (values: readonly string[]): string[] => [...new Set(values)].filter((value) => value !== '');

/** Makes a person comparable: names split and sounded, dates and numbers bare. The same particulars make the same profile, always. */
export function profileOf(particulars: Particulars): Profile {
  const { given, middle, family, birth, sex, documents = [], phones = [], location = [], household } = particulars;
  const born = birthOf(birth);
  const generation = generationOf(family ? `${given ?? ''} ${family}` : given);
  return {
    ...some('g', pairs(wordsOfName(given, family ? 1 : 2))),
    ...some('m', pairs(wordsOfName(middle))),
    ...some('f', pairs(wordsOfName(family, given ? 1 : 2))),
    ...(born && { b: born }),
    ...((sex === 'female' || sex === 'male') && { s: sex === 'female' ? 'f' : 'm' }),
    ...some('d', distinct(documents.map(documentOf))),
    ...some('p', distinct(phones.map(phoneOf))),
    ...some(
      'l',
      location.map(placeForm).filter((part) => part !== ''),
    ),
    ...(generation && { j: generation }),
    ...(household && { h: household }),
  };
}

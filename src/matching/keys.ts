import { soundsOfWord } from './name-words.ts';
import type { BlockingKey, Profile, ProfileWord } from './types.ts';

/** A block with more people than this is not paired through: what it holds says too little, unless somebody shares a second such block as well. */
export const blockLimit = 40;

const MOST_KEYS = 9;
/** Beside them, of names that may be read in several ways. */
const MOST_SECOND_KEYS = 6;
const FEWEST_LETTERS = 4;

/** Month and day in one order, so that a birth date meets the same one with both exchanged. */
function monthAndDay(day: string): string {
  const month = day.slice(4, 6);
  const date = day.slice(6, 8);
  return month < date ? month + date : date + month;
}

const numberOf = (document: string): string => document.slice(document.indexOf('/') + 1);

/** The two names that a key stands on: what somebody is called first, and the first family name, which is the last of all where one field holds all names. */
function endsOf(g: readonly ProfileWord[], f: readonly ProfileWord[]): [ProfileWord | undefined, ProfileWord | undefined] {
  const names = g.length > 0 ? g : f;
  const family = g.length > 0 && f.length > 0 ? f[0] : names.length > 1 ? names.at(-1) : undefined;
  return [names[0], family];
}

/** The other ways in which a name may be read. */
const otherSoundsOf = (word: ProfileWord | undefined): string[] => (word ? soundsOfWord(word[0]).filter((sound) => sound !== word[1]) : []);

const together = (first: string | undefined, last: string | undefined): string | undefined =>
  first && last ? [first, last].sort().join(' ') : undefined;

/**
 * The keys of a person, the most telling first. Every field that a clerk gets wrong, exchanges or leaves out still leaves a key that
 * does not contain it, and every key is narrow enough for a million people in one programme.
 */
export function keysOf(profile: Profile): BlockingKey[] {
  return [...usualKeysOf(profile).slice(0, MOST_KEYS), ...secondKeysOf(profile).slice(0, MOST_SECOND_KEYS)];
}

/** Collects keys of which every part is known. */
function gathering() {
  const keys: BlockingKey[] = [];
  const add = (kind: string, ...parts: readonly (string | undefined)[]) => {
    if (parts.every(Boolean)) keys.push({ kind, text: parts.join(' ') });
  };
  return { keys, add };
}

const bornOf = (b: string) => ({ year: b.slice(0, 4), day: b.length === 8 ? monthAndDay(b) : undefined });

function usualKeysOf({ g = [], f = [], b = '', d = [], p = [], l = [] }: Profile): BlockingKey[] {
  const { keys, add } = gathering();
  const [first, last] = endsOf(g, f).map((word) => word?.[1]);
  const pair = together(first, last);
  const { year, day } = bornOf(b);
  const [place] = l;
  const spot = l.at(-1);
  for (const document of d.slice(0, 2)) if (document.length >= FEWEST_LETTERS) add('document', numberOf(document));
  for (const phone of p.slice(0, 2)) add('phone', phone);
  add('names_year', pair, year);
  for (const sound of [first, last]) {
    if (day) add('name_birth', sound, year, day);
    else add('name_year_place', sound, year, spot);
  }
  add('names_place', pair, place);
  add('names', pair);
  add('names_day', pair, day);
  add('birth_place', day && year, day, spot);
  if (day) for (const sound of [first, last]) add('name_year_place', sound, year, spot);
  return keys;
}

/** The most telling of these keys for each other way in which one of the two names may be read. */
function secondKeysOf({ g = [], f = [], b = '', l = [] }: Profile): BlockingKey[] {
  const { keys, add } = gathering();
  const [first, last] = endsOf(g, f);
  const { year, day } = bornOf(b);
  const readings = [
    ...otherSoundsOf(first).map((sound) => [sound, together(sound, last?.[1])] as const),
    ...otherSoundsOf(last).map((sound) => [sound, together(first?.[1], sound)] as const),
  ];
  for (const [sound, pair] of readings) {
    if (year) add('names_year', pair, year);
    else add('names', pair);
    if (day) add('name_birth', sound, year, day);
    else add('name_year_place', sound, year, l.at(-1));
  }
  return keys;
}

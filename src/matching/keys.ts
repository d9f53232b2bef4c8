import type { BlockingKey, Profile, ProfileWord } from './types.ts';

/** A block with more people than this is not paired through: what it holds says too little, and the other keys reach its true pairs. */
export const blockLimit = 40;

const MOST_KEYS = 9;
const FEWEST_LETTERS = 4;

/** Month and day in one order, so that a birth date meets the same one with both exchanged. */
function monthAndDay(day: string): string {
  const month = day.slice(4, 6);
  const date = day.slice(6, 8);
  return month < date ? month + date : date + month;
}

const numberOf = (document: string): string => document.slice(document.indexOf('/') + 1);

/** The two names that a key stands on: what somebody is called first, and the first family name, which is the last of all where one field holds all names. */
function endsOf(g: readonly ProfileWord[], f: readonly ProfileWord[]): [string | undefined, string | undefined] {
  const names = g.length > 0 ? g : f;
  const family = g.length > 0 && f.length > 0 ? f[0] : names.length > 1 ? names.at(-1) : undefined;
  return [names[0]?.[1], family?.[1]];
}

/**
 * The keys of a person, the most telling first. Every field that a clerk gets wrong, exchanges or leaves out still leaves a key that
 * does not contain it, and every key is narrow enough for a million people in one programme.
 */
export function keysOf({ g = [], f = [], b = '', d = [], p = [], l = [] }: Profile): BlockingKey[] {
  const keys: BlockingKey[] = [];
  const add = (kind: string, ...parts: readonly (string | undefined)[]) => {
    if (parts.every(Boolean)) keys.push({ kind, text: parts.join(' ') });
  };
  const [first, last] = endsOf(g, f);
  const pair = first && last ? [first, last].sort().join(' ') : undefined;
  const year = b.slice(0, 4);
  const day = b.length === 8 ? monthAndDay(b) : undefined;
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
  return keys.slice(0, MOST_KEYS);
}

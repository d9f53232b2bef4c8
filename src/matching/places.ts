import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../platform/index.ts';
import type { LevelOf } from './levels.ts';
import { wordOf } from './name-words.ts';
import { isArabic, normalForm } from './normal-form.ts';
import { remembering } from './remember.ts';
import type { Profile } from './types.ts';

const schema = z.strictObject({ abbreviations: z.record(z.string(), z.string()), names: z.array(z.array(z.string()).min(2)) });
const lists = schema.parse(JSON.parse(readFileSync(join(packageRoot, 'seeds/matching/places.json'), 'utf8')));
const abbreviations = new Map(Object.entries(lists.abbreviations));
const names = new Map(lists.names.flatMap((spellings) => spellings.map((name) => [normalForm(name), spellings[0] as string] as const)));

/** A part of a location as it is compared: well-known places under one name, the words of an address written out. */
export const placeForm = remembering((text: string): string => {
  const form = normalForm(text);
  const known = names.get(form);
  if (known !== undefined || !form.includes(' ')) return known ?? form;
  const words = form.split(' ');
  return words.map((word, at) => (at > 0 ? (abbreviations.get(word) ?? word) : (names.get(word) ?? word))).join(' ');
});

const ADDRESS_WORDS = 4;
const SLOTS = 4096;
const counts = new Uint8Array(SLOTS);
const slotOf = (text: string, at: number): number => (text.charCodeAt(at) * 61 + text.charCodeAt(at + 1)) % SLOTS;

/** The share of pairs of neighbouring letters that two texts have in common (Dice 1945); spaces and typing errors move it little. */
function common(one: string, other: string): number {
  if (one === other) return 1;
  const pairs = one.length + other.length - 2;
  if (one.length < 2 || other.length < 2) return 0;
  let shared = 0;
  for (let at = 0; at < one.length - 1; at += 1) counts[slotOf(one, at)] = (counts[slotOf(one, at)] as number) + 1;
  for (let at = 0; at < other.length - 1; at += 1) {
    const slot = slotOf(other, at);
    if ((counts[slot] as number) === 0) continue;
    counts[slot] = (counts[slot] as number) - 1;
    shared += 1;
  }
  for (let at = 0; at < one.length - 1; at += 1) counts[slotOf(one, at)] = 0;
  return (2 * shared) / pairs;
}

/** Places across scripts agree by their sounds; where they do not, they may be two names of one place, which says nothing. */
function acrossScripts(a: readonly string[], b: readonly string[]): LevelOf<'location'> | undefined {
  const sounds = new Set(a.map((word) => wordOf(word).sound));
  const found = b.filter((word) => sounds.has(wordOf(word).sound)).length;
  if (found === 0) return undefined;
  return found === Math.max(a.length, b.length) ? 'place' : found * 2 >= Math.min(a.length, b.length) ? 'near_place' : 'part';
}

function ofAddress(share: number): LevelOf<'location'> {
  if (share >= 0.85) return 'address';
  if (share >= 0.62) return 'near_address';
  return share >= 0.42 ? 'part' : 'different';
}

/** How far two locations agree. An address has four words or more on both sides, and says much more than the name of a place. */
export function compareLocations(a: Profile['l'], b: Profile['l']): LevelOf<'location'> | undefined {
  if (!a?.length || !b?.length) return undefined;
  const one = a.join(' ');
  const words = one.split(' ');
  // Most of those who are compared live in one place.
  if (a.length === b.length && a.every((part, at) => part === b[at])) return words.length >= ADDRESS_WORDS ? 'address' : 'place';
  const other = b.join(' ');
  const otherWords = other.split(' ');
  if (isArabic(one) !== isArabic(other)) return acrossScripts(words, otherWords);
  const share = common(one.replaceAll(' ', ''), other.replaceAll(' ', ''));
  if (words.length >= ADDRESS_WORDS && otherWords.length >= ADDRESS_WORDS) return ofAddress(share);
  if (share === 1) return 'place';
  const [few, many] = words.length < otherWords.length ? [words, otherWords] : [otherWords, words];
  if (share >= 0.75 || few.every((word) => many.includes(word))) return 'near_place';
  return share >= 0.5 || words[0] === otherWords[0] ? 'part' : 'different';
}

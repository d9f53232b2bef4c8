import type { LevelOf } from './levels.ts';
import { edits, likeness } from './likeness.ts';
import { familyOf, spellingsOf } from './name-words.ts';
import { isArabic } from './normal-form.ts';
import type { ProfileWord } from './types.ts';

export type NameLevel = LevelOf<'given'>;

/** From which likeness on names of one sound in one script are one name; below stand Hassan and Hussein. */
const ONE_SPELLING = 0.78;
const NEAR = 0.92;
const ALIKE = 0.8;

export const rank: Readonly<Record<NameLevel, number>> = {
  same: 7,
  spelling: 6,
  sound: 5,
  near: 4,
  part: 3,
  alike: 2,
  initial: 1,
  different: 0,
};

export const atLeast = (level: NameLevel, least: NameLevel): boolean => rank[level] >= rank[least];

const endsIn = (word: string, end: string): boolean => end.length >= 3 && word.length > end.length && word.endsWith(end);

/** A typing error in a short name makes another name more often than in a long one, and most of all where the first letter changes. */
function isTyping(one: string, other: string, distance: number, score: number): boolean {
  const length = Math.min(one.length, other.length);
  if (distance === 1) return length >= 5 || (length >= (isArabic(one) ? 4 : 3) && one[0] === other[0]);
  return length >= 4 && score >= NEAR;
}

function inOneScript([one, sound]: ProfileWord, [other, otherSound]: ProfileWord): NameLevel {
  const length = Math.min(one.length, other.length);
  if (length < 3) return 'different';
  const distance = edits(one, other, 2);
  const score = likeness(one, other);
  if (isTyping(one, other, distance, score)) return 'near';
  if (endsIn(sound, otherSound) || endsIn(otherSound, sound)) return 'part';
  return (length >= 4 && score >= ALIKE) || distance === 1 || (distance === 2 && length >= 6) ? 'alike' : 'different';
}

/** Names of one sound in one script: how far they are written alike, and whether one is like any known spelling of the other. */
function ofOneSound(one: string, other: string, family: number | undefined): NameLevel {
  if (likeness(one, other) >= ONE_SPELLING) return 'spelling';
  const unknown = familyOf(one) === undefined ? one : other;
  return family !== undefined && spellingsOf(family).some((name) => name.length > 3 && edits(name, unknown, 1) <= 1) ? 'near' : 'sound';
}

function acrossScripts([, sound]: ProfileWord, [, otherSound]: ProfileWord): NameLevel {
  const length = Math.min(sound.length, otherSound.length);
  const distance = edits(sound, otherSound, 1);
  if (distance === 1 && length >= 3) return 'near';
  if (endsIn(sound, otherSound) || endsIn(otherSound, sound)) return 'part';
  return distance === 1 && length === 2 ? 'alike' : 'different';
}

/** How far two single names agree. Two well-known names are one only where they are known as spellings of one. */
export function compareWords(a: ProfileWord, b: ProfileWord): NameLevel {
  const [one, sound] = a;
  const [other, otherSound] = b;
  if (one === other) return 'same';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] || sound[0] === otherSound[0] ? 'initial' : 'different';
  const family = familyOf(one);
  const otherFamily = familyOf(other);
  const bothKnown = family !== undefined && otherFamily !== undefined;
  if (bothKnown && family === otherFamily) return 'spelling';
  const sameScript = isArabic(one) === isArabic(other);
  if (bothKnown) return endsIn(sound, otherSound) || endsIn(otherSound, sound) ? 'part' : edits(one, other, 1) <= 1 ? 'alike' : 'different';
  if (sound === otherSound) return sameScript ? ofOneSound(one, other, family ?? otherFamily) : 'spelling';
  return sameScript ? inOneScript(a, b) : acrossScripts(a, b);
}

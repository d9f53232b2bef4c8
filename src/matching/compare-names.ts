import { familyOf } from './known-names.ts';
import type { LevelOf } from './levels.ts';
import { edits, likeness } from './likeness.ts';
import { isArabic } from './normal-form.ts';
import type { ProfileWord } from './types.ts';

export type NameLevel = LevelOf<'given'>;

/** Names of one sound that are written so differently in one script stand a level lower: Hassan and Hussein. */
const SPELLED_ALIKE = 0.75;
const NEARLY_ALIKE = 0.9;
const FEWEST_LETTERS = 4;

const withoutFirst = (word: string, prefix: string): boolean => word.length > prefix.length && word.endsWith(prefix);

function nearWord([one, sound]: ProfileWord, [other, otherSound]: ProfileWord, sameScript: boolean): boolean {
  if (!sameScript) return sound.length >= 3 && otherSound.length >= 3 && edits(sound, otherSound, 1) <= 1;
  const length = Math.min(one.length, other.length);
  if (length < 3) return false;
  if (length < FEWEST_LETTERS) return edits(one, other, 1) <= 1 && one[0] === other[0];
  return edits(one, other, 1) <= 1 || likeness(one, other) >= NEARLY_ALIKE || (length >= 7 && edits(one, other, 2) <= 2);
}

/** How far two single names agree. */
export function compareWords(a: ProfileWord, b: ProfileWord): NameLevel {
  const [one, sound] = a;
  const [other, otherSound] = b;
  if (one === other) return 'same';
  const family = familyOf(one);
  const otherFamily = familyOf(other);
  const known = family !== undefined && otherFamily !== undefined;
  if (known && family === otherFamily) return 'spelling';
  const sameScript = isArabic(one) === isArabic(other);
  if (sound === otherSound && !known) return !sameScript || likeness(one, other) >= SPELLED_ALIKE ? 'spelling' : 'sound';
  if (nearWord(a, b, sameScript)) return 'near';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] || sound[0] === otherSound[0] ? 'initial' : 'different';
  if (sound.length >= 3 && otherSound.length >= 3 && (withoutFirst(sound, otherSound) || withoutFirst(otherSound, sound))) return 'part';
  return 'different';
}

const rank: Readonly<Record<NameLevel, number>> = { same: 6, spelling: 5, sound: 4, near: 3, part: 2, initial: 1, different: 0 };
const joinedWord = (words: readonly ProfileWord[]): ProfileWord => [
  words.map(([exact]) => exact).join(''),
  words.map(([, sound]) => sound).join(''),
];

/** The agreement of two lists of names and the names that it rests on, in the person who has fewer. */
export interface NameAgreement {
  readonly level: NameLevel;
  readonly words: readonly ProfileWord[];
}

/**
 * How far two lists of names agree: each name of the shorter list with the one most like it. What the longer list holds besides
 * makes it an agreement in part. Names that are only joined or parted differently are the same.
 */
export function compareLists(a: readonly ProfileWord[], b: readonly ProfileWord[]): NameAgreement {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const [only] = few;
  const [other] = many;
  if (few.length === 1 && many.length === 1 && only && other) return { level: compareWords(only, other), words: few };
  const whole = compareWords(joinedWord(few), joinedWord(many));
  if (rank[whole] >= rank.sound) return { level: whole, words: many };
  const left = [...many];
  let worst: NameLevel = 'same';
  let best: NameLevel = 'different';
  for (const word of few) {
    let at = -1;
    let level: NameLevel = 'different';
    left.forEach((candidate, place) => {
      const found = compareWords(word, candidate);
      if (rank[found] > rank[level]) [level, at] = [found, place];
    });
    if (at >= 0) left.splice(at, 1);
    if (rank[level] < rank[worst]) worst = level;
    if (rank[level] > rank[best]) best = level;
  }
  if (few.length === many.length && worst !== 'different') return { level: worst, words: few };
  return { level: rank[best] >= rank.near ? 'part' : worst, words: few };
}

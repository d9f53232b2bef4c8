import type { LevelOf } from './levels.ts';
import { edits, likeness } from './likeness.ts';
import { commonPartOf, familiesOf, soundsOfWord, spellingsOf, wordOf } from './name-words.ts';
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
function ofOneSound(one: string, other: string): NameLevel {
  if (likeness(one, other) >= ONE_SPELLING) return 'spelling';
  const [known, unknown] = familiesOf(one) ? [one, other] : [other, one];
  const spellings = (familiesOf(known) ?? []).flatMap(spellingsOf);
  return spellings.some((name) => name.length > 3 && edits(name, unknown, 1) <= 1) ? 'near' : 'sound';
}

/** Two well-known names are one only where they are known as spellings of one. */
function bothKnown(a: ProfileWord, b: ProfileWord, families: readonly number[], others: readonly number[]): NameLevel {
  if (families.some((family) => others.includes(family))) return 'spelling';
  if (besideCommonPart(a[0], b[0]) === 'part') return 'part';
  if (endsIn(a[1], b[1]) || endsIn(b[1], a[1])) return 'part';
  return edits(a[0], b[0], 1) <= 1 ? 'alike' : 'different';
}

function acrossScripts([, sound]: ProfileWord, [, otherSound]: ProfileWord): NameLevel {
  const distance = edits(sound, otherSound, 1);
  const consonants = Math.min(sound.replace(/^A/, '').length, otherSound.replace(/^A/, '').length);
  // Of few consonants another one makes another name, and most of all where it is the first.
  if (distance === 1 && (consonants > 3 || (consonants === 3 && sound[0] === otherSound[0]))) return 'near';
  if (endsIn(sound, otherSound) || endsIn(otherSound, sound)) return 'part';
  return distance === 1 && consonants > 1 ? 'alike' : 'different';
}

const MOST_REMEMBERED = 200_000;
const remembered = new Map<string, Map<string, NameLevel>>();
let answers = 0;

/** How far two single names agree. The common names meet again and again, so answers are remembered. */
export function compareWords(a: ProfileWord, b: ProfileWord): NameLevel {
  if (a[0] === b[0]) return 'same';
  const known = remembered.get(a[0])?.get(b[0]);
  if (known) return known;
  const level = levelOf(a, b);
  if (answers >= MOST_REMEMBERED) {
    remembered.clear();
    answers = 0;
  }
  answers += 1;
  remembered.set(a[0], (remembered.get(a[0]) ?? new Map<string, NameLevel>()).set(b[0], level));
  return level;
}

function levelOf(a: ProfileWord, b: ProfileWord): NameLevel {
  const [one, sound] = a;
  const [other, otherSound] = b;
  if (one.length === 1 || other.length === 1) return one[0] === other[0] || sound[0] === otherSound[0] ? 'initial' : 'different';
  const [families, others] = [familiesOf(one), familiesOf(other)];
  if (families && others) return bothKnown(a, b, families, others);
  const sameScript = isArabic(one) === isArabic(other);
  if (sound === otherSound) return sameScript ? ofOneSound(one, other) : 'spelling';
  if (mayBeReadAlike(one, other)) {
    const level = sameScript ? ofOneSound(one, other) : 'near';
    if (level !== 'sound') return level;
  }
  return besideCommonPart(one, other) ?? (sameScript ? inOneScript(a, b) : acrossScripts(a, b));
}

/**
 * Names that have a part in common with many are told apart by what they have beside it: Abdelmoumen and Abdelmounir are as alike as most
 * servants of somebody. Who is called by what is beside it is called by half of the name: Nour, Noureddine.
 */
function besideCommonPart(one: string, other: string): NameLevel | undefined {
  const [part, otherPart] = [commonPartOf(one), commonPartOf(other)];
  if (!part?.rest && !otherPart?.rest) return undefined;
  const isShared = part?.of === otherPart?.of;
  if (isShared && (part?.rest === '') !== (otherPart?.rest === '')) return 'part';
  const level = levelOf(withSound(part?.rest || one), withSound(otherPart?.rest || other));
  if (isShared) return level === 'alike' ? 'different' : level;
  return atLeast(level, 'spelling') ? 'part' : undefined;
}

function withSound(name: string): ProfileWord {
  const { exact, sound } = wordOf(name);
  return [exact, sound];
}

/** Whether one of the ways in which each may be read is the same. */
function mayBeReadAlike(one: string, other: string): boolean {
  const sounds = soundsOfWord(other);
  return soundsOfWord(one).some((sound) => sounds.includes(sound));
}

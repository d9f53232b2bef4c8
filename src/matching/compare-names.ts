import { atLeast, compareWords, type NameLevel, rank } from './compare-words.ts';
import type { ProfileWord } from './types.ts';

export type Names = readonly ProfileWord[];

/** How far two lists of names agree, and the names that the agreement rests on. */
export interface Agreement {
  readonly level: NameLevel;
  readonly words: Names;
}

/** The agreement of two people's own names, and the names that each has besides. */
export interface GivenAgreement extends Agreement {
  readonly restOfA: Names;
  readonly restOfB: Names;
}

const joined = (names: Names): ProfileWord => [names.map(([exact]) => exact).join(''), names.map(([, sound]) => sound).join('')];
const without = (names: Names, place: number): Names => names.filter((_, at) => at !== place);

/** A person's own name under the other names of the other: who goes by a middle name, or has names in another order. */
function elsewhere(a: Names, b: Names): GivenAgreement | undefined {
  const [own] = a;
  if (!own) return undefined;
  const place = b.findIndex((name, at) => at > 0 && atLeast(compareWords(own, name), 'spelling'));
  return place < 0 ? undefined : { level: 'part', words: [own], restOfA: a.slice(1), restOfB: without(b, place) };
}

/**
 * Compares what two people are called: their own name decides, which stands first. What follows it is a second name, or the father's.
 * @param together how many names of each may be one name that was parted by a space
 */
export function compareGiven(a: Names, b: Names, together: readonly [number, number]): GivenAgreement | undefined {
  const [own] = a;
  const [other] = b;
  if (!own || !other) return undefined;
  const level = compareWords(own, other);
  const plain = { level, words: [own], restOfA: a.slice(1), restOfB: b.slice(1) };
  if (atLeast(level, 'sound') || (a.length === 1 && b.length === 1)) return plain;
  const [lettersOfA, lettersOfB] = [a.slice(0, together[0]), b.slice(0, together[1])];
  if (lettersOfA.length + lettersOfB.length > 2) {
    const whole = compareWords(joined(lettersOfA), joined(lettersOfB));
    if (atLeast(whole, 'near') && rank[whole] > rank[level]) {
      return { level: whole, words: [joined(lettersOfA)], restOfA: a.slice(together[0]), restOfB: b.slice(together[1]) };
    }
  }
  if (atLeast(level, 'near')) return plain;
  const [first, second] = [elsewhere(a, b), elsewhere(b, a)];
  return first ?? (second && { ...second, restOfA: second.restOfB, restOfB: second.restOfA }) ?? plain;
}

/** Each name of the shorter list beside the one most like it in the longer. */
function laidSideBySide(few: Names, many: Names): readonly (readonly [ProfileWord, NameLevel])[] {
  const left = [...many];
  return few.map((name) => {
    let at = 0;
    let level: NameLevel = 'different';
    left.forEach((candidate, place) => {
      const found = compareWords(name, candidate);
      if (rank[found] > rank[level]) [level, at] = [found, place];
    });
    if (level !== 'different') left.splice(at, 1);
    return [name, level] as const;
  });
}

/**
 * Compares family names or second names, where order says nothing. Where all of the shorter list is found, the weakest of its names
 * decides, and what the longer list holds besides makes it an agreement in part; names joined or parted differently are the same.
 */
export function compareLists(a: Names, b: Names): Agreement | undefined {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const [only] = few;
  const [other] = many;
  if (!only || !other) return undefined;
  if (many.length === 1) return { level: compareWords(only, other), words: few };
  const whole = compareWords(joined(few), joined(many));
  if (atLeast(whole, 'sound')) return { level: whole, words: few };
  const pairs = laidSideBySide(few, many);
  const weakest = pairs.reduce<NameLevel>((worst, [, level]) => (rank[level] < rank[worst] ? level : worst), 'same');
  if (atLeast(weakest, 'near')) return { level: few.length === many.length ? weakest : 'part', words: few };
  return { level: atLeast(whole, 'near') ? 'near' : weakest, words: few };
}

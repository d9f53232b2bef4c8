import { atLeast, compareWords, type NameLevel, rank } from './compare-words.ts';
import { beginsCompound } from './name-words.ts';
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

const isLike = (one: ProfileWord, other: ProfileWord): boolean => !['different', 'alike'].includes(compareWords(one, other));

/** The names of somebody that the other person has not, whole, in part or as an initial. */
const besides = (names: Names, others: Names): Names => names.filter((name) => !others.some((other) => isLike(name, other)));

/**
 * Whether two people who share two names and more have others beside them that contradict each other. Where all names stand in one field
 * nobody can tell which: brothers are called Mohamed Amine and Mohamed Islam.
 */
export function areSiblings(a: Names, b: Names): boolean {
  const beside = besides(a, b);
  return beside.length > 0 && a.length - beside.length > 1 && besides(b, a).length > 0;
}

/**
 * Brothers are called Mohamed Amine and Mohamed Islam, sisters Fatima Zohra and Fatima Amina: where both have a second name and none of
 * these agree, the whole is another name. Half of such a name contradicts nothing.
 */
function asCompounds(found: GivenAgreement, [ofA, ofB]: readonly [number, number]): GivenAgreement {
  // A second name may stand in a field of its own, which elsewhere holds the father's or what somebody was called before.
  const inOwnField = ofA === 1 && ofB === 1 && found.words.some(([exact]) => beginsCompound(exact)) ? 1 : 0;
  const [seconds, others] = [found.restOfA.slice(0, ofA - 1 + inOwnField), found.restOfB.slice(0, ofB - 1 + inOwnField)];
  const contradict = seconds.length > 0 && others.length > 0 && besides(seconds, others).length === seconds.length;
  if (!contradict) return found;
  return { ...found, level: 'different', restOfA: found.restOfA.slice(seconds.length), restOfB: found.restOfB.slice(others.length) };
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
  if (atLeast(level, 'sound')) return asCompounds(plain, together);
  if (a.length === 1 && b.length === 1) return plain;
  const [lettersOfA, lettersOfB] = [a.slice(0, together[0]), b.slice(0, together[1])];
  if (lettersOfA.length + lettersOfB.length > 2) {
    const whole = compareWords(joined(lettersOfA), joined(lettersOfB));
    if (atLeast(whole, 'near') && rank[whole] > rank[level]) {
      return { level: whole, words: [joined(lettersOfA)], restOfA: a.slice(together[0]), restOfB: b.slice(together[1]) };
    }
  }
  if (atLeast(level, 'near')) return asCompounds(plain, together);
  const [first, second] = [elsewhere(a, b), elsewhere(b, a)];
  return first ?? (second && { ...second, restOfA: second.restOfB, restOfB: second.restOfA }) ?? plain;
}

/** How far each name of the shorter list agrees with the one most like it in the longer. */
function laidSideBySide(few: Names, many: Names): readonly NameLevel[] {
  const left = [...many];
  return few.map((name) => {
    let at = 0;
    let level: NameLevel = 'different';
    left.forEach((candidate, place) => {
      const found = compareWords(name, candidate);
      if (rank[found] > rank[level]) [level, at] = [found, place];
    });
    if (level !== 'different') left.splice(at, 1);
    return level;
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
  const weakest = laidSideBySide(few, many).reduce((worst, level) => (rank[level] < rank[worst] ? level : worst), 'same');
  if (atLeast(weakest, 'near')) return { level: few.length === many.length ? weakest : 'part', words: few };
  return { level: atLeast(whole, 'near') ? 'near' : weakest, words: few };
}

import { type Agreement, areSiblings, compareGiven, compareLists, type Names } from './compare-names.ts';
import { atLeast, compareWords, type NameLevel } from './compare-words.ts';
import type { LevelOf } from './levels.ts';
import type { Frequencies, Profile } from './types.ts';
import type { Weights } from './weights.ts';

/** How much of the rarity of a name counts at a level: a name that only looks alike may be another, more common one. */
const rarity: Readonly<Record<NameLevel, number>> = {
  same: 1,
  spelling: 1,
  sound: 0.8,
  near: 0.5,
  part: 0.7,
  alike: 0.2,
  initial: 0,
  different: 0,
};

export interface NameEvidence {
  readonly field: 'given' | 'family' | 'middle';
  readonly level: NameLevel;
  readonly weight: number;
}

export interface Alignment {
  readonly order: LevelOf<'order'>;
  readonly weight: number;
  readonly names: readonly NameEvidence[];
}

/** One way to read a person's names: what they are called, how many of these may be one name, and their family names. */
interface Reading {
  readonly called: Names;
  readonly together: number;
  readonly family: Names;
}

const MOST_NAMES = 5;

/** Weighs names with how common they are: that two people share a rare name says more than that both are called Mohamed. */
export class NameScale {
  readonly #weights: Weights;
  readonly #frequencies: Frequencies;

  constructor(weights: Weights, frequencies: Frequencies) {
    this.#weights = weights;
    this.#frequencies = frequencies;
  }

  /** The best way to lay the names of two people side by side: as written, exchanged, or parted where one has them all in one field. */
  align(someone: Profile, another: Profile): Alignment | undefined {
    const [a, b] = inOneOrder(someone, another);
    const [joinedA, joinedB] = [isJoined(a), isJoined(b)];
    if (!joinedA && !joinedB) return this.#asWritten(plainReading(a), plainReading(b));
    const [ofA, ofB] = [readingsOf(a, joinedB, joinedB), readingsOf(b, joinedA)];
    if (!areRelated(a, b)) return ofA[0] && ofB[0] && this.#weigh(ofA[0], ofB[0], 'joined');
    const siblings = areSiblings(allNames(a), allNames(b));
    let best: Alignment | undefined;
    for (const one of ofA) {
      for (const other of ofB) {
        const alignment = this.#weigh(one, other, 'joined');
        best = better(best, alignment && siblings ? this.#asOthers(alignment) : alignment);
      }
    }
    return joinedA && joinedB && !siblings && best ? cautious(best) : best;
  }

  /** What two people agree in whose own names are others, however their names are parted: the name that they share is the family's. */
  #asOthers({ order, names }: Alignment): Alignment {
    const shared = names.filter(({ level }) => level !== 'different');
    const family = shared.find(({ field }) => field === 'family') ?? shared.find(({ field }) => field === 'given');
    const middle = shared.find(({ field }) => field === 'middle');
    const all: NameEvidence[] = [
      { field: 'given', level: 'different', weight: this.#weights.of('given', 'different') },
      ...(middle ? [middle] : []),
      ...(family ? [{ ...family, field: 'family' as const }] : []),
    ];
    return { order, names: all, weight: all.reduce((total, { weight }) => total + weight, this.#weights.of('order', order)) };
  }

  #asWritten(a: Reading, b: Reading): Alignment | undefined {
    const straight = this.#weigh(a, b, 'straight');
    if (straight?.names.every(({ level }) => atLeast(level, 'sound'))) return straight;
    const turned = this.#weigh(a, exchanged(b), 'exchanged');
    const other = a.called.length + b.called.length > 2 ? this.#weigh(exchanged(a), b, 'exchanged') : undefined;
    const best = better(turned, other);
    return better(straight, best && cautious(best));
  }

  #weigh(a: Reading, b: Reading, order: LevelOf<'order'>): Alignment | undefined {
    const given = compareGiven(a.called, b.called, [a.together, b.together]);
    const middle = given && compareLists(given.restOfA, given.restOfB);
    const family = compareLists(a.family, b.family);
    const names: NameEvidence[] = [];
    if (given) names.push(this.#evidence('given', given));
    if (middle) names.push(this.#evidence('middle', middle));
    if (family) names.push(this.#evidence('family', family));
    if (names.length === 0) return undefined;
    const sum = names.reduce((total, { weight }) => total + weight, 0);
    return { order, names, weight: sum + (names.length > 1 ? this.#weights.of('order', order) : 0) };
  }

  #evidence(field: NameEvidence['field'], { level, words }: Agreement): NameEvidence {
    const { reference, least } = this.#weights.names;
    let share = 1;
    words.forEach(([, sound], place) => {
      const common = Math.max(this.#frequencies.of(sound) ?? 0, least);
      // Names of one person go together, so that a second one says less than it would by itself.
      share *= place === 0 ? common : Math.sqrt(common);
    });
    const rare = rarity[level] * Math.log2(reference / Math.max(share, least));
    return { field, level, weight: this.#weights.of(field, level) + rare };
  }
}

const spellingOf = (names: Names | undefined): string => (names ?? []).map(([exact]) => exact).join(' ');
const nameOf = ({ g, m, f }: Profile): string => `${spellingOf(g)}|${spellingOf(m)}|${spellingOf(f)}`;

/** The same two people in the same order, whoever is named first, so that a pair has one answer. */
function inOneOrder(a: Profile, b: Profile): readonly [Profile, Profile] {
  const [one, other] = [a.g?.[0]?.[0] ?? '', b.g?.[0]?.[0] ?? ''];
  // Mostly the first word tells, and the whole need not be put together.
  const isFirst = one.startsWith(other) || other.startsWith(one) ? nameOf(a) <= nameOf(b) : one < other;
  return isFirst ? [a, b] : [b, a];
}

const better = (one: Alignment | undefined, other: Alignment | undefined): Alignment | undefined =>
  one && other ? (other.weight > one.weight ? other : one) : (one ?? other);

/** Two names that share one part and not the other, where it is not known which part is the family's: it is taken to be the shared one. */
function cautious({ order, weight, names }: Alignment): Alignment {
  const given = names.find(({ field }) => field === 'given');
  const family = names.find(({ field }) => field === 'family');
  if (!given || !family || family.level !== 'different' || given.level === 'different') return { order, weight, names };
  const others = names.filter(({ field }) => field === 'middle');
  return { order, weight, names: [{ ...family, field: 'given' }, ...others, { ...given, field: 'family' }] };
}

const namesOf = ({ g = [], m = [], f = [] }: Profile): Names => [...(g.length > 0 ? g : f), ...m];

const allNames = ({ g = [], m = [], f = [] }: Profile): Names => [...g, ...m, ...f];

/** Whether somebody's names stand in one field, given and family name together. */
const isJoined = (profile: Profile): boolean => !(profile.g && profile.f) && namesOf(profile).length > 1;

/** Whether any two names of two people agree at all; where none do, every reading says the same. */
const areRelated = (a: Profile, b: Profile): boolean =>
  allNames(a).some((one) => allNames(b).some((other) => compareWords(one, other) !== 'different'));

const plainReading = ({ g = [], m = [], f = [] }: Profile): Reading => ({ called: [...g, ...m], together: g.length, family: f });
const exchanged = ({ called, family }: Reading): Reading => ({ called: family, together: family.length, family: called });

/**
 * Names in two fields are read as they stand, or exchanged; names in one field may be parted anywhere, either way round.
 * @param forward only one way round, where the other person is read both ways
 */
function readingsOf(profile: Profile, otherJoined: boolean, forward = false): Reading[] {
  if (!isJoined(profile)) return [plainReading(profile), exchanged(plainReading(profile))];
  const all = namesOf(profile);
  const found: Reading[] = [];
  for (let cut = 1; cut < Math.min(all.length, MOST_NAMES); cut += 1) {
    const [front, back] = [all.slice(0, cut), all.slice(cut)];
    found.push({ called: front, together: cut, family: back });
    if (!forward) found.push({ called: back, together: back.length, family: front });
  }
  // Three names and more in one field may be somebody's own, father's and grandfather's, with the family name left out.
  if (all.length > 2 && !otherJoined) found.push({ called: all, together: all.length, family: [] });
  return found;
}

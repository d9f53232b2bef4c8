import { compareLists, type NameLevel } from './compare-names.ts';
import type { LevelOf } from './levels.ts';
import type { Frequencies, Profile, ProfileWord } from './types.ts';
import type { Weights } from './weights.ts';

/** How much of the rarity of a name counts at a level: a name that only looks alike may be another, more common one. */
const rarity: Readonly<Record<NameLevel, number>> = { same: 1, spelling: 1, sound: 1, near: 0.5, part: 0.5, initial: 0, different: 0 };

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

type Names = readonly ProfileWord[];

/** One way in which a person's names may be given and family name. */
interface Reading {
  readonly given: Names;
  readonly family: Names;
}

export class NameScale {
  readonly #weights: Weights;
  readonly #frequencies: Frequencies;

  constructor(weights: Weights, frequencies: Frequencies) {
    this.#weights = weights;
    this.#frequencies = frequencies;
  }

  /** The evidence in two lists of names; none where one is empty. */
  weigh(field: NameEvidence['field'], a: Names, b: Names): NameEvidence | undefined {
    if (a.length === 0 || b.length === 0) return undefined;
    const { level, words } = compareLists(a, b);
    const { reference, least } = this.#weights.names;
    let common = 1;
    for (const [, sound] of words) common *= Math.max(this.#frequencies.of(sound) ?? 0, least);
    const rare = rarity[level] * Math.log2(reference / Math.max(common, least * least));
    return { field, level, weight: this.#weights.of(field, level) + rare };
  }

  /** The best way to lay the names of two people side by side: as written, exchanged, or parted where one has them all in one field. */
  align(a: Profile, b: Profile): Alignment | undefined {
    const readingsOfA = readings(a);
    const readingsOfB = readings(b);
    const joined = readingsOfA.length > 1 || readingsOfB.length > 1;
    let best: Alignment | undefined;
    const consider = (one: Reading, other: Reading, order: LevelOf<'order'>) => {
      const names = [this.weigh('given', one.given, other.given), this.weigh('family', one.family, other.family)].filter(
        (evidence) => evidence !== undefined,
      );
      if (names.length === 0) return;
      const weight = names.reduce((sum, evidence) => sum + evidence.weight, this.#weights.of('order', order));
      if (!best || weight > best.weight) best = { order, weight, names };
    };
    for (const one of readingsOfA) {
      for (const other of readingsOfB) {
        consider(one, other, joined ? 'joined' : 'straight');
        if (!joined && this.#worthExchanging(best)) consider(one, { given: other.family, family: other.given }, 'exchanged');
      }
    }
    return best;
  }

  #worthExchanging(straight: Alignment | undefined): boolean {
    return !straight || straight.names.some(({ level }) => level !== 'same' && level !== 'spelling' && level !== 'sound');
  }
}

/** Names in two fields are read as they stand; names in one field may be parted anywhere, either way round. */
function readings({ g = [], f = [] }: Profile): Reading[] {
  const all = g.length > 0 ? g : f;
  if ((g.length > 0 && f.length > 0) || all.length < 2) return [{ given: g, family: f }];
  const found: Reading[] = [];
  for (let cut = 1; cut < Math.min(all.length, 5); cut += 1) {
    found.push({ given: all.slice(0, cut), family: all.slice(cut) }, { given: all.slice(cut), family: all.slice(0, cut) });
  }
  return found;
}

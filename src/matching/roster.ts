import { blockLimit, keysOf } from './keys.ts';
import type { BlockingKey, Frequencies, Profile } from './types.ts';

const SLOTS = 16;
const FIRST_ROWS = 1024;

/** FNV-1a over the code units of a key. Two keys that share a hash bring a few pairs too many, and lose none. */
function hashOf({ kind, text }: BlockingKey): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < kind.length; i += 1) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ 0x7c, 0x01000193);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** How common names are among the people of a roster, evened out so that a name that two people bear in a small file is not thought common. */
export class CountedFrequencies implements Frequencies {
  readonly #counts = new Map<string, number>();
  #people = 0;

  /** How many unseen people of a usual name a roster counts for. */
  static readonly #former = { people: 500, share: 0.001 };

  add({ g = [], m = [], f = [] }: Profile): void {
    this.#people += 1;
    for (const sound of new Set([...g, ...m, ...f].map(([, sounding]) => sounding)))
      this.#counts.set(sound, (this.#counts.get(sound) ?? 0) + 1);
  }

  of(sound: string): number | undefined {
    const { people, share } = CountedFrequencies.#former;
    const bearers = this.#counts.get(sound);
    return bearers === undefined ? undefined : (bearers - 1 + people * share) / (this.#people + people);
  }
}

/** The people of one or two files in memory: their profiles, and the entries of their keys in typed arrays, sorted by key. */
export class Roster {
  readonly profiles: Profile[] = [];
  readonly frequencies = new CountedFrequencies();
  #entries = new BigUint64Array(FIRST_ROWS * SLOTS);
  #used = 0;

  add(profile: Profile): void {
    const row = this.profiles.length;
    this.profiles.push(profile);
    this.frequencies.add(profile);
    const keys = keysOf(profile);
    if (this.#used + keys.length > this.#entries.length) this.#grow();
    const halves = new Uint32Array(this.#entries.buffer);
    for (const key of keys) {
      halves[this.#used * 2] = row;
      halves[this.#used * 2 + 1] = hashOf(key);
      this.#used += 1;
    }
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#entries.length * 2);
    larger.set(this.#entries);
    this.#entries = larger;
  }

  /**
   * Everybody's candidates, each pair once.
   * @param from only pairs of a row below this one with a row from it on; 0 for pairs among all
   */
  *candidates(from = 0): Generator<readonly [number, number]> {
    const entries = this.#entries.subarray(0, this.#used).sort();
    const halves = new Uint32Array(entries.buffer, 0, entries.length * 2);
    const people = this.profiles.length;
    const { starts, slots } = blocksByRow(halves, people);
    const seen = new Int32Array(people).fill(-1);
    for (let row = 0; row < (from || people); row += 1) {
      const found: number[] = [];
      for (let slot = starts[row] as number; slot < (starts[row + 1] as number); slot += 1) {
        const begin = slots[slot] as number;
        const hash = halves[begin * 2 + 1];
        for (let at = begin; at < entries.length && halves[at * 2 + 1] === hash; at += 1) {
          const other = halves[at * 2] as number;
          if (other <= row || other < from || seen[other] === row) continue;
          seen[other] = row;
          found.push(other);
        }
      }
      found.sort((one, other) => one - other);
      for (const other of found) yield [row, other];
    }
  }
}

/** For every row the blocks that it is in, as the place of each block's first entry; blocks of one and blocks over the limit are left out. */
function blocksByRow(halves: Uint32Array, people: number): { starts: Uint32Array; slots: Uint32Array } {
  const total = halves.length / 2;
  const starts = new Uint32Array(people + 1);
  const walk = (visit: (row: number, begin: number) => void) => {
    for (let begin = 0; begin < total; ) {
      let end = begin + 1;
      while (end < total && halves[end * 2 + 1] === halves[begin * 2 + 1]) end += 1;
      if (end - begin > 1 && end - begin <= blockLimit) for (let at = begin; at < end; at += 1) visit(halves[at * 2] as number, begin);
      begin = end;
    }
  };
  walk((row) => {
    starts[row + 1] = (starts[row + 1] as number) + 1;
  });
  for (let row = 0; row < people; row += 1) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  const slots = new Uint32Array(starts[people] as number);
  const next = starts.slice();
  walk((row, begin) => {
    slots[next[row] as number] = begin;
    next[row] = (next[row] as number) + 1;
  });
  return { starts, slots };
}

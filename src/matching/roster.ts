import { coarseKeysOf } from './coarse-keys.ts';
import { blockLimit, keysOf } from './keys.ts';
import type { BlockingKey, Frequencies, Profile } from './types.ts';

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

const FIRST_ENTRIES = 16_384;

/** Which rows bear which key: one number for each, the key's hash above the row, so that sorting the numbers brings a block together. */
class Entries {
  #numbers = new BigUint64Array(FIRST_ENTRIES);
  #halves = new Uint32Array(this.#numbers.buffer);
  #used = 0;

  add(row: number, keys: readonly BlockingKey[]): void {
    if (this.#used + keys.length > this.#numbers.length) this.#grow();
    for (const key of keys) {
      this.#halves[this.#used * 2] = row;
      this.#halves[this.#used * 2 + 1] = hashOf(key);
      this.#used += 1;
    }
  }

  /** The blocks, from 2 people up to a limit, as the rows in them; the array holds until the next block. */
  *blocks(limit: number): Generator<Uint32Array> {
    this.#numbers.subarray(0, this.#used).sort();
    const halves = this.#halves;
    const rows = new Uint32Array(limit);
    for (let begin = 0; begin < this.#used; ) {
      const hash = halves[begin * 2 + 1];
      let end = begin + 1;
      while (end < this.#used && halves[end * 2 + 1] === hash) end += 1;
      if (end - begin > 1 && end - begin <= limit) {
        for (let at = begin; at < end; at += 1) rows[at - begin] = halves[at * 2] as number;
        yield rows.subarray(0, end - begin);
      }
      begin = end;
    }
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#numbers.length * 2);
    larger.set(this.#numbers);
    this.#numbers = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}

/** How many pairs the coarse keys may bring for each person, and in all, so that a large file takes no longer for them. */
const COARSE_PAIRS = { perPerson: 50, inAll: 2_000_000 };
const LARGEST_COARSE_BLOCK = 400;
const MOST_COARSE_PEOPLE = 400_000;

/** The people of one or two files in memory, and who is worth comparing with whom. */
export class Roster {
  readonly profiles: Profile[] = [];
  readonly frequencies = new CountedFrequencies();
  readonly #usual = new Entries();
  readonly #coarse = new Entries();

  add(profile: Profile): void {
    const row = this.profiles.length;
    this.profiles.push(profile);
    this.frequencies.add(profile);
    this.#usual.add(row, keysOf(profile));
    if (row < MOST_COARSE_PEOPLE) this.#coarse.add(row, coarseKeysOf(profile));
  }

  /**
   * Everybody's candidates, each pair once, in the order of the rows.
   * @param from only pairs of a row below this one with a row from it on; 0 for pairs among all
   */
  *candidates(from = 0): Generator<readonly [number, number]> {
    const people = this.profiles.length;
    const groups = [
      { entries: this.#usual, limit: blockLimit },
      ...(people <= MOST_COARSE_PEOPLE ? [{ entries: this.#coarse, limit: this.#coarseLimit() }] : []),
    ];
    const blocks = new BlocksByRow(people);
    for (const { entries, limit } of groups) for (const rows of entries.blocks(limit)) blocks.add(rows);
    const seen = new Int32Array(people).fill(-1);
    for (let row = 0; row < (from || people); row += 1) {
      const found: number[] = [];
      for (const other of blocks.around(row)) {
        if (other <= row || other < from || seen[other] === row) continue;
        seen[other] = row;
        found.push(other);
      }
      found.sort((one, other) => one - other);
      for (const other of found) yield [row, other];
    }
  }

  /** The largest coarse block that is still paired through: smaller blocks first, as long as the pairs are not too many. */
  #coarseLimit(): number {
    const pairs = new Float64Array(LARGEST_COARSE_BLOCK + 1);
    for (const { length } of this.#coarse.blocks(LARGEST_COARSE_BLOCK))
      pairs[length] = (pairs[length] as number) + (length * (length - 1)) / 2;
    let left = Math.min(this.profiles.length * COARSE_PAIRS.perPerson, COARSE_PAIRS.inAll);
    let limit = 1;
    while (limit < LARGEST_COARSE_BLOCK && left >= (pairs[limit + 1] as number)) {
      limit += 1;
      left -= pairs[limit] as number;
    }
    return limit;
  }
}

/** The blocks once more, by row: all members in one array, and for every row the blocks that it is in. */
class BlocksByRow {
  readonly #members: number[][] = [];
  readonly #of: (number[] | undefined)[];

  constructor(people: number) {
    this.#of = new Array(people);
  }

  add(rows: Uint32Array): void {
    const block = this.#members.push(Array.from(rows)) - 1;
    for (const row of rows) {
      const blocks = this.#of[row];
      if (blocks) blocks.push(block);
      else this.#of[row] = [block];
    }
  }

  *around(row: number): Generator<number> {
    for (const block of this.#of[row] ?? []) yield* this.#members[block] as number[];
  }
}

import { Blocks } from './blocks.ts';
import { coarseKeysOf, placeKeysOf } from './coarse-keys.ts';
import { CountedFrequencies } from './counted-frequencies.ts';
import { crossedBlocks } from './crossed.ts';
import { Entries } from './entries.ts';
import { blockLimit, keysOf } from './keys.ts';
import type { Profile } from './types.ts';

/** What sharing a key counts for. One usual key makes two people candidates; of the coarse ones it takes two, of the parts of an address three. */
const ENOUGH = 3;
const COARSE = 2;
const PLACE = 1;

/** How many meetings the coarse keys may bring for each person, and in all, so that a large file takes no longer for them. */
const MEETINGS = { perPerson: 120, inAll: 5_000_000 };
const LARGEST_COARSE_BLOCK = 500;
const MOST_COARSE_PEOPLE = 400_000;

/** The people of one or two files in memory, and who is worth comparing with whom. */
export class Roster {
  readonly profiles: Profile[] = [];
  readonly frequencies = new CountedFrequencies();
  readonly #usual = new Entries();
  readonly #coarse = new Entries();
  readonly #places = new Entries();

  add(profile: Profile): void {
    const row = this.profiles.length;
    this.profiles.push(profile);
    this.frequencies.add(profile);
    this.#usual.add(row, keysOf(profile));
    if (row >= MOST_COARSE_PEOPLE) return;
    this.#coarse.add(row, coarseKeysOf(profile));
    this.#places.add(row, placeKeysOf(profile));
  }

  /**
   * Everybody's candidates, each pair once, in the order of the rows.
   * @param from only pairs of a row below this one with a row from it on; 0 for pairs among all
   */
  *candidates(from = 0): Generator<readonly [number, number]> {
    const people = this.profiles.length;
    const blocks = this.#blocks();
    const shared = new Uint8Array(people);
    for (let row = 0; row < (from || people); row += 1) {
      const found: number[] = [];
      blocks.around(row, (other, counts) => {
        if (other <= row || other < from) return;
        if (shared[other] === 0) found.push(other);
        shared[other] = Math.min((shared[other] as number) + counts, ENOUGH);
      });
      found.sort((one, other) => one - other);
      for (const other of found) {
        if ((shared[other] as number) >= ENOUGH) yield [row, other];
        shared[other] = 0;
      }
    }
  }

  #blocks(): Blocks {
    const blocks = new Blocks();
    for (const rows of this.#usual.blocks(blockLimit)) blocks.add(rows, ENOUGH);
    for (const rows of crossedBlocks(this.#usual, blockLimit, this.profiles.length)) blocks.add(rows, ENOUGH);
    if (this.profiles.length <= MOST_COARSE_PEOPLE) {
      for (const rows of this.#coarse.blocks(this.#limitOf(this.#coarse))) blocks.add(rows, COARSE);
      for (const rows of this.#places.blocks(this.#limitOf(this.#places))) blocks.add(rows, PLACE);
    }
    blocks.index(this.profiles.length);
    return blocks;
  }

  /** The largest block that is still paired through: smaller blocks first, as long as the meetings are not too many. */
  #limitOf(entries: Entries): number {
    const meetings = new Float64Array(LARGEST_COARSE_BLOCK + 1);
    for (const { length } of entries.blocks(LARGEST_COARSE_BLOCK))
      meetings[length] = (meetings[length] as number) + (length * (length - 1)) / 2;
    let left = Math.min(this.profiles.length * MEETINGS.perPerson, MEETINGS.inAll);
    let limit = 1;
    while (limit < LARGEST_COARSE_BLOCK && left >= (meetings[limit + 1] as number)) {
      limit += 1;
      left -= meetings[limit] as number;
    }
    return limit;
  }
}

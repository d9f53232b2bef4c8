/** Chance that comes out the same for the same seed. */
export interface Chance {
  /** Whether something happens that happens in this share of cases. */
  happens(share: number): boolean;
  /** A whole number from 0 to below this. */
  below(limit: number): number;
  /** One of these, each as likely as the others. */
  oneOf<Item>(items: readonly Item[]): Item;
  /** One of these, the n-th about n times rarer than the first (Zipf's law), as names are. */
  common<Item>(items: readonly Item[]): Item;
  /** A text of so many digits. */
  digits(count: number): string;
}

/** A generator of 32 bits (mulberry32) is enough for invented people, and the same everywhere. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  return {
    happens: (share) => next() < share,
    below,
    oneOf,
    // The inverse of the continuous law: no table of weights, whatever the length of the list.
    common: (items) => items[Math.floor((items.length + 1) ** next()) - 1] as (typeof items)[number],
    digits: (count) => Array.from({ length: count }, () => below(10)).join(''),
  };
}

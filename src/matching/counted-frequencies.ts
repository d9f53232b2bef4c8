import type { Frequencies, Profile } from './types.ts';

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

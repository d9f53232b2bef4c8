import { beginningOf, type Entry, hashOf, type SignedEntry } from './entry.ts';
import { type DeviceKeys, signed } from './keys.ts';

/** An entry without what the chain gives it, and what its author adds last. */
type Link<E extends Entry> = Omit<E, 'format' | 'packId' | 'deviceId' | 'sequence' | 'previous' | 'proof'>;

/** The chain of a pack: what was done, each entry signed and bound to the one before. */
export class Chain {
  readonly packId: string;
  readonly #keys: DeviceKeys;
  readonly #append: (entry: SignedEntry) => Promise<void>;
  readonly #entries: { readonly entry: Entry; readonly signed: SignedEntry }[] = [];
  #head: string;

  private constructor(packId: string, keys: DeviceKeys, append: (entry: SignedEntry) => Promise<void>, beginning: string) {
    this.packId = packId;
    this.#keys = keys;
    this.#append = append;
    this.#head = beginning;
  }

  /**
   * Takes a chain up where it was left.
   * @param kept what was kept of it, in order
   * @param append keeps an entry; resolves when it would survive a loss of power
   * @throws Error when what was kept does not hang together
   */
  static async of(
    packId: string,
    keys: DeviceKeys,
    kept: readonly SignedEntry[],
    append: (entry: SignedEntry) => Promise<void>,
  ): Promise<Chain> {
    const chain = new Chain(packId, keys, append, await beginningOf(packId));
    for (const one of kept) {
      const entry = JSON.parse(one.payload) as Entry;
      if (entry.packId !== packId || entry.previous !== chain.#head || entry.sequence !== chain.length + 1)
        throw new Error(`entry ${chain.length + 1} is not what came after the one before`);
      await chain.#take(entry, one);
    }
    return chain;
  }

  get length(): number {
    return this.#entries.length;
  }

  get entries(): readonly Entry[] {
    return this.#entries.map(({ entry }) => entry);
  }

  /** What is to be sent, from a sequence number on. */
  signedFrom(sequence: number): readonly SignedEntry[] {
    return this.#entries.slice(sequence - 1).map((one) => one.signed);
  }

  /** The next entry, as far as it is known before the code is proved. */
  next<E extends Entry>(link: Link<E>): Omit<E, 'proof'> {
    const place = { packId: this.packId, deviceId: this.#keys.deviceId, sequence: this.length + 1, previous: this.#head };
    return { format: 'sanad-offline-1', ...place, ...link } as unknown as Omit<E, 'proof'>;
  }

  /** Signs an entry that {@link next} made and keeps it. */
  async add(entry: Entry): Promise<SignedEntry> {
    if (entry.previous !== this.#head) throw new Error('something else was written meanwhile');
    const payload = JSON.stringify(entry);
    const one = { payload, signature: await signed(this.#keys.signing, payload) };
    await this.#append(one);
    await this.#take(entry, one);
    return one;
  }

  async #take(entry: Entry, one: SignedEntry): Promise<void> {
    this.#head = await hashOf(one);
    this.#entries.push({ entry, signed: one });
  }
}

/**
 * Remembers what was used lately, and no more than twice as many entries as it is told. What is forgotten has to be harmless to forget:
 * other processes remember other things.
 */
export class Recent<Key, Value> {
  readonly #most: number;
  // Two generations: an entry that is used moves to the younger one, and the older one is dropped whole when the younger is full.
  #younger = new Map<Key, Value>();
  #older = new Map<Key, Value>();

  /** @param most how many entries a generation holds */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const young = this.#younger.get(key);
    if (young !== undefined) return young;
    const old = this.#older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** What is remembered under a key, or what is made for it now. */
  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  set(key: Key, value: Value): void {
    if (this.#younger.size >= this.#most) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, value);
  }
}

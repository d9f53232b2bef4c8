const FIRST_MEMBERS = 65_536;

/** Groups of people who share a key, found again by any of their members. Everything is in typed arrays, for there may be millions. */
export class Blocks {
  #members = new Uint32Array(FIRST_MEMBERS);
  #used = 0;
  /** Where each block begins among the members, and what its key counts for. */
  readonly #begins: number[] = [];
  readonly #counts: number[] = [];
  /** For each person the blocks that hold them: those from one begin to the next. */
  #ofBegins = new Uint32Array(1);
  #of = new Uint32Array(0);

  /** @param counts what sharing this key counts for */
  add(rows: Uint32Array, counts: number): void {
    if (this.#used + rows.length > this.#members.length) {
      const larger = new Uint32Array(this.#members.length * 2);
      larger.set(this.#members);
      this.#members = larger;
    }
    this.#begins.push(this.#used);
    this.#counts.push(counts);
    this.#members.set(rows, this.#used);
    this.#used += rows.length;
  }

  /** Call once, after the last block. */
  index(people: number): void {
    this.#begins.push(this.#used);
    const begins = new Uint32Array(people + 1);
    for (let at = 0; at < this.#used; at += 1) {
      const next = (this.#members[at] as number) + 1;
      begins[next] = (begins[next] as number) + 1;
    }
    for (let row = 0; row < people; row += 1) begins[row + 1] = (begins[row + 1] as number) + (begins[row] as number);
    this.#ofBegins = begins;
    this.#of = new Uint32Array(this.#used);
    const free = begins.slice();
    for (let block = 0; block + 1 < this.#begins.length; block += 1) {
      for (let at = this.#begins[block] as number; at < (this.#begins[block + 1] as number); at += 1) {
        const row = this.#members[at] as number;
        this.#of[free[row] as number] = block;
        free[row] = (free[row] as number) + 1;
      }
    }
  }

  /** Visits everybody who is in a block with somebody, once for each such block. */
  around(row: number, visit: (other: number, counts: number) => void): void {
    for (let slot = this.#ofBegins[row] as number; slot < (this.#ofBegins[row + 1] as number); slot += 1) {
      const block = this.#of[slot] as number;
      const end = this.#begins[block + 1] as number;
      for (let at = this.#begins[block] as number; at < end; at += 1) visit(this.#members[at] as number, this.#counts[block] as number);
    }
  }
}

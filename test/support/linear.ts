/** A linear system over unknowns that are not below zero. */
export interface LinearSystem {
  readonly unknowns: number;
  /** Each adds up to its sum; with `atLeast`, to that or more. */
  readonly equations: readonly { readonly factors: ReadonlyMap<number, number>; readonly sum: number; readonly atLeast?: true }[];
}

const TINY = 1e-7;

/**
 * Bounds of sums of unknowns under a system: the simplex method on a dense tableau, with Bland's rule so that it ends. The first corner is
 * looked for once; every bound starts from the last one.
 */
export class Bounds {
  readonly #rows: Float64Array[];
  readonly #basis: number[];
  readonly #width: number;
  readonly #unknowns: number;

  /** @throws Error when nothing satisfies the system */
  constructor({ unknowns, equations }: LinearSystem) {
    const slacks = equations.filter(({ atLeast }) => atLeast).length;
    const width = unknowns + slacks + equations.length + 1;
    let slack = unknowns;
    this.#rows = equations.map(({ factors, sum, atLeast }, i) => {
      const row = new Float64Array(width);
      const sign = sum < 0 ? -1 : 1;
      for (const [unknown, factor] of factors) row[unknown] = sign * factor;
      if (atLeast) row[slack++] = -sign;
      row[unknowns + slacks + i] = 1;
      row[width - 1] = sign * sum;
      return row;
    });
    this.#basis = equations.map((_, i) => unknowns + slacks + i);
    this.#width = width;
    this.#unknowns = unknowns;
    const artificial = new Float64Array(width);
    artificial.fill(-1, unknowns + slacks, width - 1);
    if (this.#maximise(artificial, width - 1) < -TINY * equations.length) throw new Error('nothing satisfies the system');
    this.#dropArtificial(unknowns + slacks);
  }

  /** The least and the most that some unknowns can come to, less others. */
  of(group: Iterable<number>, less: Iterable<number> = []): { readonly least: number; readonly most: number } {
    const objective = new Float64Array(this.#width);
    for (const unknown of group) objective[unknown] = 1;
    for (const unknown of less) objective[unknown] = -1;
    const most = this.#maximise(objective, this.#columns);
    for (let i = 0; i < this.#unknowns; i += 1) objective[i] = -(objective[i] ?? 0);
    return { least: -this.#maximise(objective, this.#columns), most };
  }

  #columns = 0;

  // An artificial unknown that is left in the basis is nothing: it leaves for any other, or its row says nothing.
  #dropArtificial(columns: number): void {
    this.#columns = columns;
    for (let i = this.#rows.length - 1; i >= 0; i -= 1) {
      if ((this.#basis[i] ?? 0) < columns) continue;
      const at = (this.#rows[i] as Float64Array).findIndex((value, j) => j < columns && Math.abs(value) > TINY);
      if (at >= 0) this.#pivot(i, at, undefined);
      else {
        this.#rows.splice(i, 1);
        this.#basis.splice(i, 1);
      }
    }
  }

  /** @returns the most that an objective can be; infinity when there is no end */
  #maximise(objective: Float64Array, columns: number): number {
    const last = this.#width - 1;
    // What each unknown outside the corner would add, and in the last place less what the corner is worth.
    const gains = Float64Array.from(objective);
    gains[last] = 0;
    this.#rows.forEach((row, i) => {
      const worth = objective[this.#basis[i] ?? 0] ?? 0;
      if (worth !== 0) for (let j = 0; j <= last; j += 1) gains[j] = (gains[j] ?? 0) - worth * (row[j] ?? 0);
    });
    for (;;) {
      const entering = gains.findIndex((gain, j) => j < columns && gain > TINY);
      if (entering < 0) return -(gains[last] ?? 0);
      let leaving = -1;
      let least = Number.POSITIVE_INFINITY;
      this.#rows.forEach((row, i) => {
        const factor = row[entering] ?? 0;
        if (factor <= TINY) return;
        const ratio = (row[last] ?? 0) / factor;
        if (ratio < least - TINY || (ratio < least + TINY && (this.#basis[i] ?? 0) < (this.#basis[leaving] ?? Number.POSITIVE_INFINITY))) {
          least = Math.min(ratio, least);
          leaving = i;
        }
      });
      if (leaving < 0) return Number.POSITIVE_INFINITY;
      this.#pivot(leaving, entering, gains);
    }
  }

  #pivot(leaving: number, entering: number, gains: Float64Array | undefined): void {
    const chosen = this.#rows[leaving] as Float64Array;
    const scale = chosen[entering] ?? 1;
    const places: number[] = [];
    chosen.forEach((value, j) => {
      if (value === 0) return;
      chosen[j] = value / scale;
      places.push(j);
    });
    for (const row of gains ? [...this.#rows, gains] : this.#rows) {
      const factor = row[entering] ?? 0;
      if (row === chosen || factor === 0) continue;
      for (const j of places) {
        const value = (row[j] ?? 0) - factor * (chosen[j] ?? 0);
        row[j] = Math.abs(value) < 1e-11 ? 0 : value;
      }
    }
    this.#basis[leaving] = entering;
  }
}

import { Money, type ShownPlace } from '../../../../platform/index.ts';

/** What an account held before the first and after the last line of a table, in the order of time. */
export interface Span {
  readonly opening: Money;
  readonly closing: Money;
}

/** The balances of a table read in one order of time, as far as they follow from one another. */
interface Reading {
  /** The first row whose balance does not follow, and what it should be. */
  fault?: { readonly row: number; readonly stated: Money; readonly counted: Money };
}

/**
 * Checks the balances that stand beside the lines of a table, each after its line. Some banks list the oldest line first and some the newest:
 * both are tried, and the table is of the order in which its balances follow from one another.
 */
export class RunningBalances {
  readonly #oldestFirst: Reading = {};
  readonly #newestFirst: Reading = {};
  #before: Money | undefined;
  /** What was moved by the rows after the last that states a balance, and by that row and those after it but the last. */
  #since: Money | undefined;
  #sinceIncluded: Money | undefined;
  /** What the account held before the rows so far, if the oldest comes first; after them, if the newest does. */
  #start: Money | undefined;
  #end: Money | undefined;

  /** @param moved what the row did to the account @param stated its balance after that; null where it states none */
  take(row: number, moved: Money, stated: Money | null): void {
    const zero = Money.zero(moved.currency);
    const since = (this.#since ?? zero).plus(moved);
    const sinceIncluded = this.#sinceIncluded ?? zero;
    this.#since = stated ? zero : since;
    this.#sinceIncluded = (stated ? zero : sinceIncluded).plus(moved);
    if (!stated) return;
    if (this.#before) {
      follows(this.#oldestFirst, row, stated, this.#before.plus(since));
      follows(this.#newestFirst, row, stated, this.#before.minus(sinceIncluded));
    } else {
      this.#start = stated.minus(since);
      this.#end = stated.plus(sinceIncluded);
    }
    this.#before = stated;
  }

  /** Whether the newest line comes first. @param isLikely what the days of the lines say, where the balances leave it open */
  isNewestFirst(isLikely: boolean): boolean {
    if (!this.#oldestFirst.fault === !this.#newestFirst.fault) return isLikely;
    return this.#oldestFirst.fault !== undefined;
  }

  /**
   * What the balances come to, once all rows are read; undefined where none was stated.
   * @param isLikelyNewestFirst as for `isNewestFirst`
   */
  end(isLikelyNewestFirst: boolean): Span | ShownPlace | undefined {
    if (!this.#before || !this.#start || !this.#end || !this.#since || !this.#sinceIncluded) return undefined;
    const isNewestFirst = this.isNewestFirst(isLikelyNewestFirst);
    const { fault } = isNewestFirst ? this.#newestFirst : this.#oldestFirst;
    if (fault) {
      const { row, stated, counted } = fault;
      const detail = `The balance is stated as ${stated} ${stated.currency}; the balance beside the line before it in time and what was moved since come to ${counted}.`;
      return { row, cell: 'balance', detail };
    }
    if (isNewestFirst) return { opening: this.#before.minus(this.#sinceIncluded), closing: this.#end };
    return { opening: this.#start, closing: this.#before.plus(this.#since) };
  }
}

function follows(reading: Reading, row: number, stated: Money, counted: Money): void {
  if (!stated.equals(counted)) reading.fault ??= { row, stated, counted };
}

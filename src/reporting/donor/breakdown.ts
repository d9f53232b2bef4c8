import { Money } from '../../platform/index.ts';
import { channelsTold } from './counting/channels.ts';
import type { BreakdownName, Cell } from './counting/index.ts';
import type { PlaceFacts } from './store/facts.ts';
import { ageBands, ageGroups, type Breakdown, kinds, type ShownCount, type ShownTransfers, sexes, type WilayaRow } from './types.ts';

export interface Place {
  readonly wilayas: readonly PlaceFacts[];
  readonly currency: string;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Cells of one report or several, found by what they are of. */
class Cells {
  readonly #byName = new Map<string, Cell[]>();
  readonly #currency: string;

  constructor(cells: readonly Cell[], currency: string) {
    this.#currency = currency;
    for (const cell of cells) {
      const name = `${cell.breakdown} ${cell.cell}`;
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), cell]);
    }
  }

  #of(breakdown: BreakdownName, name: string): { all: readonly Cell[]; shown: readonly Cell[] } {
    const all = this.#byName.get(`${breakdown} ${name}`) ?? [];
    return { all, shown: all.filter(({ isShown }) => isShown) };
  }

  count(breakdown: BreakdownName, name: string): ShownCount {
    const { all, shown } = this.#of(breakdown, name);
    const suppressed = shown.length < all.length;
    const people = sum(shown.map((cell) => cell.people));
    return { people: suppressed && people === 0 ? null : people, suppressed };
  }

  transfers(breakdown: BreakdownName, name: string): ShownTransfers {
    const { shown } = this.#of(breakdown, name);
    const count = this.count(breakdown, name);
    const transfers = sum(shown.map((cell) => cell.transfers));
    const isNothing = count.suppressed && transfers === 0;
    const amount = Money.sum(
      shown.map((cell) => Money.of(cell.amount, this.#currency)),
      this.#currency,
    );
    return { ...count, transfers: isNothing ? null : transfers, amount: isNothing ? null : amount.toJSON() };
  }
}

/** Counts that add up; as much as is shown of them. */
function added(counts: readonly ShownCount[]): ShownCount {
  const suppressed = counts.some((count) => count.suppressed);
  const people = sum(counts.map((count) => count.people ?? 0));
  return { people: suppressed && people === 0 ? null : people, suppressed };
}

const isThere = ({ people, suppressed, transfers }: ShownTransfers): boolean => suppressed || (people ?? 0) > 0 || (transfers ?? 0) > 0;

/**
 * The tables of one report that breaks down, or of several together. What is suppressed in one of them is missing in the sum, and the sum says so.
 * @param people how many the tables are of
 */
export function breakdownOf(
  all: readonly Cell[],
  { wilayas, currency }: Place,
  about: Pick<Breakdown, 'from' | 'to' | 'people'>,
): Breakdown {
  const cells = new Cells(all, currency);
  const rows = sexes.map((sex) => ({
    sex,
    ...cells.count('sex', sex),
    cells: ageBands.map((ageBand) => ({
      ageBand,
      ...cells.count('sex_age', `${sex}/${ageBand}`),
      withDisability: cells.count('sex_age_disability', `${sex}/${ageBand}/with`),
      withoutDisability: cells.count('sex_age_disability', `${sex}/${ageBand}/without`),
    })),
  }));
  const groupsIn = (wilaya: string, isHidden: boolean): WilayaRow['groups'] =>
    sexes.flatMap((sex) =>
      ageGroups.map((ageGroup) => {
        const count = cells.count('wilaya_group', `${wilaya}/${sex}/${ageGroup}`);
        return { sex, ageGroup, ...(isHidden ? { people: count.people || null, suppressed: true } : count) };
      }),
    );
  return {
    ...about,
    bySexAndAge: {
      rows,
      totals: ageBands.map((ageBand, i) => ({ ageBand, ...added(rows.flatMap((row) => row.cells[i] ?? [])) })),
    },
    byDisability: [true, false].map((hasDisability) => ({
      hasDisability,
      ...cells.count('disability', hasDisability ? 'with' : 'without'),
    })),
    byWilaya: wilayas.flatMap(({ number, name, nameAr, pcode, paidBy }) => {
      const row = cells.transfers('wilaya', number);
      const through = channelsTold(paidBy, row.suppressed ? null : row.transfers);
      return isThere(row) ? [{ number, name, nameAr, pcode, ...row, channels: through, groups: groupsIn(number, row.suppressed) }] : [];
    }),
    byKind: kinds.map((kind) => ({ kind, ...cells.transfers('kind', kind) })).filter(isThere),
  };
}

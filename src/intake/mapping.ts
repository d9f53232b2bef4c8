import { type DateCounts, type DateOrder, learntOrder } from '../matching/index.ts';
import type { Text } from '../platform/index.ts';
import { type ColumnName, columns, columnsAt, dateColumns, requiredColumns } from './columns.ts';
import type { Guess } from './guessing.ts';
import { say } from './words.ts';

/** What each header of a file means; null is left out. Headers that nobody has decided on are missing. */
export type Mapping = ReadonlyMap<string, ColumnName | null>;

/** Whether the day or the month comes first in the dates of a column, by its header. */
export type DateOrders = ReadonlyMap<string, DateOrder>;

/** How a file writes its dates. */
export interface DateStyles {
  readonly orders: DateOrders;
  /** Whether its workbook counts days from 1904. */
  readonly from1904?: boolean | undefined;
}

/** Where rows say what, and how the file's own header calls it. */
export interface Layout {
  readonly header: readonly string[];
  readonly positions: ReadonlyMap<ColumnName, number>;
  readonly dates: DateStyles;
}

export const layoutOf = (header: readonly string[], mapping: Mapping, dates: DateStyles = { orders: new Map() }): Layout => ({
  header,
  dates,
  positions: new Map(
    header.flatMap((cell, i) => {
      const column = mapping.get(cell);
      return column ? [[column, i] as const] : [];
    }),
  ),
});

/** Something that must be decided before rows can be read. */
export interface MappingFault {
  readonly cell: string;
  readonly detail: Text;
}

/** Why rows cannot be read with a mapping yet; empty when they can. */
export function mappingFaults(header: readonly string[], mapping: Mapping): MappingFault[] {
  const named = header.flatMap((cell) => mapping.get(cell) ?? []);
  return [
    ...header.flatMap((cell) => {
      const column = mapping.get(cell);
      if (column === undefined) return [{ cell, detail: say('column_undecided') }];
      const isTwice = column !== null && named.indexOf(column) !== named.lastIndexOf(column);
      return isTwice ? [{ cell, detail: say('column_said_twice') }] : [];
    }),
    ...requiredColumns((name) => named.includes(name))
      .filter((either) => !either.some((name) => named.includes(name)))
      .map(([name]) => ({ cell: name ? (columns[name].spellings[0] ?? name) : '', detail: say('column_missing') })),
  ];
}

/**
 * What can be taken without asking anybody: a mapping that was saved, where it speaks of the header, and what is certain.
 * @param saved mapping by header
 */
export const settledMapping = (header: readonly string[], guesses: readonly Guess[], saved: Mapping): Mapping =>
  new Map(
    header.flatMap((cell, i): [string, ColumnName | null][] => {
      const known = saved.get(cell);
      if (known !== undefined) return [[cell, known]];
      const guess = guesses[i];
      if (guess?.confidence !== 'certain') return [];
      // What was saved decides before what was guessed.
      return [[cell, guess.guess !== null && [...saved.values()].includes(guess.guess) ? null : guess.guess]];
    }),
  );

/** A column of a file, and how its dates are written where it has any in numbers. */
interface DatedColumn {
  readonly header: string;
  readonly dates?: DateCounts;
}

/** Of what was saved of other files, what this one does not show by itself. */
export const saidOfDates = (columns: readonly DatedColumn[], saved: DateOrders): DateOrders =>
  new Map([...saved].filter(([header]) => !shownBy(columns, header)));

/** What is worth saving for the next file, in which there may be no day after the twelfth: what was said, and what the columns show. */
export const datesToSave = (columns: readonly DatedColumn[], mapping: Mapping, said: DateOrders): DateOrders =>
  new Map(
    columns.flatMap(({ header }) => {
      const order = said.get(header) ?? shownBy(columns, header);
      return order && dateColumns.has(mapping.get(header) ?? null) ? [[header, order] as const] : [];
    }),
  );

function shownBy(columns: readonly DatedColumn[], header: string): DateOrder | undefined {
  const dates = columns.find((column) => column.header === header)?.dates;
  const learnt = dates && learntOrder(dates);
  return learnt?.known === 'shown' ? learnt.order : undefined;
}

/** The cell of a file that a fault stands in, as its header calls it; empty for the whole row. @param pointer into the registration */
export function cellAt({ header, positions }: Layout, pointer: string): string {
  const column = columnsAt(pointer).find((name) => positions.has(name));
  return column === undefined ? '' : (header[positions.get(column) ?? -1] ?? '');
}

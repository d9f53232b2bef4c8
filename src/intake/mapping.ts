import { type ColumnName, columns, columnsAt, requiredColumns } from './columns.ts';
import type { Guess } from './guessing.ts';

/** What each header of a file means; null is left out. Headers that nobody has decided on are missing. */
export type Mapping = ReadonlyMap<string, ColumnName | null>;

/** Where rows say what, and how the file's own header calls it. */
export interface Layout {
  readonly header: readonly string[];
  readonly positions: ReadonlyMap<ColumnName, number>;
}

export const layoutOf = (header: readonly string[], mapping: Mapping): Layout => ({
  header,
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
  readonly detail: string;
}

/** Why rows cannot be read with a mapping yet; empty when they can. */
export function mappingFaults(header: readonly string[], mapping: Mapping): MappingFault[] {
  const named = header.flatMap((cell) => mapping.get(cell) ?? []);
  return [
    ...header.flatMap((cell) => {
      const column = mapping.get(cell);
      if (column === undefined) return [{ cell, detail: 'This column is not known. Say which it is, or leave it out.' }];
      const isTwice = column !== null && named.indexOf(column) !== named.lastIndexOf(column);
      return isTwice ? [{ cell, detail: 'Another column of the file says the same. Leave one of them out.' }] : [];
    }),
    ...requiredColumns((name) => named.includes(name))
      .filter((either) => !either.some((name) => named.includes(name)))
      .map(([name]) => ({ cell: name ? (columns[name].spellings[0] ?? name) : '', detail: 'This column is missing.' })),
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

/** The cell of a file that a fault stands in, as its header calls it; empty for the whole row. @param pointer into the registration */
export function cellAt({ header, positions }: Layout, pointer: string): string {
  const column = columnsAt(pointer).find((name) => positions.has(name));
  return column === undefined ? '' : (header[positions.get(column) ?? -1] ?? '');
}

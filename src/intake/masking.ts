const LONGEST_SHAPE = 40;

/** The shape of a value without the value: letters become A, a or ع, digits become 9, and so "Amina 02/04/1991" is "Aaaaa 99/99/9999". */
export const shapeOf = (cell: string): string =>
  cell
    .slice(0, LONGEST_SHAPE)
    .replaceAll(/\p{Lu}/gu, 'A')
    .replaceAll(/\p{Ll}/gu, 'a')
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/(?!ع)[\p{L}\p{M}]/gu, (letter) => (letter === 'A' || letter === 'a' ? letter : 'ع'))
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');

/** Up to so many different shapes of a column. */
const SHAPES = 3;

/** Collects the shapes of each column from the first rows of a file. */
export class Shapes {
  readonly #byColumn: Set<string>[];

  constructor(width: number) {
    this.#byColumn = Array.from({ length: width }, () => new Set<string>());
  }

  add(row: readonly string[]): void {
    this.#byColumn.forEach((shapes, i) => {
      const cell = row[i];
      if (cell && shapes.size < SHAPES) shapes.add(shapeOf(cell));
    });
  }

  /** For each column in the order of the file. */
  all(): string[][] {
    return this.#byColumn.map((shapes) => [...shapes]);
  }
}

import type { KeyRing } from '../platform/index.ts';

/** How many rows are taken at once. */
export const CHUNK_ROWS = 500;
/** And how many characters, so that wide rows do not fill the memory. */
const CHUNK_CHARACTERS = 1_000_000;

/** Some rows of a file in their order. */
export interface Chunk {
  readonly number: number;
  /** 1 is the first row after the header. */
  readonly firstRow: number;
  readonly rows: readonly (readonly string[])[];
}

const place = (fileId: string, number: number): string => `registration_file/${fileId}/chunk/${number}`;

export const sealChunk = (keyRing: KeyRing, fileId: string, { number, rows }: Pick<Chunk, 'number' | 'rows'>): Buffer =>
  keyRing.seal('registration-file', place(fileId, number), JSON.stringify(rows));

export const openRows = (keyRing: KeyRing, fileId: string, number: number, sealed: Buffer): string[][] =>
  JSON.parse(keyRing.open('registration-file', place(fileId, number), sealed)) as string[][];

const isEmpty = (row: readonly string[]): boolean => row.every((cell) => cell.trim() === '');

/** Gathers rows into chunks; rows without anything in them do not count. */
export async function* chunksOf(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Chunk> {
  let [number, firstRow, characters] = [0, 1, 0];
  let gathered: (readonly string[])[] = [];
  for await (const row of rows) {
    if (isEmpty(row)) continue;
    gathered.push(row);
    for (const cell of row) characters += cell.length;
    if (gathered.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    yield { number, firstRow, rows: gathered };
    number += 1;
    firstRow += gathered.length;
    [gathered, characters] = [[], 0];
  }
  if (gathered.length > 0) yield { number, firstRow, rows: gathered };
}

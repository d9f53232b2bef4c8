import {
  type KeyRing,
  type NumberedRow,
  openWith,
  problem,
  sealWith,
  type UnderDataKey,
  type UnderMaster,
  unwrapDataKey,
  wrapDataKey,
} from '../platform/index.ts';
import { say } from './words.ts';

/** How many rows are taken at once. */
export const CHUNK_ROWS = 500;
/** And how many characters, so that wide rows do not fill the memory. */
const CHUNK_CHARACTERS = 1_000_000;

/** Some rows of a file in their order. */
export interface Chunk {
  readonly number: number;
  /** 1 is the first row after the header that has anything in it. */
  readonly firstRow: number;
  /** In which row of the file each stands, as a spreadsheet shows it. */
  readonly fileRows: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

/** Where the key of a file is kept, wrapped. Destroying it makes an end of the file's rows. */
export const fileKeys = {
  table: 'registration_files',
  column: 'data_key',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `registration_file/${id}/data_key`,
  purpose: 'registration-file',
  isDataKey: true,
} as const satisfies UnderMaster;

const place = (fileId: string, number: number | string): string => `registration_file/${fileId}/chunk/${number}`;

export const chunkRows = {
  table: 'registration_chunks',
  column: 'rows',
  bound: ['file_id', 'number'],
  place: ({ file_id, number }) => place(file_id ?? '', number ?? ''),
  dataKey: fileKeys,
  holder: 'file_id',
} as const satisfies UnderDataKey;

/** Wraps the key that a file's rows are sealed under. */
export const wrapFileKey = (keyRing: KeyRing, id: string, fileKey: Buffer): Buffer =>
  wrapDataKey(keyRing, fileKeys.purpose, fileKeys.place({ id }), fileKey);

/** @param fileKey the file's own key, unwrapped */
export const sealChunk = (fileKey: Buffer, fileId: string, { number, rows }: Pick<Chunk, 'number' | 'rows'>): Buffer =>
  sealWith(fileKey, place(fileId, number), JSON.stringify(rows));

/** A chunk as it is kept, with its file's key, which is null once the rows have been forgotten. */
export interface KeptChunk {
  readonly number: number;
  readonly rows: Buffer;
  readonly dataKey: Buffer | null;
}

/** Opens what {@link sealChunk} made. @throws conflict when the rows have been forgotten */
export function openRows(keyRing: KeyRing, fileId: string, { number, rows, dataKey }: KeptChunk): string[][] {
  return JSON.parse(openWith(fileKeyOf(keyRing, fileId, dataKey), place(fileId, number), rows)) as string[][];
}

/** Seals other rows in the place of a chunk's. @throws conflict when the rows have been forgotten */
export const resealRows = (keyRing: KeyRing, fileId: string, { number, dataKey }: KeptChunk, rows: Chunk['rows']): Buffer =>
  sealChunk(fileKeyOf(keyRing, fileId, dataKey), fileId, { number, rows });

function fileKeyOf(keyRing: KeyRing, fileId: string, dataKey: Buffer | null): Buffer {
  if (!dataKey) throw problem.conflict(say('file_emptied'));
  return unwrapDataKey(keyRing, fileKeys.purpose, fileKeys.place({ id: fileId }), dataKey);
}

const isEmpty = (row: readonly string[]): boolean => row.every((cell) => cell.trim() === '');

/**
 * Gathers rows into chunks; rows without anything in them do not count.
 * @param belongs whether a row is to be taken together with the one before it
 */
export async function* chunksOf(
  rows: AsyncIterable<NumberedRow>,
  belongs: (row: readonly string[], before: readonly string[]) => boolean = () => false,
): AsyncGenerator<Chunk> {
  let [number, firstRow, characters] = [0, 1, 0];
  let gathered: (readonly string[])[] = [];
  let fileRows: number[] = [];
  for await (const { row: fileRow, cells: row } of rows) {
    if (isEmpty(row)) continue;
    const before = gathered.at(-1);
    if (before && (characters >= CHUNK_CHARACTERS || (gathered.length >= CHUNK_ROWS && !belongs(row, before)))) {
      yield { number, firstRow, fileRows, rows: gathered };
      number += 1;
      firstRow += gathered.length;
      [gathered, fileRows, characters] = [[], [], 0];
    }
    gathered.push(row);
    fileRows.push(fileRow);
    for (const cell of row) characters += cell.length;
  }
  if (gathered.length > 0) yield { number, firstRow, fileRows, rows: gathered };
}

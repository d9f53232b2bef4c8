import { type DateCounts, DateOrderCount } from '../matching/index.ts';
import { Digesting, type KeyRing, newDataKey, newId, Spool, sheetsBeside } from '../platform/index.ts';
import { type Chunk, chunksOf, sealChunk, wrapFileKey } from './chunks.ts';
import { checkHeader } from './header.ts';
import { isSameSubmission } from './kobo.ts';
import { Shapes } from './masking.ts';
import { type FileUpload, openTable } from './table.ts';
import type { FileFormat, OtherSheet } from './types.ts';

/** A file that was read to its end and waits, sealed, to be recorded. */
export interface StagedFile {
  readonly id: string;
  /** Keyed digest of the bytes, and of which sheet somebody chose, by which the same file is recognised. */
  readonly contentIndex: Buffer;
  /** The key that its rows are sealed under, wrapped. */
  readonly dataKey: Buffer;
  readonly format: FileFormat;
  readonly header: readonly string[];
  /** Shapes of the first values of each column. */
  readonly shapes: readonly (readonly string[])[];
  /** How the dates of each column are written. */
  readonly dates: readonly DateCounts[];
  readonly sheetsBeside: readonly OtherSheet[];
  readonly totalRows: number;
  /** What must be written of it, a piece at a time. */
  chunks(): AsyncGenerator<SealedChunk>;
}

export interface SealedChunk extends Pick<Chunk, 'number' | 'firstRow' | 'fileRows'> {
  readonly rowCount: number;
  readonly rows: Buffer;
}

/**
 * Reads a file in one pass, keeps no more of it in memory than a chunk, and hands it over once it is known to be whole.
 * @param folder where its rows wait, sealed; nothing is left there afterwards
 * @throws unprocessable, too_large and what else the sender did wrong; nothing of the file is kept then
 */
export async function staging<Result>(
  upload: FileUpload,
  keyRing: KeyRing,
  folder: string,
  work: (file: StagedFile) => Promise<Result>,
): Promise<Result> {
  const spool = await Spool.in(folder);
  try {
    return await work(await stage(upload, keyRing, folder, spool));
  } finally {
    await spool.close();
  }
}

async function stage(upload: FileUpload, keyRing: KeyRing, folder: string, spool: Spool): Promise<StagedFile> {
  const id = newId();
  const fileKey = newDataKey();
  const bytes = new Digesting(upload.bytes);
  const { format, header: cells, rows, isChosen, others = [] } = await openTable({ ...upload, bytes }, folder);
  const header = await checkedHeader(cells, rows);
  const shapes = new Shapes(header.length);
  const dates = header.map(() => new DateOrderCount());
  const written: Omit<SealedChunk, 'rows'>[] = [];
  let totalRows = 0;
  for await (const chunk of chunksOf(rows, format.kind === 'kobo' ? isSameSubmission : undefined)) {
    for (const row of chunk.rows) {
      if (chunk.number === 0) shapes.add(row);
      dates.forEach((counting, i) => counting.add(row[i] ?? ''));
    }
    await spool.add(sealChunk(fileKey, id, chunk));
    const { number, firstRow, fileRows } = chunk;
    written.push({ number, firstRow, fileRows, rowCount: chunk.rows.length });
    totalRows += chunk.rows.length;
  }
  const besides = await sheetsBeside(others);
  const chosen = isChosen && format.sheet !== undefined ? `/${format.sheet}` : '';
  return {
    id,
    dataKey: wrapFileKey(keyRing, id, fileKey),
    contentIndex: keyRing.blindIndex('registration-file', `${await bytes.digest()}${chosen}`),
    format,
    header,
    shapes: shapes.all(),
    dates: dates.map(({ counts }) => counts),
    sheetsBeside: besides.map(({ name, isVisible, rowCount, isWhole }) => ({ name, isVisible, rowCount, isWhole })),
    totalRows,
    async *chunks() {
      let next = 0;
      for await (const piece of spool.pieces()) {
        yield { ...(written[next] as Omit<SealedChunk, 'rows'>), rows: piece };
        next += 1;
      }
    },
  };
}

async function checkedHeader(cells: readonly string[], rows: AsyncGenerator<unknown>): Promise<string[]> {
  try {
    return checkHeader(cells);
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

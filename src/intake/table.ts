import { type NumberedRow, problem, readTable, type Table, type Upload } from '../platform/index.ts';
import { looksLikeHeader } from './guessing.ts';
import { openSubmissions } from './kobo-upload.ts';
import type { FileFormat } from './types.ts';
import { say } from './words.ts';

/** A file as it arrives, and which sheet of it counts where it is a workbook; without that the first that can be seen. */
export type FileUpload = Upload & { readonly sheet?: string | undefined };

/** A file of rows: its header, then row by row. */
export interface OpenTable extends Pick<Table, 'header' | 'isChosen' | 'others'> {
  readonly format: FileFormat;
  /** Whoever stops early calls `return()`. */
  readonly rows: AsyncGenerator<NumberedRow, void>;
}

/**
 * Opens what was uploaded: a file of cells, or submissions of KoboToolbox.
 * @param folder where what must be read twice waits, sealed
 * @throws unprocessable with the place and what to do
 */
export async function openTable({ contentType, bytes, sheet }: FileUpload, folder: string): Promise<OpenTable> {
  const table: OpenTable = /^application\/json\b/i.test(contentType)
    ? await openSubmissions(bytes, folder)
    : withEpoch(await readTable(bytes, contentType, looksLikeHeader, { sheet }));
  if (sheet === undefined || table.format.kind === 'xlsx') return table;
  await table.rows.return();
  throw problem.unprocessable(say('no_workbook'));
}

const withEpoch = ({ from1904, ...table }: Table): OpenTable => ({
  ...table,
  format: { ...table.format, ...(from1904 ? { from1904 } : {}) },
});

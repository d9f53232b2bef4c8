import { readTable, type Upload } from '../platform/index.ts';
import { looksLikeHeader } from './guessing.ts';
import { openSubmissions } from './kobo-upload.ts';
import type { FileFormat } from './types.ts';

/** A file of rows: its header, then row by row. */
export interface OpenTable {
  readonly format: FileFormat;
  readonly header: readonly string[];
  /** Whoever stops early calls `return()`. */
  readonly rows: AsyncGenerator<readonly string[], void>;
}

/**
 * Opens what was uploaded: a file of cells, or submissions of KoboToolbox.
 * @param folder where what must be read twice waits, sealed
 * @throws unprocessable with the place and what to do
 */
export const openTable = ({ contentType, bytes }: Upload, folder: string): Promise<OpenTable> =>
  /^application\/json\b/i.test(contentType) ? openSubmissions(bytes, folder) : readTable(bytes, contentType, looksLikeHeader);

import { readTable, type Upload } from '../platform/index.ts';
import type { FileFormat } from './types.ts';

/** A file of rows: its header, then row by row. */
export interface OpenTable {
  readonly format: FileFormat;
  readonly header: readonly string[];
  readonly rows: AsyncGenerator<readonly string[], void>;
}

/** Opens what was uploaded: a file of cells. @throws unprocessable with the place and what to do */
export const openTable = ({ contentType, bytes }: Upload): Promise<OpenTable> => readTable(bytes, contentType);

import { readTable, type SheetOptions, type TableFormat, writeTable } from '../../src/platform/index.ts';

/** Bytes as a stream in small pieces, so that letters and tags are cut in two. */
export async function* inPieces(content: string | Buffer, size = 7): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The header and the rows of a file. */
export async function cellsOf(content: string | Buffer, contentType = 'text/csv', size?: number): Promise<(readonly string[])[]> {
  const { header, rows } = await readTable(inPieces(content, size), contentType);
  const cells = [header];
  for await (const row of rows) cells.push(row.cells);
  return cells;
}

/** A file written whole. */
export async function written(
  format: TableFormat,
  rows: AsyncIterable<readonly string[]> | readonly (readonly string[])[],
  options: SheetOptions = {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writeTable(format, streamed(rows), options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* streamed(rows: AsyncIterable<readonly string[]> | readonly (readonly string[])[]): AsyncGenerator<readonly string[], void> {
  yield* rows;
}

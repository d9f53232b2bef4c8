import { Digesting, type KeyRing, readTable, type Table, type Upload } from '../../platform/index.ts';

/** The rows that were sent, and the digest by which they are known. */
export interface Received<Row> {
  readonly written: readonly Row[];
  /** Keyed digest, in hexadecimal. */
  readonly content: string;
}

/** The keyed digest by which rows are known when they come again. Without the key nobody can test a guess against it. */
export const contentOf = (keyRing: KeyRing, purpose: string, digest: string): string => keyRing.blindIndex(purpose, digest).toString('hex');

/**
 * Reads a file as it arrives: CSV in any usual encoding, or XLSX.
 * @param purpose of the keyed digest, so that one use of a file says nothing of another
 * @throws unprocessable with the place and what to do
 */
export async function receiveFile<Row>(
  { contentType, bytes }: Upload,
  keyRing: KeyRing,
  purpose: string,
  rowsOf: (table: Table) => Promise<readonly Row[]>,
): Promise<Received<Row>> {
  const digesting = new Digesting(bytes);
  const written = await rowsOf(await readTable(digesting, contentType));
  return { written, content: contentOf(keyRing, purpose, await digesting.digest()) };
}

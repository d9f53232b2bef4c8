import { createHash } from 'node:crypto';
import { type KeyRing, readTable, type Upload } from '../../platform/index.ts';
import { rowsOf } from './reading.ts';
import type { WrittenDay } from './types.ts';

/** What a sheet was sent as. */
export interface Received {
  readonly written: readonly WrittenDay[];
  /** Keyed digest, in hexadecimal. */
  readonly content: string;
}

/** The keyed digest by which a sheet is known when it comes again. Without the key nobody can test a guess against it. */
export const contentOf = (keyRing: KeyRing, digest: string): string => keyRing.blindIndex('attendance-sheet', digest).toString('hex');

/**
 * Reads a file of attendance as it arrives: CSV in any usual encoding, or XLSX.
 * @throws unprocessable with the place and what to do
 */
export async function receiveFile({ contentType, bytes }: Upload, keyRing: KeyRing): Promise<Received> {
  const hash = createHash('sha256');
  const source = bytes[Symbol.asyncIterator]();
  // Without `return`: a reader that has seen enough leaves the rest to the digest.
  const passing = {
    next: async () => {
      const next = await source.next();
      if (!next.done) hash.update(next.value);
      return next;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const written = await rowsOf(await readTable(passing, contentType));
  for await (const _rest of passing);
  return { written, content: contentOf(keyRing, hash.digest('hex')) };
}

import { createHash } from 'node:crypto';
import { Interrupted } from '../platform/index.ts';

const PART_BYTES = 512 * 1024;

/** A file as it is kept, part by part. */
export interface KeptFile {
  readonly parts: number;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** An attempt to write a file that another has taken the place of, or whose file nobody waits for any more. */
export class Superseded extends Error {}

/**
 * Makes one attempt to write a file; one that is superseded leaves off without a word.
 * @throws Interrupted when the process ends meanwhile
 */
export async function attemptToWrite(write: () => Promise<void>, closing: AbortSignal | undefined): Promise<void> {
  try {
    await write();
  } catch (error) {
    // However deep in the streams it was that the work left off.
    if (closing?.aborted) throw new Interrupted('the file is written from its beginning elsewhere');
    if (!(error instanceof Superseded)) throw error;
  }
}

/** Keeps a file in parts of half a MiB, the last one smaller. @param keep is told the number of each part, from zero */
export async function keepInParts(
  pieces: AsyncIterable<Uint8Array>,
  keep: (part: Buffer, number: number) => Promise<unknown>,
): Promise<KeptFile> {
  const digest = createHash('sha256');
  let [parts, bytes] = [0, 0];
  for await (const part of inParts(pieces)) {
    digest.update(part);
    bytes += part.length;
    await keep(part, parts);
    parts += 1;
  }
  return { parts, bytes, sha256: digest.digest('hex') };
}

/**
 * A kept file as it is fetched. One that ends meanwhile breaks off, and does not look whole.
 * @param part gives the bytes of a part by its number; undefined when it is gone
 */
export async function* keptParts(parts: number, part: (number: number) => Promise<Buffer | undefined>): AsyncGenerator<Buffer> {
  for (let number = 0; number < parts; number += 1) {
    const bytes = await part(number);
    if (!bytes) throw new Error('the file ended while it was fetched');
    yield bytes;
  }
}

async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    gathered.push(piece);
    size += piece.length;
    if (size < PART_BYTES) continue;
    yield Buffer.concat(gathered);
    [gathered, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(gathered);
}

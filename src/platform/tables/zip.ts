import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { Problem } from '../problems.ts';
import { unreadable } from './table.ts';
import { say } from './words.ts';

const MEGABYTE = 1024 * 1024;
/** Megabytes of a workbook as it is sent. */
const LARGEST_FILE = 256;
/** Bytes that everything read from one workbook may unpack to: a million rows of sixty cells. */
const LARGEST_UNPACKED = 4 * 1024 * 1024 * 1024;
/** A part may unpack to so many times its size, which no sheet that people wrote comes near; below a certain size it does not matter. */
const LARGEST_RATIO = 250;
const RATIO_FREE = 16 * 1024 * 1024;
/** Parts of a workbook. */
const MOST_ENTRIES = 10_000;
const SLICE_BYTES = 64 * 1024;

/** The parts of a ZIP file, each read as a stream that refuses to grow beyond all measure. Nothing is ever unpacked to a disk. */
export class ZipParts {
  readonly #zip: yauzl.ZipFile;
  readonly #entries: ReadonlyMap<string, yauzl.Entry>;
  #unpacked = 0;

  constructor(zip: yauzl.ZipFile, entries: ReadonlyMap<string, yauzl.Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * The bytes of a part. What a part says of its size is checked before any of it is unpacked, and held to while it is.
   * @throws unprocessable when there is none, or it is damaged, locked or too large
   */
  async *read(name: string): AsyncGenerator<Buffer, void> {
    const entry = this.#entries.get(name);
    if (!entry) throw unreadable(say('workbook_damaged'));
    if (entry.isEncrypted()) throw unreadable(say('workbook_locked'));
    this.#unpacked += entry.uncompressedSize;
    const isBomb = entry.uncompressedSize > Math.max(RATIO_FREE, entry.compressedSize * LARGEST_RATIO);
    if (isBomb || this.#unpacked > LARGEST_UNPACKED) throw unreadable(say('workbook_unpacks_too_large'));
    let sum = 0;
    try {
      for await (const chunk of await this.#zip.openReadStreamPromise(entry)) {
        sum = crc32(chunk, sum);
        yield chunk;
      }
    } catch (error) {
      throw asProblem(error);
    }
    if (sum !== entry.crc32) throw unreadable(say('workbook_damaged'));
  }
}

/**
 * Opens a ZIP file.
 * @throws unprocessable when it is too large, damaged, or made to be read in two ways
 */
export async function openZip(bytes: AsyncIterable<Buffer>): Promise<ZipParts> {
  const file = new ChunkReader();
  for await (const chunk of bytes) {
    if (file.size + chunk.length > LARGEST_FILE * MEGABYTE) throw unreadable(say('workbook_too_large', { megabytes: LARGEST_FILE }));
    file.add(chunk);
  }
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(file, file.size, {
      autoClose: false,
      lazyEntries: true,
      validateEntrySizes: true,
    });
    if (zip.entryCount > MOST_ENTRIES) throw unreadable(say('workbook_damaged'));
    const entries = new Map<string, yauzl.Entry>();
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw unreadable(say('workbook_damaged'));
      entries.set(entry.fileName, entry);
    }
    return new ZipParts(zip, entries);
  } catch (error) {
    throw asProblem(error);
  }
}

const asProblem = (error: unknown): unknown =>
  error instanceof Problem || error instanceof TypeError ? error : unreadable(say('workbook_damaged'));

/** A file held in the pieces it came in, so that it is in memory once. */
class ChunkReader extends yauzl.RandomAccessReader {
  readonly #chunks: { readonly start: number; readonly bytes: Buffer }[] = [];
  size = 0;

  add(bytes: Buffer): void {
    this.#chunks.push({ start: this.size, bytes });
    this.size += bytes.length;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#slices(start, end), { objectMode: false });
  }

  *#slices(start: number, end: number): Generator<Buffer> {
    let [low, high] = [0, this.#chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk && chunk.start + chunk.bytes.length <= start) low = middle + 1;
      else high = middle;
    }
    let at = start;
    for (; at < end; low += 1) {
      const chunk = this.#chunks[low];
      if (!chunk) return;
      for (const from = chunk.start; at < Math.min(end, from + chunk.bytes.length); ) {
        const next = Math.min(end, from + chunk.bytes.length, at + SLICE_BYTES);
        yield chunk.bytes.subarray(at - from, next - from);
        at = next;
      }
    }
  }
}

import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Pieces of bytes that wait on disk, in the order they came. The file has no name from the moment it is made, so nothing of it is left
 * when the process ends, however it ends.
 */
export class Spool {
  readonly #file: FileHandle;
  readonly #lengths: number[] = [];

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param folder made when it is not there */
  static async in(folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, randomUUID());
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new Spool(file);
  }

  async add(piece: Buffer): Promise<void> {
    await this.#file.appendFile(piece);
    this.#lengths.push(piece.length);
  }

  /** Every piece, one at a time. */
  async *pieces(): AsyncGenerator<Buffer> {
    let position = 0;
    for (const length of this.#lengths) {
      const piece = Buffer.alloc(length);
      const { bytesRead } = await this.#file.read(piece, 0, length, position);
      if (bytesRead !== length) throw new Error('a spooled file is shorter than what was written to it');
      position += length;
      yield piece;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

import { type FileHandle, open } from 'node:fs/promises';
import type { SignedEntry } from '../device/entry.ts';

/** The file in which a device keeps the chain of a pack: a line each, appended and never changed. */
export class ChainFile {
  readonly #file: FileHandle;
  readonly kept: readonly SignedEntry[];

  private constructor(file: FileHandle, kept: readonly SignedEntry[]) {
    this.#file = file;
    this.kept = kept;
  }

  /**
   * Opens a chain, or begins it. A last line without its end was cut off by a loss of power before it counted, and is taken away.
   * @throws Error when any other line cannot be read
   */
  static async open(path: string): Promise<ChainFile> {
    const file = await open(path, 'a+', 0o600);
    const text = await file.readFile('utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      await file.truncate(Buffer.byteLength(whole));
      await file.sync();
    }
    const lines = whole.split('\n').filter((line) => line !== '');
    return new ChainFile(
      file,
      lines.map((line) => JSON.parse(line) as SignedEntry),
    );
  }

  /** Resolves when the entry is on the disk. */
  readonly append = async (entry: SignedEntry): Promise<void> => {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#file.datasync();
  };

  close(): Promise<void> {
    return this.#file.close();
  }
}

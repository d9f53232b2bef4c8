import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import type { SignedEntry } from '../device/entry.ts';

/** The file in which a device keeps the chain of a pack: a line each, appended and never changed. */
export class ChainFile {
  readonly #file: FileHandle;
  readonly #lock: string;
  readonly kept: readonly SignedEntry[];
  /** How long the file is as far as it counts. */
  #size: number;

  private constructor(file: FileHandle, lock: string, kept: readonly SignedEntry[], size: number) {
    this.#file = file;
    this.#lock = lock;
    this.kept = kept;
    this.#size = size;
  }

  /**
   * Opens a chain, or begins it. A last line without its end was cut off by a loss of power before it counted, and is taken away.
   * @throws Error when any other line cannot be read, or another program has it open: two who wrote at once would make two chains of it
   */
  static async open(path: string): Promise<ChainFile> {
    const lock = `${path}.lock`;
    await take(lock);
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'a+', 0o600);
      const text = await file.readFile('utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const lines = whole.split('\n').filter((line) => line !== '');
      const kept = lines.map((line) => JSON.parse(line) as SignedEntry);
      const chain = new ChainFile(file, lock, kept, Buffer.byteLength(whole));
      if (whole.length < text.length) await chain.#cut();
      return chain;
    } catch (error) {
      await file?.close();
      await rm(lock, { force: true });
      throw error;
    }
  }

  /** Resolves when the entry is on the disk. @throws Error when it could not be kept; then nothing of it is */
  readonly append = async (entry: SignedEntry): Promise<void> => {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (error) {
      await this.#cut();
      throw error;
    }
    this.#size += line.length;
  };

  async #cut(): Promise<void> {
    await this.#file.truncate(this.#size);
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#lock, { force: true });
  }
}

/** Takes a lock; one whose holder has died is taken over. @throws Error when it is held */
async function take(lock: string): Promise<void> {
  const mine = () => writeFile(lock, String(process.pid), { flag: 'wx' });
  try {
    await mine();
  } catch {
    const holder = Number(await readFile(lock, 'utf8'));
    if (isAlive(holder)) throw new Error(`the program ${holder} has this open`);
    await rm(lock, { force: true });
    await mine();
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import type { SignedEntry } from '../device/entry.ts';

/** The file in which a device keeps the chain of a pack: a line each, appended and never changed. */
export class ChainFile {
  readonly #file: FileHandle;
  readonly #lock: string;
  readonly kept: readonly SignedEntry[];

  private constructor(file: FileHandle, lock: string, kept: readonly SignedEntry[]) {
    this.#file = file;
    this.#lock = lock;
    this.kept = kept;
  }

  /**
   * Opens a chain, or begins it. A last line without its end was cut off by a loss of power before it counted, and is taken away.
   * @throws Error when any other line cannot be read, or another program has it open: two who wrote at once would make two chains of it
   */
  static async open(path: string): Promise<ChainFile> {
    const lock = `${path}.lock`;
    await take(lock);
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
      lock,
      lines.map((line) => JSON.parse(line) as SignedEntry),
    );
  }

  /** Resolves when the entry is on the disk. */
  readonly append = async (entry: SignedEntry): Promise<void> => {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#file.datasync();
  };

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

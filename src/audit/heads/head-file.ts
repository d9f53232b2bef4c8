import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { type Checkpoint, checkpointIn } from './checkpoint.ts';

/** A head as it stands outside the database: one line of JSON, so that a line that a power cut tore is known for what it is. */
export interface OutsideHead {
  readonly note: string;
  readonly signedAt?: string;
}

const NEWEST_BYTES = 64 * 1024;

function headOn(line: string): (OutsideHead & { readonly checkpoint: Checkpoint }) | undefined {
  try {
    const head = JSON.parse(line) as OutsideHead;
    const checkpoint = typeof head.note === 'string' ? checkpointIn(head.note) : undefined;
    return checkpoint && { ...head, checkpoint };
  } catch {
    return undefined;
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 0;
      throw error;
    },
  );

/** The last head in a file of heads, if there is one. */
export async function newestIn(file: string): Promise<Checkpoint | undefined> {
  const size = await sizeOf(file);
  if (size === 0) return undefined;
  const handle = await open(file, 'r');
  try {
    const from = Math.max(0, size - NEWEST_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.subarray(0, bytesRead).toString().split('\n').reverse();
    for (const line of lines) {
      const head = headOn(line);
      if (head) return head.checkpoint;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/**
 * Adds heads at the end of a file and returns when they are on the disk. The file is opened for nothing but adding, so that a file system that
 * allows no more (`chattr +a`) is enough.
 */
export async function appendHeads(file: string, heads: readonly OutsideHead[]): Promise<void> {
  if (heads.length === 0) return;
  const size = await sizeOf(file);
  const torn = size > 0 && !(await endsWithLine(file, size));
  const handle = await open(file, 'a', 0o640);
  try {
    await handle.appendFile(`${torn ? '\n' : ''}${heads.map((head) => `${JSON.stringify(head)}\n`).join('')}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (size === 0) await syncFolder(file);
}

async function endsWithLine(file: string, size: number): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    return (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] === 0x0a;
  } finally {
    await handle.close();
  }
}

// A new file is there after a power cut only when its folder is on the disk too.
async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Whether there is such a file at all. */
export const isThere = async (file: string): Promise<boolean> => (await sizeOf(file)) > 0;

/** Every head in a file, in the order in which they were added; what cannot be read is passed over. A line at a time. */
export async function* headsIn(file: string): AsyncGenerator<OutsideHead & { readonly checkpoint: Checkpoint }, void> {
  if (!(await isThere(file))) return;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const head = headOn(line);
    if (head) yield head;
  }
}

import { newDataKey, openWith, Spool, sealWith } from '../platform/index.ts';
import { readSubmissions, type Submissions } from './kobo.ts';
import type { FileFormat } from './types.ts';

/**
 * Opens submissions as they arrive. They must be read twice, so they wait on disk meanwhile, under a key that nobody keeps.
 * @param folder where they wait; nothing is left there when the rows have been read, or `return()` was called on them
 * @throws unprocessable naming the submission
 */
export async function openSubmissions(
  bytes: AsyncIterable<Buffer>,
  folder: string,
): Promise<Pick<Submissions, 'header' | 'rows'> & { readonly format: FileFormat }> {
  const spool = await Spool.in(folder);
  const key = newDataKey();
  try {
    let number = 0;
    for await (const piece of bytes) {
      await spool.add(sealWith(key, String(number), piece.toString('base64')));
      number += 1;
    }
    const { header, rows: read } = await readSubmissions(() => opened(spool, key));
    const rows = closing(read, spool);
    await rows.next();
    return { format: { kind: 'kobo' }, header, rows };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

async function* opened(spool: Spool, key: Buffer): AsyncGenerator<Buffer, void> {
  let number = 0;
  for await (const piece of spool.pieces()) {
    yield Buffer.from(openWith(key, String(number), piece), 'base64');
    number += 1;
  }
}

// A generator that was never begun has nothing to end, so this one is begun before it is handed out: its first row is nobody's.
async function* closing(rows: Submissions['rows'], spool: Spool): Submissions['rows'] {
  try {
    yield { row: 0, cells: [] };
    yield* rows;
  } finally {
    await spool.close();
  }
}

import type { Db } from '../../platform/index.ts';
import { appendHeads, headsIn, newestIn } from './head-file.ts';
import { headAt, headsAfter, newestHeadSize } from './head-store.ts';

/** What came of writing heads outside. */
export interface Published {
  readonly appended: number;
  /** The size of the last head outside, when the database does not hold that head: it was changed, or an older copy of it was restored. */
  readonly stranger?: number;
}

const PAGE = 1_000;

/**
 * Keeps a file outside the database in step with the heads in it. What the file lacks is added, whoever signed it and when; nothing in it is
 * changed. Calls follow one another.
 */
export function publisherTo(db: Db, file: string): () => Promise<Published> {
  let known: number | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function publish(): Promise<Published> {
    const newest = await newestHeadSize(db);
    if (newest === undefined || newest === known) return { appended: 0 };
    const outside = await newestIn(file);
    const own = outside && (await headAt(db, outside.size));
    const isStranger = outside !== undefined && !own?.root.equals(outside.root);
    let after = isStranger ? await lastInCommon(db, file) : (outside?.size ?? 0);
    let appended = 0;
    for (;;) {
      const heads = await headsAfter(db, after, PAGE);
      await appendHeads(
        file,
        heads.map(({ note, signedAt }) => ({ note, signedAt: signedAt.toISOString() })),
      );
      appended += heads.length;
      after = heads.at(-1)?.treeSize ?? after;
      if (heads.length < PAGE) break;
    }
    known = newest;
    return { appended, ...(isStranger ? { stranger: outside.size } : {}) };
  }

  return () => {
    const turn = last.then(publish);
    last = turn.catch(() => {});
    return turn;
  };
}

async function lastInCommon(db: Db, file: string): Promise<number> {
  let common = 0;
  for await (const { checkpoint } of headsIn(file)) {
    if (checkpoint.size > common && (await headAt(db, checkpoint.size))?.root.equals(checkpoint.root)) common = checkpoint.size;
  }
  return common;
}

import { readsOfPerson } from '../../audit/index.ts';
import type { Db } from '../../platform/index.ts';
import type { Item } from './types.ts';

const PAGE = 200;

/** Who looked at a person, without their names: a person is told what was looked at and why, not by which colleague. Newest first. */
export async function looksOf(db: Db, records: readonly string[]): Promise<Item[]> {
  const looks: Item[] = [];
  for (const id of records) {
    let cursor: string | null | undefined;
    do {
      const { items, nextCursor } = await readsOfPerson(db, id, { limit: PAGE, ...(cursor ? { cursor } : {}) });
      looks.push(...items.map(({ at, purpose, operation }) => ({ at, purpose, operation })));
      cursor = nextCursor;
    } while (cursor);
  }
  return looks;
}

import { type Db, type Scope, sql } from '../platform/index.ts';
import { scopeOf } from './queries.ts';
import { findList } from './store.ts';

/** Where a list belongs, and what the trail knows it and its plans by; undefined when there is no such list. */
export async function listStory(db: Db, listId: string): Promise<{ scope: Scope; subjectIds: readonly string[] } | undefined> {
  const list = await findList(db, listId);
  if (!list) return undefined;
  const plans = await db.all<{ id: string }>(sql`select distinct plan_id as id from payment_list_lines where list_id = ${listId}::uuid`);
  return { scope: scopeOf(list), subjectIds: [listId, ...plans.map(({ id }) => id)] };
}

/** The lists that these records are or were on, and the plans that owe them something. */
export const listsInStory = async (db: Db, recordIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select list_id as id from payment_list_lines where beneficiary_id = any(${recordIds}::uuid[])
      union select i.plan_id from instalments i where i.beneficiary_id = any(${recordIds}::uuid[])`)
  ).map(({ id }) => id);

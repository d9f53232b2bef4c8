import { sql, type Tx } from '../../platform/index.ts';
import type { Part } from '../types.ts';

/** The next batch of a list that is being released: it goes on where the last one ended. */
export async function nextPart(
  tx: Tx,
  listId: string,
  size: number,
): Promise<Part & { readonly number: number; readonly isLast: boolean }> {
  const row = await tx.first<{ number: number; from: number; last: number }>(sql`
    select coalesce(b.number, 0) + 1 as number, coalesce(b.to_position, 0) + 1 as "from",
      (select max(position) from payment_list_lines where list_id = ${listId}) as last
    from (values (1)) one left join lateral (
      select number, to_position from payment_list_batches where list_id = ${listId} order by number desc limit 1) b on true`);
  if (!row) throw new Error('there is always one row');
  const to = Math.min(row.from + size - 1, row.last);
  return { number: row.number, from: row.from, to, isLast: to === row.last };
}

/** Writes down that a part of a list has been settled. */
export const insertBatch = (tx: Tx, listId: string, number: number, { from, to }: Part, now: Date): Promise<number> =>
  tx.run(
    sql`insert into payment_list_batches (list_id, number, from_position, to_position, settled_at) values (${listId}, ${number}, ${from}, ${to}, ${now})`,
  );

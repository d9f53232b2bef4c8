import { type Sql, sql, type Tx } from '../../platform/index.ts';

/** Holds included lines of a list back. @returns how many of them were */
export const hold = (tx: Tx, listId: string, lineIds: readonly string[], by: string, reason: string): Promise<number> =>
  move(
    tx,
    sql`update payment_list_lines set state = 'held', held_reason = ${reason}, held_by = ${by}
    where list_id = ${listId} and id = any(${lineIds}::uuid[]) and state = 'included' returning list_id, fund_id, -1 as sign, -amount as amount`,
  );

/** Puts lines of a list back that are held back. @returns how many of them were */
export const putBack = (tx: Tx, listId: string, lineIds: readonly string[]): Promise<number> =>
  move(
    tx,
    sql`update payment_list_lines set state = 'included', held_reason = null, held_by = null
    where list_id = ${listId} and id = any(${lineIds}::uuid[]) and state = 'held' returning list_id, fund_id, 1 as sign, amount`,
  );

/** Moves lines, and what they come to in what their list draws from each fund. */
async function move(tx: Tx, update: Sql): Promise<number> {
  const row = await tx.first<{ lines: number }>(sql`
    with moved as (${update}), drawn as (
      update payment_list_funds f set line_count = f.line_count + m.lines, total = f.total + m.total
      from (select list_id, fund_id, sum(sign)::int as lines, sum(amount) as total from moved group by list_id, fund_id) m
      where f.list_id = m.list_id and f.fund_id = m.fund_id)
    select count(*)::int as lines from moved`);
  return row?.lines ?? 0;
}

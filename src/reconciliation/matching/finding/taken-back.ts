import { type Db, type Sql, sql } from '../../../platform/index.ts';
import { isReference } from '../references.ts';
import type { MatchedStatement } from '../types.ts';

/** Lines that say the same. */
const sameKey = sql`partition by serial, reference, amount, currency`;

/** Their orders by day, and each backwards; of one day its reversals first, or its payments. */
const reversalsFirst = [sql`paid_on, step, row_number desc`, sql`paid_on desc, step desc, row_number`] as const;
const paymentsFirst = [sql`paid_on, step desc, row_number desc`, sql`paid_on desc, step, row_number`] as const;

const balanceIn = ([order]: readonly [Sql, Sql]): Sql => sql`sum(step) over (${sameKey} order by ${order})`;

/**
 * That so many reversals follow a payment that they take back whatever was paid after it, and the payment too. Read backwards: a frame that
 * loses its first row is gone through anew for each.
 */
const isUsedUp = (balance: Sql, [, backwards]: readonly [Sql, Sql]): Sql =>
  sql`id is not null and min(${balance}) over (${sameKey} order by ${backwards} rows between unbounded preceding and 1 preceding) < ${balance}`;

/**
 * Payments of a statement that its own reversals take back: the last of their serial, or of their reference where there is no serial, that
 * stands. A reversal takes back what was paid on a day before, and what was paid on its own day where it would else take back less; of one
 * day the first. It is what the days say and not the order of the rows. Lines of a key are read once, and only of keys that have a reversal.
 */
export async function takenBackIn(db: Db, { id }: Pick<MatchedStatement, 'id'>): Promise<string[]> {
  // By one index: the planner would else read the whole statement for each key, of which it knows nothing yet.
  const paid = (same: Sql, says: Sql): Sql => sql`
    select x.id, ${says} as says, x.paid_on, x.row_number
    from (select * from statement_lines x where ${same} and x.kind = 'payment' and x.amount = k.amount offset 0) x
    where x.statement_id = ${id} and x.currency = k.currency and x.repeats is null`;
  const found = await db.all<{ id: string }>(sql`
    with reversals as materialized (
      select l.serial, case when l.serial is null then l.reference end as reference, l.amount, l.currency, l.paid_on, l.row_number
      from statement_lines l where l.statement_id = ${id} and l.kind = 'reversal' and l.repeats is null
        and (l.serial is not null or ${isReference(sql`l.reference`)})),
    moves as (
      select null::uuid as id, null as says, r.*, -1 as step from reversals r
      union all select x.id, x.says, k.*, x.paid_on, x.row_number, 1
      from (select distinct serial, reference, amount, currency from reversals) k cross join lateral (
        ${paid(sql`x.serial = k.serial`, sql`''`)} union all
        ${paid(sql`x.reference = k.reference`, sql`concat(x.serial, '/', x.our_reference, '/', x.office_code, '/', x.document_last_four)`)}) x),
    balances as (select *, ${balanceIn(reversalsFirst)} as before, ${balanceIn(paymentsFirst)} as within from moves),
    ends as (
      select *, ${isUsedUp(sql`before`, reversalsFirst)} as by_before, ${isUsedUp(sql`within`, paymentsFirst)} as by_within
      from balances),
    keys as (
      select *, count(*) filter (where by_before) over k < count(*) filter (where by_within) over k as is_short, min(says) over k = max(says) over k as is_clear
      from ends window k as (${sameKey}))
    select id from keys where case when is_short then by_within else by_before end and is_clear`);
  return found.map((row) => row.id);
}

import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';

/** Events of the trail that one look takes in at most, unless one transaction wrote more. */
const AT_ONCE = 2_000;

/** A stretch of transactions, all of which have ended: from one on, and before another. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
  /** Whether there may be more after it. */
  readonly isFull: boolean;
}

/** Webhooks that what happens is kept for: whatever is not ended and was switched on once. */
export const toldWebhooks: Sql = sql`webhooks where state <> 'ended' and since is not null`;
const isTold = sql`select programme_id from ${toldWebhooks}`;

// In a restored database the numbers of transactions have begun again, so everything is looked at; what was told is not told twice.
const goesOn = sql`p.system_identifier = s.system_identifier and p.told_below <= pg_snapshot_xmin(pg_current_snapshot())`;
const start = sql`select case when ${goesOn} then p.told_below else '0'::xid8 end from webhook_progress p, pg_control_system() s`;

/** What can be of interest in the trail. */
export const isNews: Sql = sql`e.refusal is null and (e.subject_type in ('voucher', 'payout', 'payment_list', 'ledger_period', 'person_export', 'export_run')
  or e.command = 'vouchers.expire')`;

/** Whether something may have happened that somebody is to be told, or so much else that the place is worth moving. */
export async function isWorthLooking(db: Db): Promise<boolean> {
  const row = await db.first<{
    worth: boolean;
  }>(sql`with place as materialized (select (${start}) as told, pg_snapshot_xmin(pg_current_snapshot()) as ended),
      recent as materialized (select e.* from place, audit_events e where e.written_by >= place.told and e.written_by < place.ended
        order by e.written_by limit ${AT_ONCE})
    select exists (${isTold}) and ((select count(*) from recent) >= ${AT_ONCE}::int
      or exists (select from recent e where ${isNews} and (e.programme_id is null or e.programme_id in (${isTold})))
      or exists (select from place, exceptions x where x.written_by >= place.told and x.written_by < place.ended and x.programme_id in (${isTold}))
      or exists (select from place, exceptions x where x.reopened_in >= place.told and x.reopened_in < place.ended and x.programme_id in (${isTold}))) as worth`);
  return row?.worth === true;
}

/**
 * The next transactions to look at. Whoever else looks waits until the transaction ends.
 * @param known since when it is known what was told
 */
export async function takeStretch(tx: Tx, known: Date): Promise<Stretch> {
  await tx.first(sql`select from webhook_progress for update`);
  await tx.run(sql`update webhook_progress p set not_before = ${known} from pg_control_system() s where not (${goesOn})`);
  // A plan that is good for any stretch would be one for reading everything.
  await tx.first(sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`);
  const row =
    await tx.first<Stretch>(sql`with place as materialized (select (${start}) as told, pg_snapshot_xmin(pg_current_snapshot()) as ended),
      cut as (select e.written_by from place, audit_events e where e.written_by >= place.told and e.written_by < place.ended
        order by e.written_by offset ${AT_ONCE} limit 1),
      -- A transaction that wrote more than that is taken whole.
      bound as (select case when c.written_by > p.told then c.written_by
          else (select min(e.written_by) from audit_events e where e.written_by > p.told and e.written_by < p.ended) end as at from cut c, place p)
    select told::text as "from", coalesce((select at from bound), ended)::text as until, exists (select from bound where at is not null) as "isFull" from place`);
  if (!row) throw new Error('nobody says how far the trail was read');
  return row;
}

export const moveOn = (tx: Tx, { until }: Stretch): Promise<number> =>
  tx.run(
    sql`update webhook_progress set told_below = ${until}::xid8, system_identifier = (select system_identifier from pg_control_system())`,
  );

/** Begins to look from now on, unless somebody is told already. What is on its way at this moment is seen. */
export async function beginLooking(tx: Tx): Promise<void> {
  await tx.first(sql`select from webhook_progress for update`);
  await tx.run(sql`update webhook_progress set told_below = pg_snapshot_xmin(pg_current_snapshot()),
    system_identifier = (select system_identifier from pg_control_system()) where not exists (${isTold})`);
}

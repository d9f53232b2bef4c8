import { allOf, type Db, type Sql, sql } from '../platform/index.ts';
import { isOverdue } from './list-store.ts';
import type { FeedbackReport } from './types.ts';

/** Which cases are counted. */
export interface Counted {
  readonly programmeId: string;
  readonly timeZone: string;
  readonly from?: string;
  readonly to?: string;
  /** Whether sensitive ones are counted too, and each as what it is now. */
  readonly seesAll: boolean;
}

/**
 * The cases that are counted, as `c`. For who does not see sensitive ones each is what it was when it was received: a count that fell when a case was
 * put into another category would tell that there is one, and when it came. Nobody's own cases are left out, for the same reason.
 */
const counted = ({ programmeId, timeZone, from, to, seesAll }: Counted): Sql => {
  const as = seesAll
    ? sql`f.category, f.acknowledge_due_at, f.resolve_due_at`
    : sql`f.category_at_receipt as category, f.acknowledge_due_at_receipt as acknowledge_due_at, f.resolve_due_at_receipt as resolve_due_at`;
  const within = allOf([
    sql`f.programme_id = ${programmeId}`,
    ...(seesAll ? [] : [sql`not f.was_sensitive`]),
    ...(from ? [sql`f.received_at >= ${from}::date::timestamp at time zone ${timeZone}`] : []),
    ...(to ? [sql`f.received_at < (${to}::date + 1)::timestamp at time zone ${timeZone}`] : []),
  ]);
  return sql`(select ${as}, f.channel, f.state, f.received_at, f.acknowledged_at, f.answered_at, f.closed_at from feedback_cases f where ${within}) c`;
};

/** How long a case stood, until it was closed or until now. */
const age = (
  now: Date,
): Sql => sql`(case when coalesce(c.closed_at, ${now}::timestamptz) - c.received_at <= interval '3 days' then 'up_to_3_days'
  when coalesce(c.closed_at, ${now}::timestamptz) - c.received_at <= interval '10 days' then 'up_to_10_days'
  when coalesce(c.closed_at, ${now}::timestamptz) - c.received_at <= interval '30 days' then 'up_to_30_days' else 'over_30_days' end)`;

/** Cases by category, channel, state and age. */
export const countCases = (db: Db, which: Counted, now: Date): Promise<FeedbackReport['counts']> =>
  db.all(sql`select c.category, c.channel, c.state, ${age(now)} as age, count(*)::int as cases
    from ${counted(which)} group by 1, 2, 3, 4 order by 1, 2, 3, 4`);

/** How many of each category were acknowledged and answered, how many of them in time, and how many wait too long. */
export const countInTime = (db: Db, which: Counted, now: Date): Promise<FeedbackReport['inTime']> =>
  db.all(sql`select c.category,
      count(*) filter (where c.acknowledged_at is not null)::int as acknowledged,
      count(*) filter (where c.acknowledged_at <= c.acknowledge_due_at)::int as "acknowledgedInTime",
      count(*) filter (where c.answered_at is not null)::int as answered,
      count(*) filter (where c.answered_at <= c.resolve_due_at)::int as "answeredInTime",
      count(*) filter (where ${isOverdue(now)})::int as overdue
    from ${counted(which)} group by 1 order by 1`);

/** Cases of all time that were sensitive when they were received. */
export async function countSensitive(db: Db, programmeId: string): Promise<number> {
  const row = await db.first<{ cases: number }>(
    sql`select count(*)::int as cases from feedback_cases c where c.programme_id = ${programmeId} and c.was_sensitive`,
  );
  return row?.cases ?? 0;
}

import { type Sql, sql } from '../../platform/index.ts';
import type { Settings, SignalKind, Slice } from '../types.ts';
import { isSinceJudged, mostWithin, type Rule } from './rule.ts';

/**
 * Whether a wrong code `f` is one of a programme's: it was tried on a voucher of it or, where nobody can say on which, at an office that has paid
 * for the programme lately or that has not paid for any.
 */
const isOf = (programmeId: string): Sql => {
  const paidHere = sql`select from payouts q join vouchers w on w.id = q.voucher_id
    where q.office_id = f.office_id and q.paid_on between f.at::date - 30 and f.at::date + 1`;
  return sql`case when f.voucher_id is not null then exists (select from vouchers w where w.id = f.voucher_id and w.programme_id = ${programmeId})
    else exists (${paidHere} and w.programme_id = ${programmeId}) or not exists (${paidHere}) end`;
};

const within = (minutes: number): Sql => sql`make_interval(mins => ${minutes})`;

/** The most wrong codes within so many minutes by one of something, on each day of which one came in a slice. @param one a column of wrong codes @param counts which of them `f` count */
const tries = (
  one: Sql,
  counts: Sql,
  { programmeId, timeZone, since, until }: Slice,
  { least, minutes }: Settings,
): Sql => sql`with fresh as materialized (
    select ${one} as one, f.at from failed_codes f where f.recorded_at > ${since} and f.recorded_at <= ${until} and ${one} is not null
  ), peaks as (
    select distinct on (one, day) one, day, n, began_at, at as ended_at from (
      select ${one} as one, f.at, (f.at at time zone ${timeZone})::date as day, count(*) over near as n, min(f.at) over near as began_at
      from failed_codes f where ${one} in (select one from fresh) and ${isOf(programmeId)} and ${counts}
        and f.at between (select min(at) from fresh) - ${within(minutes)} and (select max(at) from fresh) + ${within(minutes)}
      window near as (partition by ${one} order by f.at range between ${within(minutes)} preceding and current row)) t
    where n >= ${least} order by one, day, n desc, at)
  select p.one || '/' || p.day as key, case when count(distinct f.office_id) = 1 then (array_agg(f.office_id) filter (where f.office_id is not null))[1]
      end as "officeId", case when count(distinct f.agent_id) = 1 then (array_agg(f.agent_id))[1] end as "agentId",
    array_agg(distinct f.agent_id) as concerns, p.n::int as count, array_agg(f.id) as items, p.began_at as "from", p.ended_at as "to",
    case when p.n >= 2 * ${least}::int then 'high' else 'medium' end as severity,
    jsonb_build_object('agents', count(distinct f.agent_id),
      'voucherIds', coalesce((array_agg(distinct f.voucher_id) filter (where f.voucher_id is not null))[1:50], '{}')) as evidence
  from peaks p join failed_codes f on ${one} = p.one and f.at between p.began_at and p.ended_at and ${isOf(programmeId)} and ${counts}
  group by p.one, p.day, p.n, p.began_at, p.ended_at`;

const rule = (kind: SignalKind, one: Sql): Rule => ({
  kind,
  of: 'tries',
  items: 'tries',
  async find({ tx }, slice, settings) {
    const day = sql`(f.at at time zone ${slice.timeZone})::date`;
    const sinceJudged = isSinceJudged(kind, slice, sql`${one} || '/' || ${day}`, sql`f.id`);
    return mostWithin(tx, kind, slice, tries(one, sql`true`, slice, settings), tries(one, sinceJudged, slice, settings));
  },
});

/** Many wrong codes by one agent, at one office, or for one voucher. */
export const wrongCodes: readonly Rule[] = [
  rule('failed_codes_agent', sql`f.agent_id`),
  rule('failed_codes_office', sql`f.office_id`),
  rule('failed_codes_voucher', sql`f.voucher_id`),
];

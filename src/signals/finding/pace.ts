import { type Sql, sql } from '../../platform/index.ts';
import type { Settings, Slice } from '../types.ts';
import { touchedDays } from './payouts.ts';
import { isSinceJudged, mostWithin, type Rule } from './rule.ts';

/** Days at an office before it is known what is usual there, and how far back they may lie. */
const DAYS_KNOWN = 5;
const DAYS_BACK = 30;

/** The most pay-outs that each agent made within so many minutes of a day. @param days the pay-outs of whole days */
const peaks = (
  { programmeId }: Slice,
  days: Sql,
  minutes: number,
): Sql => sql`select distinct on (office_id, agent_id, paid_on) ${programmeId}::uuid as programme_id, office_id, agent_id, paid_on as day, n::int as peak,
    began_at, paid_at as ended_at
  from (select d.office_id, d.agent_id, d.paid_on, d.paid_at, count(*) over near as n, min(d.paid_at) over near as began_at
    from (${days}) d window near as
      (partition by d.office_id, d.agent_id, d.paid_on order by d.paid_at range between make_interval(mins => ${minutes}) preceding and current row)) p
  order by office_id, agent_id, paid_on, n desc, paid_at`;

/** The most that each agent paid out within so many minutes, on each day of which something came in a slice. */
const measure = (slice: Slice, { minutes }: Settings): Sql => sql`insert into signal_paces
    (programme_id, office_id, agent_id, day, peak, began_at, ended_at)
  ${peaks(slice, sql`select * from (${touchedDays(slice)}) d`, minutes)}
  on conflict (programme_id, office_id, day, agent_id) do update
    set peak = excluded.peak, began_at = excluded.began_at, ended_at = excluded.ended_at`;

/** The peaks of touched days. */
const whole = (slice: Slice): Sql => sql`select p.* from (select distinct office_id, agent_id, paid_on from (${touchedDays(slice)}) d) t
  join signal_paces p on p.programme_id = ${slice.programmeId} and p.office_id = t.office_id and p.day = t.paid_on and p.agent_id = t.agent_id`;

const dayOf = (d: Sql): Sql => sql`concat_ws('/', ${d}.office_id, ${d}.agent_id, ${d}.paid_on)`;

/** The peaks of touched days that were judged, among what has come since. */
const since = (slice: Slice, { minutes }: Settings): Sql =>
  peaks(
    slice,
    sql`select * from (${touchedDays(slice)}) d where ${isSinceJudged('agent_burst', slice, dayOf(sql`d`), sql`d.id`)}`,
    minutes,
  );

/** Days that are far above what agents usually pay out at the office, or at one of which too few days are known. @param days peaks */
const compare = (days: Sql, { least, factor }: Settings): Sql => sql`select concat_ws('/', p.office_id, p.agent_id, p.day) as key,
    p.office_id as "officeId", p.agent_id as "agentId", array[p.agent_id] as concerns, p.peak as count, q.ids as items, p.began_at as "from", p.ended_at as "to",
    case when u.usual is null then 'low' when p.peak >= 2 * ${factor}::numeric * u.usual then 'high' else 'medium' end as severity,
    jsonb_build_object('usual', u.usual, 'payoutIds', q.ids[1:50]) as evidence
  from (${days}) p
    cross join lateral (select array_agg(q.id order by q.paid_at, q.id) as ids
      from payouts q join vouchers v on v.id = q.voucher_id and v.programme_id = p.programme_id
      where q.office_id = p.office_id and q.paid_on = p.day and q.agent_id = p.agent_id and q.paid_at between p.began_at and p.ended_at
        and q.voided_at is null) q
    cross join lateral (select case when count(distinct o.day) >= ${DAYS_KNOWN} then percentile_disc(0.5) within group (order by o.peak) end as usual
      from signal_paces o where o.programme_id = p.programme_id and o.office_id = p.office_id
        and o.day between p.day - ${DAYS_BACK}::int and p.day - 1) u
  where p.peak >= ${least} and (u.usual is null or p.peak >= ${factor}::numeric * u.usual)`;

/** One agent pays out far more within minutes than is usual at the office. */
export const burst: Rule = {
  kind: 'agent_burst',
  of: 'payouts',
  items: 'payouts',
  async find({ tx }, slice, settings) {
    await tx.run(measure(slice, settings));
    return mostWithin(tx, 'agent_burst', slice, compare(whole(slice), settings), compare(since(slice, settings), settings));
  },
};

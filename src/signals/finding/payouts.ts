import { type Sql, sql } from '../../platform/index.ts';
import type { Slice } from '../types.ts';

/** The pay-outs of a programme that came in a slice and stand, whenever they were made. */
export const freshPayouts = ({ programmeId, since, until }: Slice): Sql => sql`select p.*, v.beneficiary_id, v.line_id
  from payouts p join vouchers v on v.id = p.voucher_id and v.programme_id = ${programmeId}
  where p.recorded_at > ${since} and p.recorded_at <= ${until} and p.voided_at is null`;

/**
 * Whole days of agents at a counter, of each of which something came in a slice: what a day comes to is seen in all of it. Each day is looked up by
 * itself (`offset 0` keeps the planner from reading every pay-out once for all of them), however many there are in history.
 */
export const touchedDays = (slice: Slice): Sql => sql`select p.*, v.line_id
  from (select distinct office_id, agent_id, paid_on from (${freshPayouts(slice)}) f where office_id is not null) t
    cross join lateral (select * from payouts p
      where p.office_id = t.office_id and p.paid_on = t.paid_on and p.agent_id = t.agent_id and p.voided_at is null offset 0) p
    join vouchers v on v.id = p.voucher_id and v.programme_id = ${slice.programmeId}`;

/** Groups the pay-outs `d` by who made them, where and on which day. */
export const byDay = sql`d.office_id, d.agent_id, d.paid_on`;

/** What every finding about an agent's day says alike, of the pay-outs `d` that it is grouped from {@link byDay}. */
export const ofDay = sql`concat_ws('/', d.office_id, d.agent_id, d.paid_on) as key, d.office_id as "officeId", d.agent_id as "agentId",
  array[d.agent_id] as concerns, count(*)::int as count, array_agg(d.id) as items, min(d.paid_at) as "from", max(d.paid_at) as "to"`;

/** The first identifiers of the pay-outs `d` of a group, as many as a signal names. */
export const firstPayouts = sql`(array_agg(d.id order by d.paid_at, d.id))[1:50]`;

/** The offices where pay-outs `d` of a group were made, as many as a signal names. */
export const theirOffices = sql`coalesce((array_agg(distinct d.office_id) filter (where d.office_id is not null))[1:50], '{}')`;

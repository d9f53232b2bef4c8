import { sql } from '../../platform/index.ts';
import { freshPayouts } from './payouts.ts';
import { ruleOf } from './rule.ts';

/**
 * The collector's telephone number was changed shortly before the cash was handed over, or somebody was entered who then came in their place. Who
 * did that is part of the evidence.
 */
export const changedBefore = ruleOf(
  'changed_before',
  (
    slice,
    { minutes },
  ) => sql`select p.id::text as key, p.office_id as "officeId", p.agent_id as "agentId", array[p.agent_id, c.by] as concerns,
      1 as count, array[p.id] as items, p.paid_at as "from", p.paid_at as "to", case when c.at > p.paid_at - interval '1 day' then 'high' else 'medium' end as severity,
      jsonb_build_object('payoutIds', array[p.id], 'changed', c.changed, 'changedBy', c.by, 'changedAt',
        to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as evidence
    from (${freshPayouts(slice)}) p cross join lateral (
      select 'phone' as changed, h.changed_at as at, h.changed_by as by from beneficiary_changes h
        where h.beneficiary_id in (p.beneficiary_id, p.collector_id) and 'phones' = any(h.fields)
          and h.changed_at between p.paid_at - make_interval(mins => ${minutes}) and p.paid_at
      union all
      select 'collector', k.added_at, k.added_by from collectors k
        where k.id = p.alternate_id and k.added_at between p.paid_at - make_interval(mins => ${minutes}) and p.paid_at
      order by at desc limit 1) c`,
);

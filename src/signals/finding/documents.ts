import { type Sql, sql } from '../../platform/index.ts';
import type { Settings, Slice } from '../types.ts';
import { byDay, firstPayouts, freshPayouts, ofDay, touchedDays } from './payouts.ts';
import { ruleOf } from './rule.ts';

/**
 * Households for which documents were shown that are of one type and end alike. The digits themselves are kept out of what is found.
 * @param among what else is so of a pay-out `d`, beside the office of a fresh pay-out `t`
 */
const alike = (
  slice: Slice,
  { least }: Settings,
  among: Sql,
): Sql => sql`select (array_agg(d.id order by d.recorded_at, d.id))[1]::text as key,
    d.office_id as "officeId", case when count(distinct d.agent_id) = 1 then (array_agg(d.agent_id))[1] end as "agentId",
    array_agg(distinct d.agent_id) as concerns, count(distinct l.household_id)::int as count,
    array_agg(distinct l.household_id) as items, min(d.paid_at) as "from", max(d.paid_at) as "to",
    case when count(distinct l.household_id) >= 2 * ${least}::int then 'high' else 'medium' end as severity,
    jsonb_build_object('payoutIds', ${firstPayouts}) as evidence
  from (select distinct office_id, paid_on, document_type, document_last_four, alternate_id is not null as by_alternate
      from (${freshPayouts(slice)}) f where office_id is not null) t
    cross join lateral (select * from payouts d where d.office_id = t.office_id and d.document_type = t.document_type
      and d.document_last_four = t.document_last_four and d.voided_at is null and ${among} offset 0) d
    join vouchers v on v.id = d.voucher_id and v.programme_id = ${slice.programmeId} join payment_list_lines l on l.id = v.line_id
  group by d.office_id, t.paid_on, d.document_type, d.document_last_four, t.by_alternate having count(distinct l.household_id) >= ${least}`;

/** At one office on one day: over more than that, any four digits come up again by chance. */
export const sharedDocument = ruleOf(
  'shared_document',
  (slice, settings) => alike(slice, settings, sql`d.paid_on = t.paid_on`),
  'households',
);

/** Of the few who come in somebody's place, over longer: one person who collects for many. */
export const sharedCollector = ruleOf(
  'shared_collector',
  (slice, settings) =>
    alike(
      slice,
      settings,
      sql`t.by_alternate and d.alternate_id is not null
      and d.paid_on between (t.paid_on - make_interval(mins => ${settings.minutes}))::date and t.paid_on`,
    ),
  'households',
);

/** The document that was seen is none that is known of who came. */
export const documentDiffers = ruleOf(
  'document_differs',
  (
    slice,
    { least },
  ) => sql`select ${ofDay}, case when count(*) >= 5 then 'high' when count(*) >= 2 then 'medium' else 'low' end as severity,
      jsonb_build_object('payoutIds', ${firstPayouts}) as evidence
    from (${touchedDays(slice)}) d where d.document_differs group by ${byDay} having count(*) >= ${least}`,
);

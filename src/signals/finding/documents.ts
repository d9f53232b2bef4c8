import { keyCollectors } from '../../beneficiaries/index.ts';
import { type Sql, sql } from '../../platform/index.ts';
import type { Found, Settings, Slice } from '../types.ts';
import { byDay, firstPayouts, freshPayouts, ofDay, theirOffices, touchedDays } from './payouts.ts';
import { type Rule, ruleOf } from './rule.ts';

/**
 * Households that many have in common: for each, the pay-outs `d` that say so. Digits and fingerprints themselves are kept out of what is found.
 * @param payouts rows of pay-outs `d` beside `t`, what they have in common
 * @param by what `t` is told apart by
 * @param concerned whose doing it may be
 */
const inCommon = (
  { programmeId }: Slice,
  { least }: Settings,
  payouts: Sql,
  by: Sql,
  concerned: Sql,
): Sql => sql`select (array_agg(d.id order by d.recorded_at, d.id))[1]::text as key,
    case when count(distinct d.office_id) = 1 and bool_and(d.office_id is not null) then (array_agg(d.office_id))[1] end as "officeId",
    case when count(distinct d.agent_id) = 1 then (array_agg(d.agent_id))[1] end as "agentId", ${concerned} as concerns,
    count(distinct l.household_id)::int as count, array_agg(distinct l.household_id) as items, min(d.paid_at) as "from", max(d.paid_at) as "to",
    case when count(distinct l.household_id) >= 2 * ${least}::int then 'high' else 'medium' end as severity,
    jsonb_build_object('payoutIds', ${firstPayouts}, 'officeIds', ${theirOffices}) as evidence
  from ${payouts} join vouchers v on v.id = d.voucher_id and v.programme_id = ${programmeId} join payment_list_lines l on l.id = v.line_id
  group by ${by} having count(distinct l.household_id) >= ${least}`;

/** Documents were shown that are of one type and end alike. @param among what else is so of a pay-out `d`, beside the office of a fresh pay-out `t` */
const alike = (slice: Slice, settings: Settings, among: Sql): Sql =>
  inCommon(
    slice,
    settings,
    sql`(select distinct office_id, paid_on, document_type, document_last_four, alternate_id is not null as by_alternate
        from (${freshPayouts(slice)}) f where office_id is not null) t
      cross join lateral (select * from payouts d where d.office_id = t.office_id and d.document_type = t.document_type
        and d.document_last_four = t.document_last_four and d.voided_at is null and ${among} offset 0) d`,
    sql`d.office_id, t.paid_on, d.document_type, d.document_last_four, t.by_alternate`,
    sql`array_agg(distinct d.agent_id)`,
  );

/** At one office on one day: over more than that, any four digits come up again by chance. */
export const sharedDocument = ruleOf(
  'shared_document',
  (slice, settings) => alike(slice, settings, sql`d.paid_on = t.paid_on`),
  'households',
);

/** As long before a fresh pay-out `t` as a programme looks back. */
const lately = ({ minutes }: Settings): Sql => sql`d.paid_on between (t.paid_on - make_interval(mins => ${minutes}))::date and t.paid_on`;

/** The fresh pay-outs to somebody in another's place (`offset 0` keeps the planner from going through all that there ever were of these for the few). */
const freshByAlternate = (slice: Slice): Sql => sql`select * from (${freshPayouts(slice)} offset 0) p where p.alternate_id is not null`;

/** Whose document is one and the same came in the place of many, whatever was shown and at whichever offices; who entered them is concerned too. */
const samePerson = (slice: Slice, settings: Settings): Sql =>
  inCommon(
    slice,
    settings,
    sql`(select distinct c.document_key, f.paid_on from (${freshByAlternate(slice)}) f
        join collectors c on c.id = f.alternate_id and c.document_key is not null) t
      cross join lateral (select d.*, c.added_by from collectors c join payouts d on d.alternate_id = c.id
        where c.document_key = t.document_key and d.voided_at is null and ${lately(settings)} offset 0) d`,
    sql`t.document_key, t.paid_on`,
    sql`array(select unnest(array_agg(d.agent_id)) union select unnest(array_agg(d.added_by)))`,
  );

/** Of the few who come in somebody's place, over longer: one person who collects for many, known by their document or by what was shown at an office. */
export const sharedCollector: Rule = {
  kind: 'shared_collector',
  of: 'payouts',
  items: 'households',
  async find({ tx, keyRing }, slice, settings) {
    await keyCollectors(tx, keyRing, sql`select f.alternate_id from (${freshByAlternate(slice)}) f`);
    const shown = alike(slice, settings, sql`t.by_alternate and d.alternate_id is not null and ${lately(settings)}`);
    return tx.all<Found>(sql`(${shown}) union all (${samePerson(slice, settings)})`);
  },
};

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

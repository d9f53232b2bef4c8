import { type Db, sql } from '../platform/index.ts';
import type { FundFacts } from './rules.ts';
import type { DonorReport, Period } from './types.ts';

/** Whom and what a report is about. */
export type ReportedFund = Pick<DonorReport, 'fund' | 'programme'>;

export async function findFund(db: Db, id: string): Promise<ReportedFund | undefined> {
  return db.first<ReportedFund>(sql`
    select jsonb_build_object('id', f.id, 'donor', f.donor, 'agreement', f.agreement) as fund,
      jsonb_build_object('id', p.id, 'code', p.code, 'name', p.name) as programme
    from funds f join programmes p on p.id = f.programme_id where f.id = ${id}`);
}

/**
 * Everything that a report on a fund says, in one statement: figures read one after another would differ by what happened in
 * between, and a difference of one is a person. Somebody paid more than once counts once, as they were when last paid.
 */
export async function readFacts(db: Db, fundId: string, { from, to }: Period): Promise<FundFacts> {
  const row = await db.first<FundFacts>(sql`
    with fund as (
      select f.id, f.currency, p.time_zone from funds f join programmes p on p.id = f.programme_id where f.id = ${fundId}
    ), moved as (
      -- What was reversed counts against what it was, on the day it was reversed.
      select coalesce(o.event, e.event) as event, case when o.id is null then po.amount else -po.amount end as amount,
        (e.at at time zone fund.time_zone)::date as day
      from fund join journal_entries e on e.fund_id = fund.id join postings po on po.entry_id = e.id and po.amount > 0
        left join journal_entries o on o.id = e.reverses
    ), movements as (
      select event, coalesce(sum(amount) filter (where ${from}::date is null or day >= ${from}::date), 0)::text as within,
        sum(amount)::text as until
      from moved where ${to}::date is null or day <= ${to}::date group by event
    ), paid as (
      select p.id, p.paid_at, l.beneficiary_id, l.household_id, l.sex, l.age_band, l.has_disability, l.wilaya_number, l.list_id, l.kind
      from payment_list_funds li
        join vouchers v on v.list_id = li.list_id and v.fund_id = li.fund_id
        join payment_list_lines l on l.id = v.line_id
        join payouts p on p.voucher_id = v.id and p.voided_at is null
      where li.fund_id = ${fundId} and (${from}::date is null or p.paid_on >= ${from}::date)
        and (${to}::date is null or p.paid_on <= ${to}::date)
    ), people as (
      select distinct on (beneficiary_id) * from paid order by beneficiary_id, paid_at desc, id
    ), grouped as (
      select sex, age_band, has_disability, wilaya_number, count(*)::int as people, grouping(sex, has_disability, wilaya_number) as level
      from people group by grouping sets ((sex, age_band), (has_disability), (wilaya_number))
    ), approved as (
      select list_id, max(at) as at from payment_list_hands
      where hand = 'approver' and list_id in (select list_id from paid) group by list_id
    ), waits as (
      select percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from paid.paid_at - approved.at) / 86400) as days
      from paid join approved on approved.list_id = paid.list_id
    )
    select fund.currency,
      coalesce((select jsonb_agg(to_jsonb(m)) from movements m), '[]') as movements,
      (select count(*)::int from people) as people,
      (select count(distinct household_id)::int from paid) as households,
      coalesce((select jsonb_agg(jsonb_build_object('sex', sex, 'ageBand', age_band, 'people', people))
        from grouped where level = 3), '[]') as "bySexAndAge",
      coalesce((select jsonb_agg(jsonb_build_object('hasDisability', has_disability, 'people', people) order by has_disability)
        from grouped where level = 5), '[]') as "byDisability",
      coalesce((select jsonb_agg(jsonb_build_object('number', w.number, 'name', w.name_fr, 'pcode', w.pcode, 'people', g.people)
          order by w.number) from grouped g join wilayas w on w.number = g.wilaya_number where g.level = 6), '[]') as "byWilaya",
      coalesce((select jsonb_agg(to_jsonb(k) order by k.kind)
        from (select kind, count(distinct beneficiary_id)::int as people from paid group by kind) k), '[]') as "byKind",
      (select round(days[1]::numeric, 1)::float8 from waits) as "medianDays",
      (select round(days[2]::numeric, 1)::float8 from waits) as "p90Days"
    from fund`);
  if (!row) throw new Error('the fund that was just found is missing');
  return row;
}

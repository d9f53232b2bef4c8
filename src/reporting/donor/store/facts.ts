import { type Db, type Sql, sql, type Tx } from '../../../platform/index.ts';
import type { Alike } from '../counting/index.ts';
import type { Movement } from '../figures.ts';
import { type Channel, channels, type DaysToCash } from '../types.ts';

/** Whom and what a report is about. */
export interface ReportedFund {
  readonly fund: { readonly id: string; readonly donor: string; readonly agreement: string; readonly currency: string };
  readonly programme: { readonly id: string; readonly code: string; readonly name: string };
  readonly timeZone: string;
  readonly activity: { readonly startsOn: string; readonly endsOn: string };
  readonly pledged: { readonly amount: string; readonly currency: string } | null;
}

export async function findFund(db: Db, id: string): Promise<ReportedFund | undefined> {
  return db.first<ReportedFund>(sql`
    select jsonb_build_object('id', f.id, 'donor', f.donor, 'agreement', f.agreement, 'currency', f.currency) as fund,
      jsonb_build_object('id', p.id, 'code', p.code, 'name', p.name) as programme, p.time_zone as "timeZone",
      jsonb_build_object('startsOn', coalesce(f.starts_on, p.starts_on), 'endsOn', coalesce(f.ends_on, p.ends_on)) as activity,
      case when f.pledged is not null then jsonb_build_object('amount', f.pledged::text, 'currency', f.agreement_currency) end as pledged
    from funds f join programmes p on p.id = f.programme_id where f.id = ${id}`);
}

/** Which days a report is of, and what was published before it. */
export interface Span {
  readonly fundId: string;
  /** The first day of the period; null: from the beginning. */
  readonly from: string | null;
  readonly to: string;
}

export interface PlaceFacts {
  readonly number: string;
  readonly name: string;
  readonly nameAr: string;
  readonly pcode: string | null;
  /** What was paid there in the period by each channel, and to how many people. */
  readonly paidBy: Readonly<Record<Channel, ThroughChannel>>;
}

export interface ThroughChannel {
  readonly transfers: number;
  readonly people: number;
}

interface Total {
  readonly name: string;
  readonly count: number;
  readonly amount: string;
}

/** People in a place or of a kind whom a fund has paid: in all, and since its last report. */
interface PaidPeople {
  readonly name: string;
  readonly people: number;
  readonly recent: number;
}

/** A fund as the books and the lists have it, with every count as it is. */
export interface FundFacts {
  readonly movements: readonly Movement[];
  /** Pay-outs until the last day, and what they come to, by place and by kind. */
  readonly transfers: number;
  readonly firstPaidOn: string | null;
  readonly paidIn: readonly Total[];
  readonly paidAs: readonly Total[];
  /** Paid for the first time: of those no report has counted. */
  readonly newPeople: number;
  readonly newHouseholds: number;
  /** Paid for the first time by this fund, and in the tables of another fund of the programme. */
  readonly toldBefore: number;
  readonly toldHouseholds: number;
  /** New households, of both. */
  readonly bothHouseholds: number;
  /** How many people the programme's reports have told of until now, by wilaya. */
  readonly toldIn: readonly { readonly name: string; readonly people: number }[];
  /** Whom the fund has paid of those in the tables of another, by place and by kind. */
  readonly othersIn: readonly PaidPeople[];
  readonly othersAs: readonly PaidPeople[];
  readonly peopleInPeriod: number;
  readonly householdsInPeriod: number;
  /** Those who are new, by everything that a report breaks down by. */
  readonly fresh: readonly Alike[];
  readonly daysSinceStart: DaysToCash & { readonly of: number };
  readonly daysInPeriod: DaysToCash & { readonly of: number };
  readonly wilayas: readonly PlaceFacts[];
  readonly contributions: readonly { readonly reference: string; readonly receivedOn: string; readonly amount: string }[];
}

/** Everybody paid by a fund until a day, pay-out by pay-out. A record that was merged is the person that it was merged into. */
const paidBy = ({ fundId, to }: Span) => sql`
  select p.id, p.paid_at, p.paid_on, p.amount, coalesce(b.merged_into, l.beneficiary_id) as person, l.household_id, l.sex, l.age_band,
    l.has_disability, l.wilaya_number, l.kind, l.list_id, case when p.office_id is null then 'by_hand' else 'post_office' end as channel
  from payment_list_funds li
    join vouchers v on v.list_id = li.list_id and v.fund_id = li.fund_id
    join payment_list_lines l on l.id = v.line_id
    join beneficiaries b on b.id = l.beneficiary_id
    join payouts p on p.voucher_id = v.id and p.voided_at is null
  where li.fund_id = ${fundId} and p.paid_on <= ${to}::date`;

/** Who is in the tables of another fund of the programme. Told of again, beside others, they would tell of those by the difference. */
const toldElsewhere = (fundId: string) => sql`
  select distinct coalesce(b.merged_into, b.id) as person from reported_people r join beneficiaries b on b.id = r.beneficiary_id
  where r.programme_id = (select programme_id from funds where id = ${fundId}) and r.fund_id <> ${fundId} and not r.is_told_before`;

/** Those who were paid and whom no report of the fund has counted, once each: as they were when first paid. */
const uncounted = (fundId: string) => sql`
  select distinct on (person) person, household_id, sex, age_band, has_disability, wilaya_number, kind, told.person is not null as is_told
  from paid left join told using (person)
  where not exists (select from reported_people r join beneficiaries b on b.id = r.beneficiary_id
    where r.fund_id = ${fundId} and coalesce(b.merged_into, b.id) = paid.person)
  order by person, paid_at, id`;

/** Everything that moved in a fund until its last day. What was reversed counts against what it was, on the day it was reversed. */
const moved = ({ fund: { id, currency } }: ReportedFund, end: Sql) => sql`
  select e.event, po.amount, e.at from journal_entries e join postings po on po.entry_id = e.id and po.amount > 0 and po.currency = ${currency}
  where e.fund_id = ${id} and e.reverses is null and e.at < ${end}
  union all select o.event, -po.amount, e.at from journal_entries e join journal_entries o on o.id = e.reverses
    join postings po on po.entry_id = e.id and po.amount > 0 and po.currency = ${currency}
  where e.fund_id = ${id} and e.reverses is not null and e.at < ${end}`;

/** Those who were paid and are in the tables of another fund, by something that pay-outs have. */
const others = (by: Sql, recent: Sql): Sql => sql`coalesce((select jsonb_agg(to_jsonb(t)) from (select ${by} as name,
    count(distinct person)::int as people, (count(distinct person) filter (where ${recent}))::int as recent
  from paid join told using (person) group by 1) t), '[]')`;

/**
 * Everything that a report on a fund says, in one statement: figures read one after another would differ by what happened in between, and a
 * difference of one is a person.
 */
export async function readFacts(db: Db, about: ReportedFund, span: Span): Promise<FundFacts> {
  const { fundId, from, to } = span;
  const beginning = sql`(${from}::date::timestamp at time zone ${about.timeZone})`;
  const end = sql`((${to}::date + 1)::timestamp at time zone ${about.timeZone})`;
  const recent = from === null ? sql`true` : sql`paid_on >= ${from}::date`;
  const row = await db.first<FundFacts>(sql`
    with movements as (
      select event, sum(amount)::text as until, coalesce(sum(amount) filter (where at < ${beginning}), 0)::text as before
      from (${moved(about, end)}) m group by event
    ), paid as materialized (${paidBy(span)}
    ), told as materialized (${toldElsewhere(fundId)}
    ), uncounted as materialized (${uncounted(fundId)}
    ), alike as (
      select sex, age_band, has_disability, wilaya_number, kind, count(*)::int as people
      from uncounted where not is_told group by 1, 2, 3, 4, 5
    ), households as (
      select household_id, bool_or(is_told) as told, bool_or(not is_told) as fresh from uncounted where not exists
        (select from reported_people r where r.fund_id = ${fundId} and r.household_id = uncounted.household_id) group by 1
    ), spread as materialized (
      select wilaya_number, kind, count(*)::int as count, sum(amount) as amount, min(paid_on) as first from paid group by 1, 2
    ), through as materialized (
      select wilaya_number, channel, sum(transfers)::int as transfers, count(*)::int as people
      from (select wilaya_number, channel, person, count(*) as transfers from paid where ${recent} group by 1, 2, 3) p group by 1, 2
    ), approved as (
      select list_id, max(at) as at from payment_list_hands
      where hand = 'approver' and list_id in (select list_id from payment_list_funds where fund_id = ${fundId}) group by list_id
    ), waits as (
      select count(*) as n, percentile_cont(array[0.5, 0.9]) within group (order by days) as days,
        count(*) filter (where recent) as n_recent, percentile_cont(array[0.5, 0.9]) within group (order by days) filter (where recent) as recent
      from (select extract(epoch from paid.paid_at - approved.at) / 86400 as days, ${from === null ? sql`false` : recent} as recent
        from paid join approved on approved.list_id = paid.list_id) w
    ), since_start as (
      select jsonb_build_object('median', round(days[1]::numeric, 1), 'p90', round(days[2]::numeric, 1), 'of', n) as said from waits
    )
    select coalesce((select jsonb_agg(to_jsonb(m)) from movements m), '[]') as movements,
      (select coalesce(sum(count), 0)::int from spread) as transfers, (select min(first)::text from spread) as "firstPaidOn",
      coalesce((select jsonb_agg(to_jsonb(t)) from
        (select wilaya_number as name, sum(count)::int as count, sum(amount)::text as amount from spread group by 1) t), '[]') as "paidIn",
      coalesce((select jsonb_agg(to_jsonb(t)) from
        (select kind as name, sum(count)::int as count, sum(amount)::text as amount from spread group by 1) t), '[]') as "paidAs",
      (select count(*)::int from uncounted where not is_told) as "newPeople",
      (select count(*)::int from uncounted where is_told) as "toldBefore",
      (select count(*)::int from households where fresh) as "newHouseholds",
      (select count(*)::int from households where told) as "toldHouseholds",
      (select count(*)::int from households) as "bothHouseholds",
      coalesce((select jsonb_agg(to_jsonb(t)) from (select r.wilaya_number as name, count(*)::int as people
        from reported_people r, funds f where f.id = ${fundId} and r.programme_id = f.programme_id and not r.is_told_before
        group by 1) t), '[]') as "toldIn",
      ${others(sql`wilaya_number`, recent)} as "othersIn", ${others(sql`kind`, recent)} as "othersAs",
      (select count(*)::int from (select from paid where ${recent} group by person) p) as "peopleInPeriod",
      (select count(*)::int from (select from paid where ${recent} group by household_id) h) as "householdsInPeriod",
      coalesce((select jsonb_agg(jsonb_build_object('sex', sex, 'ageBand', age_band, 'hasDisability', has_disability,
        'wilaya', wilaya_number, 'kind', kind, 'people', people)) from alike), '[]') as fresh,
      (select said from since_start) as "daysSinceStart",
      ${
        from === null
          ? sql`(select said from since_start)`
          : sql`(select jsonb_build_object('median', round(recent[1]::numeric, 1), 'p90', round(recent[2]::numeric, 1), 'of', n_recent) from waits)`
      } as "daysInPeriod",
      (select jsonb_agg(jsonb_build_object('number', number, 'name', name_fr, 'nameAr', name_ar, 'pcode', pcode, 'paidBy', (
          select jsonb_object_agg(c.channel, jsonb_build_object('transfers', coalesce(t.transfers, 0), 'people', coalesce(t.people, 0)))
          from unnest(${[...channels]}::text[]) as c (channel) left join through t on t.channel = c.channel and t.wilaya_number = number)) order by number)
        from wilayas) as wilayas,
      coalesce((select jsonb_agg(jsonb_build_object('reference', c.reference, 'receivedOn', c.received_on, 'amount', c.amount::text)
        order by c.received_on, c.id) from contributions c where c.fund_id = ${fundId} and c.recorded_at < ${end}
          and not exists (select from journal_entries e join journal_entries r on r.reverses = e.id
            where e.subject_id = c.id and r.at < ${end})), '[]') as contributions`);
  if (!row) throw new Error('a statement that always has a row had none');
  return row;
}

/**
 * Counts people as reached by a report: each whom none of the fund has counted, as they were when first paid.
 * @param which those who are in no table yet, and those who are in another fund's
 * @returns how many
 */
export const countPeopleIn = (tx: Tx, span: Span, number: number, which: { fresh: boolean; told: boolean }): Promise<number> =>
  tx.run(sql`with paid as materialized (${paidBy(span)}), told as materialized (${toldElsewhere(span.fundId)}),
      uncounted as (${uncounted(span.fundId)})
    insert into reported_people (fund_id, programme_id, beneficiary_id, household_id, number, is_told_before, sex, age_band, has_disability,
      wilaya_number, kind)
    select f.id, f.programme_id, person, household_id, ${number}::int, is_told, sex, age_band, has_disability, wilaya_number, kind
    from uncounted, funds f where f.id = ${span.fundId} and case when is_told then ${which.told}::boolean else ${which.fresh}::boolean end`);

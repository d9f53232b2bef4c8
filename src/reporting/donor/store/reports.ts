import { type Db, sql, type Tx } from '../../../platform/index.ts';
import { type Cell, THRESHOLD } from '../counting/index.ts';
import type { Earlier, PaidThen } from '../paid-since.ts';
import type { Prepared } from '../rules.ts';
import type { DonorReport } from '../types.ts';

/** A report as it is kept. */
export interface KeptReport {
  readonly id: string;
  readonly report: DonorReport;
}

/** A report that was published, by its number; the last one without. */
export const findReport = (db: Db, fundId: string, number: number | null): Promise<KeptReport | undefined> =>
  db.first(sql`select id, content as report from donor_reports where fund_id = ${fundId} and (${number}::int is null or number = ${number})
    order by number desc limit 1`);

/** What was published of a fund before. */
export async function earlierOf(db: Db, fundId: string): Promise<Earlier & { readonly reports: number }> {
  const sums = await db.first<{
    people: number;
    toldBefore: number;
    households: number;
    transfers: number;
    sharing: number;
    reports: number;
  }>(sql`
    select coalesce(sum(new_people), 0)::int as people, coalesce(sum(told_before), 0)::int as "toldBefore", coalesce(sum(new_households), 0)::int as households,
      coalesce(sum(new_transfers), 0)::int as transfers, count(*)::int as reports,
      coalesce((select (r.content #>> '{reached,people}')::int - (r.content #>> '{reached,households}')::int from donor_reports r
        where r.fund_id = ${fundId} and (r.content #>> '{reached,newHouseholds}')::int > 0 order by r.number desc limit 1), 0) as sharing
    from donor_reports where fund_id = ${fundId}`);
  const cells = await db.all<Cell>(sql`select breakdown, cell, people, transfers, amount::text, is_shown as "isShown"
    from published_cells where fund_id = ${fundId} order by number`);
  const waiting = await db.all<PaidThen>(sql`select r.from_date::text as "from", r.to_date::text as "to",
      coalesce(jsonb_object_agg(c.cell, c.transfers) filter (where c.breakdown = 'wilaya'), '{}') as "in",
      coalesce(jsonb_object_agg(c.cell, c.transfers) filter (where c.breakdown = 'kind'), '{}') as "as"
    from donor_reports r join published_cells c on c.fund_id = r.fund_id and c.number = r.number and c.transfers > 0
    where r.fund_id = ${fundId} and r.number > coalesce((select max(number) from donor_reports where fund_id = ${fundId} and new_people > 0), 0)
    group by r.number, r.from_date, r.to_date order by r.number`);
  const last = await findReport(db, fundId, null);
  const { people = 0, toldBefore = 0, households = 0, transfers = 0, sharing = 0, reports = 0 } = sums ?? {};
  return { last: last?.report, people, toldBefore, households, transfers, sharing, reports, waiting, cells };
}

/** The number of the last report; 0 when there is none. */
export const lastNumber = async (db: Db, fundId: string): Promise<number> =>
  (await db.first<{ number: number }>(sql`select coalesce(max(number), 0) as number from donor_reports where fund_id = ${fundId}`))
    ?.number ?? 0;

/** Reports of a programme are published one after the other: no two of them tell of the same people. */
export async function lockReports(tx: Tx, programmeId: string): Promise<void> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended('donor_reports/' || ${programmeId}::text, 0))`);
}

export async function insertReport(tx: Tx, id: string, prepared: Prepared, by: string, at: Date): Promise<void> {
  const { report, newPeople, toldBefore, newHouseholds, newTransfers, cells } = prepared;
  const { fund, number, period } = report;
  await tx.run(sql`insert into donor_reports (id, fund_id, number, from_date, to_date, new_people, told_before, new_households, new_transfers,
      content, published_by, published_at)
    values (${id}, ${fund.id}, ${number}, ${period.from}, ${period.to}, ${newPeople}, ${toldBefore}, ${newHouseholds}, ${newTransfers},
      ${JSON.stringify(report)}::jsonb, ${by}, ${at})`);
  await tx.insert(
    'published_cells',
    cells.map(({ isShown, ...cell }) => ({ fund_id: fund.id, number, ...cell, is_shown: isShown })),
  );
}

export const keepDraftRow = (tx: Tx, report: DonorReport, at: Date): Promise<number> =>
  tx.run(sql`insert into report_drafts (fund_id, content, computed_at) values (${report.fund.id}, ${JSON.stringify(report)}::jsonb, ${at})
    on conflict (fund_id) do update set content = excluded.content, computed_at = excluded.computed_at`);

export const findDraft = async (db: Db, fundId: string): Promise<DonorReport | undefined> =>
  (await db.first<{ report: DonorReport }>(sql`select content as report from report_drafts where fund_id = ${fundId}`))?.report;

/** Funds in whose books something has happened since their draft. */
export const fundsToDraft = (db: Db): Promise<{ id: string }[]> =>
  db.all(sql`select f.id from funds f left join report_drafts d on d.fund_id = f.id
    where exists (select from journal_entries e where e.fund_id = f.id and (d.computed_at is null or e.at > d.computed_at)) order by f.id`);

/**
 * Funds of whose last month, or quarter where that is how often they publish, nothing was published though it has been over for some days, and its
 * last day; those that publish by hand are none. After the report of a
 * fund's last movement one more says what was booked late; then there are none. A fund with a handful of new pay-outs waits, and is not read.
 */
export const fundsDue = (db: Db, now: Date, afterDays: number): Promise<{ id: string; to: string }[]> =>
  db.all(sql`with due as materialized (
      select f.id, d.month_end, coalesce(last.told, 0) as told from funds f join programmes p on p.id = f.programme_id
        left join report_publishers w on w.fund_id = f.id
        cross join lateral (select (date_trunc(case w.publishes when 'quarterly' then 'quarter' else 'month' end, (${now}::timestamptz at time zone p.time_zone) - ${afterDays} * interval '1 day')
          - interval '1 day')::date as month_end) d
        left join lateral (select r.from_date, r.to_date, (select sum(new_transfers) from donor_reports where fund_id = f.id) as told
          from donor_reports r where r.fund_id = f.id order by r.number desc limit 1) last on true
      where w.publishes is distinct from 'by_hand' and (last.to_date is null or last.to_date < d.month_end)
        and exists (select from journal_entries e where e.fund_id = f.id and e.at < (d.month_end + 1)::timestamp at time zone p.time_zone
          and e.at >= coalesce(last.from_date::timestamp at time zone p.time_zone, '-infinity'))
    )
    select id, month_end::text as to from due
      cross join lateral (select count(*) as paid from payment_list_funds li
        join vouchers v on v.list_id = li.list_id and v.fund_id = li.fund_id
        join payouts p on p.voucher_id = v.id and p.voided_at is null and p.paid_on <= due.month_end
        where li.fund_id = due.id) now
    where now.paid = due.told or now.paid >= due.told + ${THRESHOLD}
    order by id`);

export const insertDownload = (
  tx: Tx,
  row: { id: string; report_id: string; format: string; taken_by: string; taken_at: Date },
): Promise<void> => tx.insert('report_downloads', [row]);

/** A report in a list. */
export interface ListedReport {
  readonly number: number;
  readonly from: string | null;
  readonly to: string;
  readonly publishedAt: string;
  readonly publishedBy: string;
  /** How often it was taken out as a file. */
  readonly downloads: number;
}

export const pageOfReports = (db: Db, fundId: string, limit: number, before: number | null): Promise<ListedReport[]> =>
  db.all(sql`select r.number, r.from_date as "from", r.to_date as "to", to_jsonb(r.published_at at time zone 'UTC') #>> '{}' || 'Z' as "publishedAt",
      r.published_by as "publishedBy", (select count(*)::int from report_downloads d where d.report_id = r.id) as downloads
    from donor_reports r where r.fund_id = ${fundId} and (${before}::int is null or r.number < ${before})
    order by r.number desc limit ${limit}`);

import type { Period } from '../../ledger/index.ts';
import { type Db, sql } from '../../platform/index.ts';

/** Something that a period leaves open, by name. */
export interface LeftOver {
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
}

/**
 * Pay-outs of a period at offices that no paper of the post was compared with: no line of it was matched with them, and no exception that it showed is
 * about them. The day of a statement says nothing of them: what was paid after it was written is in none.
 */
export const uncomparedPayouts = (db: Db, { programmeId, startsOn, endsOn }: Period, limit: number): Promise<LeftOver[]> =>
  db.all(sql`
    select p.id, coalesce(o.code, p.office_id::text) || ' ' || p.paid_on || ' ' || p.serial as name, p.amount::text, p.currency from (
      select p.id, p.office_id, p.paid_on, p.amount, p.currency, v.serial from payouts p join vouchers v on v.id = p.voucher_id
      where p.paid_on between ${startsOn} and ${endsOn} and p.office_id is not null and p.voided_at is null and v.programme_id = ${programmeId}
        and not exists (select from payout_lines m where m.payout_id = p.id)
        and not exists (select from exceptions e join statements s on s.id = e.statement_id and s.source = 'post' where e.payout_id = p.id
          and e.resolution is distinct from 'superseded')
      order by p.paid_on, p.id limit ${limit}) p
    left join offices o on o.id = p.office_id order by p.paid_on, p.id`);

/** Settlements that were made out in a period, or before, and are not paid; and those that were paid in it without the bank's line. */
export const settlementsNotClosed = (db: Db, { programmeId, from, until }: Period, limit: number): Promise<LeftOver[]> =>
  db.all(sql`
    select s.id, s.reference || ' ' || s.state as name, s.amount::text, s.currency from settlements s
    where s.programme_id = ${programmeId} and s.made_at < ${until}::timestamptz
      and (s.state in ('draft', 'submitted', 'approved', 'instructed')
        or s.state = 'paid' and not exists (select from settlement_bank_lines b where b.settlement_id = s.id) and s.paid_at >= ${from}::timestamptz and s.paid_at < ${until}::timestamptz)
    order by s.id limit ${limit}`);

/** What the books posted for a line `l` of the bank: for the records that it is matched with, or as a loss or a settlement that came back, as somebody resolved of it. */
const postedFor = sql`(
  select coalesce(c.id, t.target_id) as subject_id from statement_match_targets t
    left join exception_decisions d on t.target_type = 'cash_recovery' and d.id = t.target_id and d.kind = 'claim_repaid'
    left join claims c on c.ended_by = d.id
    where t.statement_line_id = l.id
  union all
  select d.id from exceptions e join exception_decisions d on d.exception_id = e.id and d.kind in ('write_off', 'returned_by_bank') and d.state = 'approved' and d.undone_by is null
    where e.statement_line_id = l.id)`;

/** What lines of the bank that are nobody's here come to by then: the account holds so much more than our funds. */
const others = sql`cross join lateral (select coalesce(sum(case when l.kind in ('deposit', 'reversal') then l.amount else -l.amount end), 0) as amount
  from exceptions e join exception_decisions d on d.exception_id = e.id and d.kind = 'not_ours' and d.state = 'approved' and d.undone_by is null
    join statement_lines l on l.id = e.statement_line_id and l.currency = said.currency and l.paid_on <= said.day
  where e.programme_id = p.id) others`;

/**
 * Currencies in which the last statements of the bank until a period's end, one for each account, say something else than the books do at the
 * end of the last of those days: what the books hold more. Of several that close on a day the last is the one that no other goes on from. What
 * the bank moved by then and the books posted only afterwards, as a statement is read on the morning after, counts as posted by then, and what
 * the books posted by then and the bank moved afterwards as not yet: a line of the bank says of each which it is. What two people said is not ours
 * counts beside what the books hold.
 */
export const bankDifferences = (db: Db, { programmeId, startsOn, endsOn }: Period): Promise<LeftOver[]> =>
  db.all(sql`
    with closings as (
      select c.* from (
        select p.statement_id, p.number, p.account, p.currency, p.opening, p.closing, coalesce(p.to_date, s.to_date) as day,
          max(coalesce(p.to_date, s.to_date)) over (partition by p.account, p.currency) as last_day
        from statement_parts p join statements s on s.id = p.statement_id
        where s.programme_id = ${programmeId} and s.source = 'bank' and s.state in ('staged', 'reconciled') and p.closing is not null
          and not p.interim and coalesce(p.to_date, s.to_date) <= ${endsOn}) c
      where c.day = c.last_day)
    select ${programmeId}::uuid as id, said.currency || ' ' || said.day as name, (books.amount + passing.amount + others.amount - said.closing)::text as amount, said.currency
    from (select last.currency, sum(last.closing) as closing, max(last.day) as day from (
        select distinct on (c.account, c.currency) c.currency, c.closing, c.day from closings c
        order by c.account, c.currency, exists (select from closings n where n.account is not distinct from c.account and n.currency = c.currency
          and n.opening = c.closing and (n.statement_id, n.number) <> (c.statement_id, c.number)), c.statement_id desc, c.number desc) last
      group by last.currency having max(last.day) >= ${startsOn}) said
    join programmes p on p.id = ${programmeId}
    cross join lateral (select (said.day + 1)::timestamp at time zone p.time_zone as at) night
    cross join lateral (select coalesce(sum(balance_until(a.id, night.at)), 0) as amount
      from funds f join accounts a on a.fund_id = f.id
      where f.programme_id = p.id and a.kind = 'bank' and a.currency = said.currency) books
    cross join lateral (select coalesce(sum(case when l.paid_on <= said.day then g.amount else -g.amount end), 0) as amount
      from statements s join statement_lines l on l.statement_id = s.id and l.currency = said.currency
        cross join lateral ${postedFor} m
        join journal_entries e on e.subject_id = m.subject_id and (e.at < night.at) <> (l.paid_on <= said.day)
        join postings g on g.entry_id = e.id join accounts a on a.id = g.account_id and a.kind = 'bank' and a.currency = said.currency
      where s.programme_id = p.id and s.source = 'bank' and s.state in ('staged', 'reconciled')) passing
    ${others}
    where books.amount + passing.amount + others.amount <> said.closing order by said.currency`);

/** Days of a period on which the books moved money at the bank, and that no matched statement of the bank covers: what came in, less what left. */
export const bankDaysUncovered = (db: Db, { programmeId, from, until }: Period, limit: number): Promise<LeftOver[]> =>
  db.all(sql`
    select ${programmeId}::uuid as id, m.currency || ' ' || m.day || ' no statement' as name, m.amount::text, m.currency
    from (select a.currency, (g.at at time zone p.time_zone)::date as day, sum(g.amount) as amount
      from programmes p join funds f on f.programme_id = p.id join accounts a on a.fund_id = f.id and a.kind = 'bank'
        join postings g on g.account_id = a.id and g.at >= ${from}::timestamptz and g.at < ${until}::timestamptz
      where p.id = ${programmeId} group by 1, 2) m
    where not exists (select from statements s left join statement_parts t on t.statement_id = s.id
      where s.programme_id = ${programmeId} and s.source = 'bank' and s.state = 'reconciled' and coalesce(t.currency, m.currency) = m.currency
        and m.day between coalesce(t.from_date, s.from_date) and coalesce(t.to_date, s.to_date))
    order by m.day, m.currency limit ${limit}`);

import { type Db, type Sql, sql } from '../../../platform/index.ts';
import { isReference } from '../references.ts';
import type { MatchedStatement } from '../types.ts';
import { calledOff, linesToName, linesWith, named, type Rows, saidAgain } from './named.ts';
import type { LineFacts } from './types.ts';

/** The one pay-out that a line is matched with; `limit 1` keeps the planner from reading all that there are for every line. */
const payoutOf = (line: Sql): Sql =>
  sql`(select own.target_id from statement_match_targets own where own.statement_line_id = ${line} and own.part = 0 and own.target_type = 'payout' limit 1)`;

const takesBack = sql`l.kind in ('reversal', 'deposit_reversal')`;

/** That a reversal of its file is matched with a payment `l`. */
const isTakenBack = sql`coalesce(l.statement_id = (select r.statement_id from statement_match_targets t join statement_lines r on r.id = t.statement_line_id
  where t.target_type = 'line' and t.target_id = l.id limit 1), false)`;

/** The settlement, where it is one alone, that a line was matched with which a reversal `l` takes back. */
const returned = sql`(select (array_agg(x.target_id))[1] from statement_match_targets t
    join statement_match_targets x on x.statement_line_id = t.target_id and x.target_type = 'settlement'
  where t.statement_line_id = l.id and t.target_type = 'line' having count(*) = 1)`;

/** How many lines of one reference are looked at for one that is matched: a whole day may have the same. */
const ALIKE = 20;

/** That another line of its file says the same as a payment `x` without a serial, by one reference, and is matched. */
const saidByMatched = sql`x.serial is null and ${isReference(sql`x.reference`)} and (
  select true from (select * from statement_lines y where y.reference = x.reference and y.kind = x.kind and y.amount = x.amount
      order by y.paid_on desc, y.row_number desc limit ${ALIKE}) y
    join statement_matches m on m.statement_line_id = y.id
  where y.statement_id = x.statement_id and y.serial is null and row (y.our_reference, y.office_code, y.document_last_four)
    is not distinct from row (x.our_reference, x.office_code, x.document_last_four) limit 1) is not null`;

/** That a reversal `l` takes back a line of its file that is nothing of ours, while another line of the file is what it was of. */
const takesBackWhatIsPaid = sql`(
  select true from (select * from statement_match_targets t where t.statement_line_id = l.id offset 0) t
    cross join lateral (select * from statement_lines x where x.id = t.target_id offset 0) x
  where t.target_type = 'line' and x.statement_id = l.statement_id
    and (select true from statement_matches m where m.statement_line_id = x.id limit 1) is null
    and (claim.statement_id = l.statement_id or ${saidByMatched}) limit 1) is not null`;

const quotedId = sql`case when l.our_reference ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then l.our_reference::uuid end`;

/**
 * What we know of those lines that may need a name: unmatched, or matched with something else to say. Every look-up goes by an index from
 * the line, because the planner knows nothing yet of lines that were stored a moment ago and would compare all with all.
 */
export async function lineFacts(db: Db, statement: MatchedStatement, rows: Rows): Promise<LineFacts[]> {
  const { programmeId, source } = statement;
  const lines = await linesToName(db, statement, rows);
  if (lines.length === 0) return [];
  const again = await saidAgain(db, statement, lines);
  const serialAgain = sql`l.id = any(${again.serial}::uuid[])`;
  const referenceAgain = sql`l.id = any(${again.reference}::uuid[])`;
  return db.all<LineFacts>(sql`
    with named as materialized (${named(statement, lines)}),
    records as materialized (
      select r.target_type, (array_agg(r.target_id order by r.target_id))[1] as id, lower(r.reference) as reference, r.line_kind, r.currency,
        sum(r.amount) as amount,
        bool_and(exists (select from statement_match_targets t where t.target_type = r.target_type and t.target_id = r.target_id)) as claimed
      from statement_targets r where r.programme_id = ${programmeId} and r.target_type <> 'fee'
        and exists (select from named where ${source} = 'bank' or kind = 'deposit')
      group by r.target_type, lower(r.reference), r.line_kind, r.currency),
    quoted as materialized (
      select distinct on (n.id) n.id as line_id, r.*,
        row_number() over (partition by r.target_type, r.id, n.amount, n.currency order by n.row_number) > 1 as again
      from named n cross join lateral unnest(array[lower(n.our_reference), lower(n.reference)]) as q (reference)
        join records r on r.reference = q.reference and ${isReference(sql`q.reference`)} and (r.line_kind = n.kind
          -- What the post names it is paid by, and what the bank sends back.
          or r.target_type = 'settlement' and (${source} = 'post' or n.kind = 'deposit'))
      order by n.id, ${source} = 'bank' and r.line_kind <> n.kind, r.claimed, r.currency = n.currency desc, r.id)
    select l.id as "lineId", l.row_number as "row", l.kind, l.serial, l.amount::text, l.currency, l.office_code as "officeCode",
      l.paid_on as "paidOn", l.document_last_four as "documentLastFour", coalesce(l.unread, '{}') as unread, l.pass,
      ${serialAgain} as "serialBefore", v.id is null and ${referenceAgain} as "referenceBefore",
      l.serial is not null and l.kind = 'reversal' and exists (select from ${linesWith(sql`x.serial = l.serial and x.kind = 'payment'`)}
        join statements s on s.id = x.statement_id where s.programme_id = ${programmeId} and s.state <> 'withdrawn') as "hasPaymentLine",
      case l.kind when 'payment' then ${isTakenBack} when 'reversal' then ${takesBackWhatIsPaid} else false end as "isUndone",
      earlier.name as "earlierStatement",
      case when v.id is not null then jsonb_build_object('state', v.state, 'amount', v.amount::text, 'currency', v.currency,
        'expiredOn', (v.expires_at at time zone g.time_zone)::date,
        'cancelledOn', case v.state when 'cancelled' then (select (j.at at time zone g.time_zone)::date from journal_entries j
          where j.subject_id = v.id and j.event = 'cancellation' limit 1) end) end as voucher,
      case when p.id is not null then jsonb_build_object('id', p.id, 'paidOn', p.paid_on, 'isVoided', p.voided_at is not null,
        'officeCode', o.code, 'documentLastFour', p.document_last_four,
        'isClaimedHere', claim.statement_id is not null and claim.statement_id = l.statement_id,
        'claimedIn', case when claim.statement_id <> l.statement_id then claim.name end,
        'isApart', exists (select from statement_decisions d where d.statement_line_id = l.id and d.target_id = p.id and d.verdict = 'apart')) end as payout,
      case when q.id is not null then jsonb_build_object('type', q.target_type, 'id', q.id, 'amount', q.amount::text, 'currency', q.currency,
        'isClaimed', case ${source} when 'post' then q.again else q.claimed end) end as quoted,
      case when l.pass is not null then ${calledOff} end as "calledOff",
      case when ${source} = 'bank' and l.kind = 'reversal' then ${returned} end as "returned", l.withheld
    from named l
      join programmes g on g.id = ${programmeId}
      left join lateral (${payoutOf(sql`l.id`)}) own (id) on true
      left join lateral (select coalesce(own.id, (select ${payoutOf(sql`t.target_id`)} from statement_match_targets t
        where t.statement_line_id = l.id and t.target_type = 'line' limit 1), case when l.serial is null and (l.pass is null or ${takesBack}) then ${quotedId} end) as id) known on true
      left join lateral (
        select v.* from vouchers v where v.serial = l.serial and v.programme_id = ${programmeId} and (l.pass is null or ${takesBack})
        union all select v.* from payouts k join vouchers v on v.id = k.voucher_id and v.programme_id = ${programmeId}
          where (l.serial is null or own.id is not null) and k.id = known.id
        limit 1) v on true
      left join lateral (
        select p.* from payouts p where p.voucher_id = v.id and p.office_id is not null
        order by p.id = known.id desc nulls last, p.voided_at is null desc, p.paid_at desc limit 1) p on true
      left join offices o on o.id = p.office_id
      left join lateral (
        select s.id as statement_id, s.name from statement_match_targets t join statement_lines x on x.id = t.statement_line_id
          join statements s on s.id = x.statement_id
        where t.target_type = 'payout' and t.target_id = p.id and t.statement_line_id <> l.id limit 1) claim on true
      left join lateral (
        select s.name from (
          select * from ${linesWith(sql`x.serial = l.serial and x.kind = l.kind and not ${serialAgain}`)}
          union all select * from ${linesWith(sql`x.reference = l.reference and x.kind = l.kind and x.amount = l.amount
            and x.paid_on = l.paid_on and l.serial is null and not ${referenceAgain} and ${isReference(sql`l.reference`)}`)}
            where x.serial is null and x.currency = l.currency) x
          join statements s on s.id = x.statement_id
        where x.reference = l.reference and x.statement_id < l.statement_id
          and s.programme_id = ${programmeId} and s.source = ${source} and s.state <> 'withdrawn' and l.pass is null
        order by x.statement_id limit 1) earlier on true
      left join quoted q on q.line_id = l.id
    order by l.row_number`);
}

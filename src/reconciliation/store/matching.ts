import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { type Period, TOLERANCE_DAYS } from '../rules.ts';
import type { Finding, LineFacts, MatchPass } from '../types.ts';

interface Pass {
  readonly name: MatchPass;
  /** What must hold besides serial, amount and currency. */
  readonly condition: Sql;
  readonly reason: Sql;
}

/** How a line finds its pay-out, the surest way first. */
const passes: readonly Pass[] = [
  {
    name: 'exact',
    condition: sql`l.paid_on = p.paid_on and lower(l.reference) = p.id::text`,
    reason: sql`'The post quotes our pay-out, and serial, amount and date agree.'`,
  },
  {
    name: 'serial_amount_date',
    condition: sql`l.paid_on = p.paid_on`,
    reason: sql`'Serial, amount and date agree.'`,
  },
  {
    name: 'tolerance',
    condition: sql`abs(l.paid_on - p.paid_on) <= ${TOLERANCE_DAYS}::int`,
    reason: sql`'Serial and amount agree; the dates are ' || abs(l.paid_on - p.paid_on) || ' days apart.'`,
  },
];

/** Matches a statement's payments with our pay-outs, one statement of SQL for each pass. */
export async function matchLines(tx: Tx, programmeId: string, statementId: string, by: string, at: Date): Promise<void> {
  for (const { name, condition, reason } of passes) {
    await tx.run(sql`
      insert into statement_matches (statement_line_id, payout_id, pass, reason, matched_by, matched_at)
      select distinct on (p.id) l.id, p.id, ${name}, ${reason}, ${by}::uuid, ${at}::timestamptz
      from statement_lines l
        join vouchers v on v.serial = l.serial and v.programme_id = ${programmeId}
        join payouts p on p.voucher_id = v.id and p.office_id is not null and p.voided_at is null and p.amount = l.amount and p.currency = l.currency and ${condition}
      where l.statement_id = ${statementId} and l.kind = 'payment'
        and not exists (select from statement_matches m where m.statement_line_id = l.id)
        and not exists (select from statement_matches m where m.payout_id = p.id)
      order by p.id, abs(l.paid_on - p.paid_on), l.row_number`);
  }
}

/**
 * What we know of each line of a statement, in the order of the file. Every look-up goes by an index from the line, because the
 * planner knows nothing yet of lines that were stored a moment ago and would compare all with all.
 */
export async function lineFacts(db: Db, programmeId: string, statementId: string): Promise<LineFacts[]> {
  return db.all<LineFacts>(sql`
    select l.id as "lineId", l.kind, l.amount::text, l.currency, l.office_code as "officeCode", l.paid_on as "paidOn",
      l.document_last_four as "documentLastFour", m.payout_id is not null as "isMatched",
      row_number() over (partition by l.kind, l.serial order by m.payout_id is null, l.row_number)::int as "turnOfSerial",
      row_number() over (partition by l.kind, l.reference order by m.payout_id is null, l.row_number)::int as "turnOfReference",
      earlier.name as "earlierStatement",
      case when v.id is not null then jsonb_build_object('state', v.state, 'amount', v.amount::text, 'currency', v.currency,
        'expiredOn', (v.expires_at at time zone pr.time_zone)::date) end as voucher,
      case when p.id is not null then jsonb_build_object('id', p.id, 'paidOn', p.paid_on, 'isVoided', p.voided_at is not null,
        'officeCode', o.code, 'documentLastFour', p.document_last_four) end as payout,
      exists (select from statement_lines e where e.serial = l.serial and e.kind = 'payment'
        and (select s.programme_id from statements s where s.id = e.statement_id) = ${programmeId}) as "hasPaymentLine"
    from statement_lines l
      left join statement_matches m on m.statement_line_id = l.id
      left join vouchers v on v.serial = l.serial and v.programme_id = ${programmeId}
      left join programmes pr on pr.id = v.programme_id
      left join lateral (
        select * from payouts where voucher_id = v.id and office_id is not null order by voided_at is null desc, paid_at desc limit 1
      ) p on true
      left join offices o on o.id = p.office_id
      left join lateral (
        select e.name from (
          select x.id, x.reference, (select m.payout_id from statement_matches m where m.statement_line_id = x.id) as payout_id,
            (select s.name from statements s where s.id = x.statement_id and s.programme_id = ${programmeId}) as name
          from statement_lines x where x.serial = l.serial and x.kind = l.kind and x.statement_id <> l.statement_id
        ) e
        where e.name is not null and (e.reference = l.reference or e.payout_id = p.id)
        order by e.id limit 1
      ) earlier on true
    where l.statement_id = ${statementId}
    order by l.row_number`);
}

/**
 * Our pay-outs at offices in a period that no statement has: neither matched, nor named by the exception of some line, nor reported
 * missing and still open.
 */
export async function payoutsNotListed(db: Db, programmeId: string, { from, to }: Period): Promise<Finding[]> {
  const rows = await db.all<{ payoutId: string; paidOn: string; serial: string }>(sql`
    select p.id as "payoutId", p.paid_on as "paidOn", v.serial from payouts p join vouchers v on v.id = p.voucher_id
    where v.programme_id = ${programmeId} and p.office_id is not null and p.voided_at is null and p.paid_on between ${from} and ${to}
      and not exists (select from statement_matches m where m.payout_id = p.id)
      and not exists (select from exceptions e where e.payout_id = p.id and (e.statement_line_id is not null or e.state = 'open'))
    order by p.paid_on, p.id`);
  return rows.map(({ payoutId, paidOn, serial }) => ({
    kind: 'ours_not_in_statement',
    detail: `We paid voucher ${serial} on ${paidOn}; the post does not list it.`,
    lineId: null,
    payoutId,
  }));
}

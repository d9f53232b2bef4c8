import { type Db, type Sql, sql } from '../../../platform/index.ts';
import type { Finding } from '../../types.ts';
import type { MatchedStatement } from '../types.ts';

/** What a statement should list and does not; where to go on, as days after its first, or null when nothing is left. */
export interface Missing {
  readonly findings: Finding[];
  readonly next: number | null;
}

/** That an exception `o` of some line stands, which names a record; not where somebody decided that the line is another. */
const names = (record: Sql): Sql => sql`o.statement_line_id is not null and o.resolution is distinct from 'superseded'
  and 'apart' is distinct from (select d.verdict from statement_decisions d where d.statement_line_id = o.statement_line_id
    and d.target_id = ${record} order by d.id desc limit 1)`;

/** That a pay-out is named by the exception of some line. */
export const namedByLine = (payout: Sql): Sql => sql`exists (select from exceptions o where o.payout_id = ${payout} and ${names(payout)})`;

/** Of these alone, where somebody asks for some. */
const among = (id: Sql, only: readonly string[] | undefined): Sql => (only ? sql`${id} = any(${only}::uuid[])` : sql`true`);

/**
 * Our pay-outs at offices in the period of a statement of the post that no line has claimed, from a day on: neither named by the exception
 * of some line, nor reported missing before.
 */
export async function payoutsNotListed(
  db: Db,
  { id, programmeId, from, to }: MatchedStatement,
  day: number,
  batch: number,
  only?: readonly string[],
): Promise<Missing> {
  const rows = await db.all<{ payoutId: string; paidOn: string; serial: string; day: number }>(sql`
    select p.id as "payoutId", p.paid_on as "paidOn", v.serial, p.paid_on - ${from}::date as day
    from payouts p join vouchers v on v.id = p.voucher_id and v.programme_id = ${programmeId}
    where p.office_id is not null and p.voided_at is null and p.paid_on between ${from}::date + ${day}::int and ${to}::date
      and not exists (select from statement_match_targets t where t.target_type = 'payout' and t.target_id = p.id)
      and not ${namedByLine(sql`p.id`)}
      and not exists (select from exceptions e where e.payout_id = p.id and e.statement_line_id is null and (e.state <> 'resolved'
        or e.statement_id = ${id} and e.resolution <> 'superseded'))
      and ${among(sql`p.id`, only)}
    order by p.paid_on, p.id limit ${batch}`);
  const last = rows.at(-1);
  return {
    findings: rows.map(({ payoutId, paidOn, serial }) => ({
      kind: 'ours_not_in_statement',
      detail: `We paid voucher ${serial} on ${paidOn}; the post does not list it.`,
      lineId: null,
      payoutId,
    })),
    next: last && rows.length === batch ? last.day : null,
  };
}

const words: Readonly<Record<string, string>> = {
  settlement: 'We paid the post',
  contribution: 'A contribution came in:',
  advance: 'An officer drew an advance:',
  advance_return: 'An officer brought back of an advance:',
  cash_recovery: 'Cash came back:',
};

/** What moved at the bank by our books in the period of its statement, in its currency, that no line of the bank has claimed. */
export async function recordsNotListed(
  db: Db,
  { id, programmeId, from, to, currency }: MatchedStatement,
  only?: readonly string[],
): Promise<Missing> {
  const rows = await db.all<{ type: string; id: string; reference: string; amount: string; bookedOn: string }>(sql`
    select r.target_type as type, r.target_id as id, r.reference, r.amount::text, r.booked_on as "bookedOn" from statement_targets r
    where r.programme_id = ${programmeId} and r.currency = ${currency} and r.booked_on between ${from} and ${to} and r.target_type <> 'fee' and not r.called_off
      and not exists (select from statement_match_targets t where t.target_type = r.target_type and t.target_id = r.target_id)
      and not exists (select from exceptions o where o.record_type = r.target_type and o.record_id = r.target_id and (${names(sql`r.target_id`)}
        or o.statement_line_id is null and (o.state <> 'resolved' or o.statement_id = ${id} and o.resolution <> 'superseded')))
      and ${among(sql`r.target_id`, only)}
    order by r.booked_on, r.target_id`);
  return {
    findings: rows.map((row) => ({
      kind: 'ours_not_in_statement',
      detail: `${words[row.type]} ${row.amount} ${currency} on ${row.bookedOn}, reference ${row.reference}; the bank does not list it.`,
      lineId: null,
      payoutId: null,
      record: { type: row.type, id: row.id },
    })),
    next: null,
  };
}

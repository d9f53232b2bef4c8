import { hasWithdrawn, recordsOf } from '../beneficiaries/index.ts';
import { type Sql, sql, type Tx } from '../platform/index.ts';
import { type Lines, WITHHELD } from './types.ts';

/** Keeps vouchers `v` whose list was submitted under terms that send codes by SMS. */
const whoseCodesGoBySms = sql`join payment_lists l on l.id = v.list_id
      join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version and t.codes_by_sms`;

/** One pending message to the collector of each voucher of a part of a list that has none for its present code, where its terms send codes by SMS. */
export async function insertMessages(tx: Tx, now: Date, listId: string, { from, to }: Lines): Promise<void> {
  await tx.run(sql`insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, next_try_at, created_at)
    select gen_random_uuid(), 'code', v.id, v.counter, v.collector_id, v.list_id, ${now}::timestamptz, ${now}::timestamptz
    from payment_list_lines p cross join lateral (select * from vouchers where line_id = p.id and state = 'issued' limit 1) v ${whoseCodesGoBySms}
    where p.list_id = ${listId} and p.position between ${from} and ${to} on conflict do nothing`);
}

/**
 * One pending message to the collector of each of these vouchers that has none for its present code. What still waits with an older code is
 * given up.
 * @returns their lists
 */
export async function insertNewCodes(tx: Tx, now: Date, voucherIds: readonly string[]): Promise<string[]> {
  await tx.run(sql`update messages m set state = 'failed', last_error = 'replaced', leased_until = null from vouchers v
    where v.id = any(${voucherIds}::uuid[]) and m.voucher_id = v.id and m.counter < v.counter and m.state = 'pending'`);
  const rows = await tx.all<{ listId: string }>(sql`with made as (
      insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, urgent, next_try_at, created_at)
      select gen_random_uuid(), 'code', v.id, v.counter, v.collector_id, v.list_id, true, ${now}::timestamptz, ${now}::timestamptz from vouchers v ${whoseCodesGoBySms}
      where v.id = any(${voucherIds}::uuid[]) and v.state in ('issued', 'activated') on conflict do nothing returning list_id)
    select distinct list_id as "listId" from made order by 1`);
  return rows.map(({ listId }) => listId);
}

/** Whether a message `m` to a voucher `v` may not be sent: whom the money is for or who collects it has taken a consent back. */
export const isWithheld = sql`(${hasWithdrawn(sql`v.beneficiary_id`, ['registration', 'share_with_paying_agent'])}
  or ${hasWithdrawn(sql`m.beneficiary_id`, ['registration', 'share_with_paying_agent', 'contact'])})`;

/** Makes everybody else who records what came of sending to somebody, or for somebody, wait until the transaction ends. */
export async function lockMessages(tx: Tx, beneficiaryId: string): Promise<void> {
  await tx.all(sql`select from messages m join vouchers v on v.id = m.voucher_id
    where v.state in ('issued', 'activated') and ${isFor(beneficiaryId)} order by m.id for update of m`);
}

/** Which messages go to a person, or are about money for them, whichever of their records they were made out to. */
export function isFor(beneficiaryId: string): Sql {
  const records = recordsOf(sql`${beneficiaryId}::uuid`);
  return sql`(v.beneficiary_id = any(${records}) or v.collector_id = any(${records}))`;
}

export const areThese = (ids: readonly string[]): Sql => sql`m.id = any(${ids}::uuid[])`;

/**
 * Lets messages `m` to vouchers `v` wait again that were withheld and need not be any more.
 * @returns the lists they are of
 */
export async function releaseMessages(tx: Tx, which: Sql): Promise<string[]> {
  const rows = await tx.all<{ listId: string }>(sql`with released as (
      update messages m set state = 'pending', last_error = null, dated_at = null from vouchers v
      where v.id = m.voucher_id and v.counter = m.counter and v.state in ('issued', 'activated') and m.state = 'failed' and m.last_error = ${WITHHELD}
        and ${which} and not ${isWithheld} returning m.list_id)
    select distinct list_id as "listId" from released order by 1`);
  return rows.map(({ listId }) => listId);
}

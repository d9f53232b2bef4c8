import { hasWithdrawn, recordsOf } from '../beneficiaries/index.ts';
import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { MessageState } from './rules.ts';
import { isNeedless, putOff } from './texts/put-off.ts';
import { textWhenMade } from './texts/template-store.ts';
import { type Lines, type Message, type PendingMessage, type Sending, WITHHELD } from './types.ts';

/** Keeps vouchers `v` whose list was submitted under terms that send codes by SMS. */
const whoseCodesGoBySms = sql`join payment_lists l on l.id = v.list_id
      join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version and t.codes_by_sms`;

/** One pending message to the collector of each voucher of a part of a list that has none for its present code, where its terms send codes by SMS. */
export async function insertMessages(tx: Tx, now: Date, listId: string, { from, to }: Lines): Promise<void> {
  await tx.run(sql`insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at)
    select gen_random_uuid(), 'code', v.id, v.counter, v.collector_id, v.list_id, ${now}::timestamptz
    from payment_list_lines p cross join lateral (select * from vouchers where line_id = p.id and state = 'issued' limit 1) v ${whoseCodesGoBySms}
    where p.list_id = ${listId} and p.position between ${from} and ${to} on conflict do nothing`);
}

/**
 * One pending message to the collector of each of these vouchers that has none for its present code. What still waits with an older code is
 * given up.
 * @returns their lists
 */
export async function insertNewCodes(tx: Tx, now: Date, voucherIds: readonly string[]): Promise<string[]> {
  await tx.run(sql`update messages m set state = 'failed', last_error = 'replaced' from vouchers v
    where v.id = any(${voucherIds}::uuid[]) and m.voucher_id = v.id and m.counter < v.counter and m.state = 'pending'`);
  const rows = await tx.all<{ listId: string }>(sql`with made as (
      insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at)
      select gen_random_uuid(), 'code', v.id, v.counter, v.collector_id, v.list_id, ${now}::timestamptz from vouchers v ${whoseCodesGoBySms}
      where v.id = any(${voucherIds}::uuid[]) and v.state in ('issued', 'activated') on conflict do nothing returning list_id)
    select distinct list_id as "listId" from made order by 1`);
  return rows.map(({ listId }) => listId);
}

/** Whether a message `m` to a voucher `v` may not be sent: whom the money is for or who collects it has taken a consent back. */
const isWithheld = sql`(${hasWithdrawn(sql`v.beneficiary_id`, ['registration', 'share_with_paying_agent'])}
  or ${hasWithdrawn(sql`m.beneficiary_id`, ['registration', 'share_with_paying_agent', 'contact'])})`;

/** The next messages of a list that wait, by id. */
export const pendingMessages = (db: Db, now: Date, listId: string, after: string | undefined, limit: number): Promise<PendingMessage[]> =>
  db.all<PendingMessage>(sql`select m.id, m.kind, m.attempts, m.created_at as "createdAt", v.id as "voucherId", v.serial, v.amount, v.currency,
      v.key_version as "keyVersion", m.counter, v.expires_at as "expiresAt", p.time_zone as "timeZone", t.code_validity_days as "validityDays",
      t.sender_name as "senderName",
      b.id as "recipientId", b.language, b.data_key, b.phones,
      ${textWhenMade} as template, ${isWithheld} as "isWithheld", ${isNeedless(now)} as "isNeedless", ${putOff(now)} as "putOff"
    from messages m join vouchers v on v.id = m.voucher_id and v.counter = m.counter join programmes p on p.id = v.programme_id
      join payment_lists l on l.id = m.list_id join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version
      join beneficiaries b on b.id = m.beneficiary_id
    where ${allOf([sql`m.list_id = ${listId} and m.state = 'pending'`, ...(after ? [sql`m.id > ${after}`] : [])])}
    order by m.id limit ${limit}`);

/**
 * Writes what came of sending. A message that is no longer pending is left as it is.
 * @returns which codes have been accepted now
 */
export const recordSendings = (tx: Tx, now: Date, sendings: readonly Sending[]): Promise<{ voucherId: string; counter: number }[]> =>
  tx.all(sql`with recorded as (
      update messages m set state = s.state, gateway = s.gateway, gateway_reference = s.reference, segments = s.segments,
        attempts = m.attempts + s.attempted::int, last_error = s.reason,
        accepted_at = case s.state when 'accepted' then ${now}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(sendings)}::jsonb) as s (id uuid, state text, attempted boolean, gateway text,
        reference text, segments smallint, reason text)
      where m.id = s.id and m.state = 'pending' returning m.voucher_id, m.counter, m.state)
    select voucher_id as "voucherId", counter from recorded where state = 'accepted'`);

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
      update messages m set state = 'pending', last_error = null from vouchers v
      where v.id = m.voucher_id and v.counter = m.counter and v.state in ('issued', 'activated') and m.state = 'failed' and m.last_error = ${WITHHELD}
        and ${which} and not ${isWithheld} returning m.list_id)
    select distinct list_id as "listId" from released order by 1`);
  return rows.map(({ listId }) => listId);
}

/** The messages of a list, by id. */
export async function pageOfMessages(
  db: Db,
  listId: string,
  state: MessageState | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Message>> {
  const rows = await db.all<Omit<Message, 'createdAt' | 'acceptedAt'> & { createdAt: Date; acceptedAt: Date | null }>(
    sql`select m.id, m.voucher_id as "voucherId", v.serial, m.state, m.attempts, m.last_error as reason, m.segments,
        m.created_at as "createdAt", m.accepted_at as "acceptedAt"
      from messages m join vouchers v on v.id = m.voucher_id
      where ${allOf([sql`m.list_id = ${listId}`, ...(state ? [sql`m.state = ${state}`] : []), ...(after ? [sql`m.id > ${after}`] : [])])}
      order by m.id limit ${limit + 1}`,
  );
  const messages = rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
  }));
  return pageOf(messages, limit, ({ id }) => id);
}

import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { isWithheld } from '../store.ts';
import { isOverdue, putOff, putOffReasons } from '../texts/put-off.ts';
import { textWhenMade } from '../texts/template-store.ts';
import type { PendingMessage, Sending } from '../types.ts';

/** Messages `m` that wait and that nobody has. Those of a list wait until all of it is released, so that sending keeps nobody from their voucher. */
const isDue = (now: Date): Sql =>
  sql`m.state = 'pending' and m.next_try_at <= ${now}::timestamptz and (m.leased_until is null or m.leased_until <= ${now}::timestamptz)
    and m.list_id <> all (array(select l.id from payment_lists l where l.state = 'releasing'))`;

/** Whether a worker has a message, or one is due. */
export const isOnItsWay = async (db: Db, now: Date): Promise<boolean> =>
  (
    await db.first<{ is: boolean }>(
      sql`select exists (select from messages m where ${isDue(now)} or m.state = 'pending' and m.leased_until > ${now}) as is`,
    )
  )?.is ?? false;

/** How it stands with the queue. */
export interface Outlook {
  /** Whether a message is due. */
  readonly isDue: boolean;
  /** Whether there is a gateway that is switched on. */
  readonly hasGateways: boolean;
  /** Until one of those that answer has a moment free, in milliseconds; null when none answers. */
  readonly busyMs: number | null;
}

/** Whether there is something to do, without a trace. */
export async function outlook(db: Db, now: Date): Promise<Outlook> {
  const row = await db.first<Outlook>(sql`select exists (select from messages m where ${isDue(now)}) as "isDue",
      exists (select from gateways where enabled) as "hasGateways",
      (select min(greatest(extract(epoch from p.free_at - clock_timestamp()) - 1, 0) * 1000)::float8
        from gateways g join gateway_paces p on p.gateway_id = g.id where g.enabled and (p.closed_until is null or p.closed_until <= ${now})) as "busyMs"`);
  return row ?? { isDue: false, hasGateways: false, busyMs: null };
}

/**
 * Takes the next messages for one worker, the most urgent first. Those that another has are passed over.
 * @param gatewayId that sends them; null for the outbox
 * @param wantedOnly only those that somebody wants to go by this gateway
 */
export async function leaseMessages(
  tx: Tx,
  now: Date,
  until: Date,
  gatewayId: string | null,
  wantedOnly: boolean,
  limit: number,
): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(sql`with taken as materialized (
      select due.id from unnest(array[0, 1, 2]::smallint[]) as class (priority) cross join lateral (
        select m.id from messages m where ${isDue(now)} and m.priority = class.priority
          and (m.wanted_gateway_id = ${gatewayId}::uuid or (m.wanted_gateway_id is null and not ${wantedOnly}::boolean))
        order by m.next_try_at limit ${limit} for update skip locked) due
      limit ${limit})
    update messages m set leased_until = ${until}, gateway_id = ${gatewayId}::uuid from taken where m.id = taken.id returning m.id`);
  return rows.map(({ id }) => id);
}

/** Messages with all that their texts are made of, the most urgent first. */
export const messagesToSend = (db: Db, now: Date, ids: readonly string[]): Promise<PendingMessage[]> =>
  db.all<PendingMessage>(sql`select m.id, m.list_id as "listId", m.kind, m.attempts, m.created_at as "createdAt", v.id as "voucherId", v.serial, v.amount,
      v.currency, v.key_version as "keyVersion", m.counter, v.expires_at as "expiresAt", p.time_zone as "timeZone",
      t.code_validity_days as "validityDays", t.sender_name as "senderName", b.id as "recipientId", b.language, b.data_key, b.phones,
      ${isWithheld} as "isWithheld", v.counter <> m.counter as "isReplaced", v.state in ('issued', 'activated') and not ${isOverdue(now)} as "isPayable",
      ${textWhenMade} as template, ${putOff(now)} as "putOff",
      (select jsonb_build_object('code', o.code, 'nameFr', o.name_fr, 'nameAr', o.name_ar) from offline_bindings ob
        join offline_packs op on op.id = ob.pack_id join offices o on o.id = op.office_id where ob.voucher_id = v.id and ob.is_open) as office
    from messages m join vouchers v on v.id = m.voucher_id join programmes p on p.id = v.programme_id
      join payment_lists l on l.id = m.list_id join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version
      join beneficiaries b on b.id = m.beneficiary_id
    where m.id = any(${ids}::uuid[]) and m.state = 'pending' order by m.priority, m.next_try_at, m.id`);

/**
 * Writes what came of sending. A message that is settled already is left as it is, unless a gateway has accepted it after all.
 * @returns which codes have been accepted now
 */
export const recordSendings = (
  tx: Tx,
  now: Date,
  gatewayId: string | null,
  sendings: readonly Sending[],
): Promise<{ voucherId: string; counter: number }[]> =>
  tx.all(sql`with recorded as (
      update messages m set state = s.state, leased_until = null, gateway_id = ${gatewayId}::uuid,
        gateway_reference = coalesce(s.reference, m.gateway_reference), segments = coalesce(s.segments, m.segments),
        attempts = m.attempts + s.attempted::int, last_error = coalesce(s.reason, case when s.state = 'pending' then m.last_error end),
        next_try_at = case when s.state = 'pending' and s.reason = any(${putOffReasons}::text[]) then 'infinity'
          else ${now}::timestamptz + s."pauseMs" * interval '1 millisecond' end,
        accepted_at = case s.state when 'accepted' then ${now}::timestamptz else m.accepted_at end
      from jsonb_to_recordset(${JSON.stringify(sendings)}::jsonb) as s (id uuid, state text, attempted boolean, reference text, segments smallint,
        reason text, "pauseMs" float8)
      where m.id = s.id and (m.state = 'pending' or m.state = 'failed' and s.state = 'accepted') returning m.voucher_id, m.counter, m.state)
    select voucher_id as "voucherId", counter from recorded where state = 'accepted'`);

import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { nothingReasons, TURNS_ALLOWED } from '../rules.ts';
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

/** Who takes messages, and until when. */
export interface Lease {
  readonly now: Date;
  readonly until: Date;
  /** Null for the outbox. */
  readonly gatewayId: string | null;
  /** The gateways that come before it and answer: what they have not passed over goes by them, unless somebody wants it to go by this one. */
  readonly before: readonly string[];
}

/** Messages `m` that wait and may go by a gateway. */
const mayGoBy = ({ now, gatewayId, before }: Lease): Sql => sql`${isDue(now)} and (m.wanted_gateway_id = ${gatewayId}::uuid
  or (m.wanted_gateway_id is null and (m.passed_by is null or ${gatewayId}::uuid <> all (m.passed_by))
    and ${before}::uuid[] <@ coalesce(m.passed_by, '{}')))`;

/** For how long the repeats of a message name the same last day. */
const SAME_DATE = sql`interval '2 days'`;

/** @param taken which, as a query */
async function lease(tx: Tx, { now, until, gatewayId }: Lease, taken: Sql): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(sql`with taken as materialized (${taken})
    update messages m set leased_until = ${until}, gateway_id = ${gatewayId}::uuid,
      dated_at = case when m.dated_at > ${now}::timestamptz - ${SAME_DATE} then m.dated_at else ${now}::timestamptz end
    from taken where m.id = taken.id returning m.id`);
  return rows.map(({ id }) => id);
}

const classes = sql`unnest(array[0, 1, 2]::smallint[]) as class (priority)`;

/** Takes the next messages for one worker, the most urgent first. Those that another has are passed over. */
export const leaseMessages = (tx: Tx, wanted: Lease, limit: number): Promise<string[]> =>
  lease(
    tx,
    wanted,
    sql`select due.id from ${classes} cross join lateral (
        select m.id from messages m where ${mayGoBy(wanted)} and m.priority = class.priority
        order by m.next_try_at limit ${limit} for update skip locked) due
      limit ${limit}`,
  );

/**
 * Takes the one message that tries a gateway which was left alone: of a programme whose messages have not come to nothing, or else of the one that was
 * tried longest ago, so that what is wrong with one programme's messages does not keep it closed for all.
 */
export const leaseTrial = (tx: Tx, wanted: Lease): Promise<string[]> =>
  lease(
    tx,
    wanted,
    sql`with tried as materialized (
        select l.programme_id, m.priority, max(m.tried_at) as at from messages m join payment_lists l on l.id = m.list_id
        where m.state = 'pending' and m.last_error in ('unreachable', 'turned_away', 'no_answer') group by 1, 2),
      turns as materialized (
        select p.programme_id, class.priority from (select distinct programme_id from tried union all select null) p cross join ${classes}
        left join tried t on t.programme_id = p.programme_id and t.priority = class.priority
        order by t.at nulls first, p.programme_id nulls first, class.priority)
      select due.id from turns cross join lateral (
        select m.id from messages m where ${mayGoBy(wanted)} and m.priority = turns.priority
          and (turns.programme_id is null and m.list_id <> all (array(select l.id from payment_lists l join tried using (programme_id)))
            or m.list_id = any (array(select l.id from payment_lists l where l.programme_id = turns.programme_id)))
        order by m.next_try_at limit 1 for update skip locked) due
      limit 1`,
  );

/** Messages with all that their texts are made of, the most urgent first. */
export const messagesToSend = (db: Db, now: Date, ids: readonly string[]): Promise<PendingMessage[]> =>
  db.all<PendingMessage>(sql`select m.id, m.list_id as "listId", m.kind, m.attempts, m.turned_away as "turnedAway", m.dated_at as "datedAt", v.id as "voucherId", v.serial, v.amount,
      v.currency, v.key_version as "keyVersion", m.counter, v.expires_at as "expiresAt", p.time_zone as "timeZone",
      t.code_validity_days as "validityDays", p.sender_name as "senderName", b.id as "recipientId", b.language, b.data_key, b.phones,
      ${isWithheld} as "isWithheld", v.counter <> m.counter as "isReplaced", v.state in ('issued', 'activated') and not ${isOverdue(now)} as "isPayable",
      ${textWhenMade} as template, ${putOff(now)} as "putOff",
      (select jsonb_build_object('code', o.code, 'nameFr', o.name_fr, 'nameAr', o.name_ar) from offline_bindings ob
        join offline_packs op on op.id = ob.pack_id join offices o on o.id = op.office_id where ob.voucher_id = v.id and ob.is_open) as office
    from messages m join vouchers v on v.id = m.voucher_id join programmes p on p.id = v.programme_id
      join payment_lists l on l.id = m.list_id join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version
      join beneficiaries b on b.id = m.beneficiary_id
    where m.id = any(${ids}::uuid[]) and m.state = 'pending' order by m.priority, m.next_try_at, m.id`);

/** What was written of one message. */
export interface Recorded {
  readonly id: string;
  readonly voucherId: string;
  readonly counter: number;
  readonly state: Sending['state'];
  /** Whether the gateway turned it away and takes others, so that it is no trouble of the gateway's. */
  readonly isTurnedAway: boolean;
}

/**
 * Writes what came of sending. A message that is settled already is left as it is, unless a gateway has accepted it after all. One that was turned away
 * counts where the gateway took another at the same time, or has taken others since this one left and nothing else came to nothing since; the gateway
 * that has done so five times is passed over, and where no other may send it, it has failed.
 */
export const recordSendings = (tx: Tx, now: Date, gatewayId: string | null, sendings: readonly Sending[]): Promise<Recorded[]> =>
  tx.all(sql`with said as materialized (
      select s.*, m.turned_away + t."isTurnedAway"::int as turns, t."isTurnedAway" and m.turned_away + 1 >= ${TURNS_ALLOWED}::int as "isPassed",
        t."isTurnedAway", m.wanted_gateway_id is null and exists (select from gateways g where g.enabled and g.id <> ${gatewayId}::uuid
          and (m.passed_by is null or g.id <> all (m.passed_by))) as "hasOthers"
      from jsonb_to_recordset(${JSON.stringify(sendings)}::jsonb) as s (id uuid, state text, attempted boolean, reference text, segments smallint,
        reason text, "pauseMs" float8)
      join messages m on m.id = s.id
      cross join lateral (select coalesce(s.reason = 'turned_away' and (${sendings.some(({ state }) => state === 'accepted')}::boolean
        or m.last_error = 'turned_away' and m.dated_at <= (select p.took_at from gateway_paces p where p.gateway_id = ${gatewayId}::uuid
          and p.failures = 0)), false) as "isTurnedAway") t),
    recorded as (
      update messages m set state = case when s."isPassed" and not s."hasOthers" then 'failed' else s.state end, leased_until = null,
        gateway_id = ${gatewayId}::uuid,
        gateway_reference = coalesce(s.reference, m.gateway_reference), segments = coalesce(s.segments, m.segments),
        attempts = m.attempts + s.attempted::int, last_error = coalesce(s.reason, case when s.state = 'pending' then m.last_error end),
        tried_at = case when s.reason = any(${nothingReasons}::text[]) then ${now}::timestamptz else m.tried_at end,
        turned_away = case when s."isPassed" then 0 else s.turns end,
        passed_by = case when s."isPassed" then m.passed_by || ${gatewayId}::uuid else m.passed_by end,
        next_try_at = case when s.state = 'pending' and s.reason = any(${putOffReasons}::text[]) then 'infinity'
          when s."isPassed" then ${now}::timestamptz
          else ${now}::timestamptz + s."pauseMs" * interval '1 millisecond' end,
        accepted_at = case s.state when 'accepted' then ${now}::timestamptz else m.accepted_at end
      from said s
      where m.id = s.id and (m.state = 'pending' or m.state = 'failed' and s.state = 'accepted')
      returning m.id, m.voucher_id, m.counter, m.state, s."isTurnedAway")
    select id, voucher_id as "voucherId", counter, state, "isTurnedAway" from recorded`);

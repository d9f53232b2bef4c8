import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { bodyOf, type StoredEvent } from './delivery-store.ts';
import { FAILURES_ALLOWED, type Health, waitAfter } from './rules.ts';
import type { Attempt, TakenDelivery } from './types.ts';

/** Deliveries that are sent to one receiver at a time, each on a connection of its own. */
const AT_A_TIME = 20;

const isFree = (now: Date): Sql => sql`d.state = 'pending' and d.next_try_at <= ${now}::timestamptz
  and (d.leased_until is null or d.leased_until <= ${now}::timestamptz)`;

/** Receivers that a worker takes: those alone that answer quickly, or whichever waits longest. */
export type Choice = 'quick' | 'any';

/** Webhooks `w` with `h` whose deliveries may leave now and that no worker is busy with. */
const isOpen = (now: Date, choice: Choice): Sql => sql`w.state = 'on' and (h.closed_until is null or h.closed_until <= ${now}::timestamptz)
  and (h.busy_until is null or h.busy_until <= ${now}::timestamptz) ${choice === 'quick' ? sql`and not h.is_slow` : sql``}`;

const due = (now: Date, choice: Choice): Sql => sql`webhooks w join webhook_health h on h.webhook_id = w.id cross join lateral (
    select d.next_try_at from webhook_deliveries d where d.webhook_id = w.id and not d.is_ping and ${isFree(now)}
    order by d.next_try_at, d.sequence limit 1) first
  where ${isOpen(now, choice)}`;

/** Whether anything can be sent now. */
export const isAnythingDue = async (db: Db, now: Date, choice: Choice): Promise<boolean> =>
  (
    await db.first<{ is: boolean }>(sql`select exists (select from ${due(now, choice)})
      or exists (select from webhook_deliveries d join webhooks w on w.id = d.webhook_id where d.is_ping and w.state <> 'ended' and ${isFree(now)}) as is`)
  )?.is === true;

/** Deliveries that one worker has now, all to one receiver. */
export interface Lease {
  readonly webhookId: string;
  /** Whether it is a ping, which says nothing and goes to a webhook that is off, too. */
  readonly isPing: boolean;
  readonly deliveries: readonly TakenDelivery[];
}

interface LeasedRow extends Omit<StoredEvent, 'id'> {
  readonly id: string;
  readonly eventId: string;
}

async function lease(tx: Tx, until: Date, webhookId: string, isPing: boolean, which: Sql, limit: number): Promise<Lease> {
  const rows = await tx.all<LeasedRow>(sql`with taken as materialized (
      select d.id from webhook_deliveries d where d.webhook_id = ${webhookId} and ${isPing ? sql`d.is_ping` : sql`not d.is_ping`} and ${which}
      order by d.next_try_at, d.sequence limit ${limit} for update skip locked)
    update webhook_deliveries d set leased_until = ${until} from taken, webhook_events e where d.id = taken.id and e.id = d.event_id
    returning d.id, d.event_id as "eventId", e.type, e.happened_at as "happenedAt", e.data`);
  return {
    webhookId,
    isPing,
    deliveries: rows.map(({ id, eventId, ...event }) => ({ id, eventId, body: bodyOf({ id: eventId, ...event }) })),
  };
}

/** Takes what is to be sent to the receiver that was served longest ago; pings first. One that failed often is tried with one delivery. */
export async function leaseDeliveries(tx: Tx, now: Date, until: Date, choice: Choice): Promise<Lease | undefined> {
  const ping = await tx.first<{ id: string; webhookId: string }>(sql`select d.id, d.webhook_id as "webhookId"
    from webhook_deliveries d join webhooks w on w.id = d.webhook_id where d.is_ping and w.state <> 'ended' and ${isFree(now)}
    order by d.next_try_at limit 1 for update of d skip locked`);
  if (ping) return lease(tx, until, ping.webhookId, true, sql`d.id = ${ping.id}`, 1);
  // Whoever chooses a receiver locks it and says so on the same row, so that of two workers one chooses another, even the one that looked first and locks later.
  const next = await tx.first<{ id: string; failures: number }>(sql`select w.id, h.failures from ${due(now, choice)}
    order by h.served_at nulls first, first.next_try_at limit 1 for no key update of h skip locked`);
  if (!next) return undefined;
  const taken = await lease(tx, until, next.id, false, isFree(now), next.failures >= FAILURES_ALLOWED ? 1 : AT_A_TIME);
  if (taken.deliveries.length === 0) return undefined;
  await tx.run(sql`update webhook_health set served_at = ${now}, busy_until = ${until} where webhook_id = ${next.id}`);
  return taken;
}

/** Locks how a receiver stands. */
export async function lockHealth(tx: Tx, webhookId: string): Promise<Health> {
  const row = await tx.first<Health>(sql`select failures, failing_since as "failingSince", closed_until as "closedUntil"
    from webhook_health where webhook_id = ${webhookId} for no key update`);
  return row ?? { failures: 0, failingSince: null, closedUntil: null };
}

/**
 * Writes what came of attempts. What was delivered meanwhile, or forgotten, is left as it is.
 * @returns the deliveries that are given up
 */
export async function recordAttempts(tx: Tx, now: Date, attempts: readonly Attempt[]): Promise<string[]> {
  const ids = attempts.map(({ deliveryId }) => deliveryId);
  const known = await tx.all<{ id: string; tries: number; attempts: number }>(sql`select id, tries, attempts from webhook_deliveries
    where id = any(${ids}::uuid[]) and state = 'pending' order by id for update`);
  const results = known.flatMap((delivery) => {
    const attempt = attempts.find(({ deliveryId }) => deliveryId === delivery.id);
    if (!attempt) return [];
    const waitMs = waitAfter(delivery.tries + 1, attempt.pauseMs);
    const state = attempt.outcome === 'delivered' ? 'delivered' : waitMs === undefined ? 'dead' : 'pending';
    return [{ ...attempt, id: delivery.id, state, number: delivery.attempts + 1, nextTryAt: new Date(now.getTime() + (waitMs ?? 0)) }];
  });
  await tx.insert(
    'webhook_attempts',
    results.map(({ id, number, at, milliseconds, outcome, status, answer }) => ({
      delivery_id: id,
      number,
      at,
      milliseconds,
      outcome,
      status,
      answer,
    })),
  );
  await tx.run(sql`update webhook_deliveries d set state = r.state, tries = d.tries + 1, attempts = d.attempts + 1, leased_until = null,
      next_try_at = r."nextTryAt", delivered_at = case r.state when 'delivered' then ${now}::timestamptz else d.delivered_at end
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb) as r (id uuid, state text, "nextTryAt" timestamptz) where d.id = r.id`);
  return results.flatMap(({ id, state }) => (state === 'dead' ? [id] : []));
}

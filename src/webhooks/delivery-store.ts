import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { WebhookAttempt, WebhookDelivery } from './types.ts';

/** An event as it is kept. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly happenedAt: Date;
  readonly data: object;
}

/** What is sent, the same to the byte each time: the key order of `data` is the database's own. */
export const bodyOf = ({ id, type, happenedAt, data }: StoredEvent): string =>
  JSON.stringify({ type, id, timestamp: happenedAt.toISOString(), data });

interface Row extends Omit<WebhookDelivery, 'nextTryAt' | 'happenedAt' | 'createdAt' | 'deliveredAt'> {
  readonly sequence: string;
  readonly nextTryAt: Date;
  readonly happenedAt: Date;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

const selected = sql`select d.id, d.sequence::text, d.webhook_id as "webhookId", d.event_id as "eventId", e.type, d.state, d.attempts,
  d.next_try_at as "nextTryAt", e.happened_at as "happenedAt", d.created_at as "createdAt", d.delivered_at as "deliveredAt"
  from webhook_deliveries d join webhook_events e on e.id = d.event_id`;

const shown = ({ sequence: _sequence, nextTryAt, happenedAt, createdAt, deliveredAt, ...rest }: Row): WebhookDelivery => ({
  ...rest,
  nextTryAt: rest.state === 'pending' ? nextTryAt.toISOString() : null,
  happenedAt: happenedAt.toISOString(),
  createdAt: createdAt.toISOString(),
  deliveredAt: deliveredAt?.toISOString() ?? null,
});

export async function findDelivery(db: Db, webhookId: string, id: string): Promise<WebhookDelivery | undefined> {
  const row = await db.first<Row>(sql`${selected} where d.id = ${id} and d.webhook_id = ${webhookId}`);
  return row && shown(row);
}

/** The log of a webhook, newest first. @param before the sequence that the page comes before */
export async function pageOfDeliveries(
  db: Db,
  webhookId: string,
  state: WebhookDelivery['state'] | undefined,
  limit: number,
  before: string | undefined,
): Promise<Page<WebhookDelivery>> {
  const rows = await db.all<Row>(
    sql`${selected} where ${allOf([
      sql`d.webhook_id = ${webhookId}`,
      ...(state ? [sql`d.state = ${state}`] : []),
      ...(before ? [sql`d.sequence < ${before}::bigint`] : []),
    ])} order by d.sequence desc limit ${limit + 1}`,
  );
  const { items, nextCursor } = pageOf(rows, limit, ({ sequence }) => sequence);
  return { items: items.map(shown), nextCursor };
}

export const eventOfDelivery = (db: Db, id: string): Promise<StoredEvent | undefined> =>
  db.first(sql`select e.id, e.type, e.happened_at as "happenedAt", e.data from webhook_deliveries d join webhook_events e on e.id = d.event_id
    where d.id = ${id}`);

export const attemptsOf = async (db: Db, id: string): Promise<WebhookAttempt[]> =>
  (
    await db.all<Omit<WebhookAttempt, 'at'> & { at: Date }>(sql`select number, at, milliseconds, outcome, status, answer as answered
      from webhook_attempts where delivery_id = ${id} order by number`)
  ).map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() }));

/** A ping and its delivery. */
export async function insertPing(
  tx: Tx,
  now: Date,
  ids: { eventId: string; deliveryId: string; webhookId: string; programmeId: string },
): Promise<void> {
  const { eventId, deliveryId, webhookId, programmeId } = ids;
  const data = JSON.stringify({ programmeId, webhookId });
  await tx.run(sql`insert into webhook_events (id, programme_id, type, happened_at, data, created_at)
    values (${eventId}, ${programmeId}, 'webhook.ping', ${now}, ${data}, ${now})`);
  await tx.run(sql`insert into webhook_deliveries (id, webhook_id, event_id, is_ping, next_try_at, created_at)
    values (${deliveryId}, ${webhookId}, ${eventId}, true, ${now}, ${now})`);
}

/** @param which deliveries `d` */
const again = (tx: Tx, now: Date, which: Sql): Promise<number> =>
  tx.run(sql`update webhook_deliveries d set state = 'pending', tries = 0, next_try_at = ${now} where ${which}`);

/** Sends one again that nobody is sending. @returns whether it was there */
export const resendOne = async (tx: Tx, now: Date, webhookId: string, id: string): Promise<boolean> =>
  (await again(tx, now, sql`d.id = ${id} and d.webhook_id = ${webhookId} and (d.leased_until is null or d.leased_until <= ${now})`)) === 1;

/** Sends what failed since a moment again: what was given up, and what waits for another attempt. @returns how many */
export const resendFailed = (tx: Tx, now: Date, webhookId: string, since: Date): Promise<number> =>
  again(
    tx,
    now,
    sql`d.webhook_id = ${webhookId} and d.created_at >= ${since} and d.attempts > 0 and d.state in ('pending', 'dead')
      and (d.leased_until is null or d.leased_until <= ${now})`,
  );

/** What is older than the log is kept; what still waits to be sent is kept until it is, or its webhook ends. @param before deliveries `d` made before this moment */
const isForgotten = (before: Date): Sql => sql`d.created_at < ${before} and (d.state <> 'pending'
  or exists (select from webhooks w where w.id = d.webhook_id and w.state = 'ended'))`;

/** Forgets so many deliveries at most that are older than the log is kept, with their attempts, and events that nobody has. @returns how many deliveries */
export async function forgetDeliveries(tx: Tx, before: Date, limit: number): Promise<number> {
  const old = await tx.all<{
    id: string;
  }>(sql`select d.id from webhook_deliveries d where ${isForgotten(before)} order by d.created_at limit ${limit}
    for update of d skip locked`);
  const ids = old.map(({ id }) => id);
  await tx.run(sql`delete from webhook_attempts where delivery_id = any(${ids}::uuid[])`);
  await tx.run(sql`delete from webhook_deliveries where id = any(${ids}::uuid[])`);
  await tx.run(sql`delete from webhook_events e where e.created_at < ${before}
    and not exists (select from webhook_deliveries d where d.event_id = e.id)`);
  return ids.length;
}

export const hasDeliveriesBefore = async (db: Db, before: Date): Promise<boolean> =>
  (await db.first(sql`select from webhook_deliveries d where ${isForgotten(before)} limit 1`)) !== undefined;

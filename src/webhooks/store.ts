import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Health } from './rules.ts';
import type { StoredWebhook, Webhook } from './types.ts';

interface Row extends Omit<Webhook, 'since' | 'previousSecretUntil' | 'failingSince' | 'closedUntil' | 'createdAt'> {
  readonly since: Date | null;
  readonly previousSecretUntil: Date | null;
  readonly failingSince: Date | null;
  readonly closedUntil: Date | null;
  readonly createdAt: Date;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
}

const selected = sql`select w.id, w.programme_id as "programmeId", w.url, w.events, w.description, w.state, w.pause_reason as "pauseReason", w.makers,
  w.confirmed_by as "confirmedBy", w.since, w.previous_until as "previousSecretUntil", h.failures, h.failing_since as "failingSince",
  h.closed_until as "closedUntil", w.version, w.created_by as "createdBy", w.created_at as "createdAt", w.secret,
  w.previous_secret as "previousSecret" from webhooks w join webhook_health h on h.webhook_id = w.id`;

const text = (moment: Date | null): string | null => moment?.toISOString() ?? null;

const stored = ({
  secret,
  previousSecret,
  since,
  previousSecretUntil,
  failingSince,
  closedUntil,
  createdAt,
  ...rest
}: Row): StoredWebhook => ({
  webhook: {
    ...rest,
    since: text(since),
    previousSecretUntil: text(previousSecretUntil),
    failingSince: text(failingSince),
    closedUntil: text(closedUntil),
    createdAt: createdAt.toISOString(),
  },
  secret,
  previousSecret,
});

/** What is known of a webhook when it is set up. */
type NewRecord = Pick<Webhook, 'id' | 'programmeId' | 'url' | 'events' | 'description' | 'createdBy' | 'createdAt'>;

export async function insertWebhook(
  tx: Tx,
  { id, programmeId, url, events, description, createdBy, createdAt }: NewRecord,
  secret: Buffer,
): Promise<void> {
  await tx.run(sql`insert into webhooks (id, programme_id, url, events, description, makers, secret, created_by, created_at)
    values (${id}, ${programmeId}, ${url}, ${events}::text[], ${description}, array[${createdBy}::uuid], ${secret}, ${createdBy}, ${createdAt})`);
  await tx.run(sql`insert into webhook_health (webhook_id) values (${id})`);
}

const one = async (db: Db, id: string, locking: Sql): Promise<StoredWebhook | undefined> => {
  const row = await db.first<Row>(sql`${selected} where w.id = ${id} ${locking}`);
  return row && stored(row);
};

export const findWebhook = (db: Db, id: string): Promise<StoredWebhook | undefined> => one(db, id, sql``);

/** The same while nobody else changes it. */
export const lockWebhook = (tx: Tx, id: string): Promise<StoredWebhook | undefined> => one(tx, id, sql`for no key update of w`);

/** A programme's webhooks, newest first. */
export async function pageOfWebhooks(db: Db, programmeId: string, limit: number, before: string | undefined): Promise<Page<Webhook>> {
  const rows =
    await db.all<Row>(sql`${selected} where w.programme_id = ${programmeId} and ${before ? sql`w.id < ${before}::uuid` : sql`true`}
    order by w.id desc limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).webhook),
    limit,
    ({ id }) => id,
  );
}

/** Where it goes, what it tells, and who answers for that. The caller has locked it. */
export const updateWebhook = (
  tx: Tx,
  { id, url, events, description, state, pauseReason, makers, confirmedBy, since }: Webhook,
): Promise<number> =>
  tx.run(sql`update webhooks set url = ${url}, events = ${events}::text[], description = ${description}, state = ${state},
    pause_reason = ${pauseReason}, makers = ${makers}::uuid[], confirmed_by = ${confirmedBy}::uuid, since = ${since}::timestamptz,
    version = version + 1 where id = ${id}`);

/** @param previous the one before, and until when it signs too; null ends it at once */
export const replaceSecret = (
  tx: Tx,
  id: string,
  secret: Buffer,
  previous: { readonly sealed: Buffer; readonly until: Date } | null,
): Promise<number> =>
  tx.run(sql`update webhooks set secret = ${secret}, previous_secret = ${previous?.sealed ?? null}::bytea,
    previous_until = ${previous?.until ?? null}::timestamptz, version = version + 1 where id = ${id}`);

/** How a receiver stands after attempts. It is free again, unless another worker has taken something for it meanwhile. */
export const updateHealth = (
  tx: Tx,
  now: Date,
  webhookId: string,
  { failures, failingSince, closedUntil }: Health,
  isSlow: boolean,
): Promise<number> =>
  tx.run(sql`update webhook_health h set failures = ${failures}, failing_since = ${failingSince}::timestamptz, closed_until = ${closedUntil}::timestamptz,
      is_slow = ${isSlow}, busy_until = case when exists (select from webhook_deliveries d where d.webhook_id = h.webhook_id
        and d.leased_until > ${now}::timestamptz and not d.is_ping) then h.busy_until end
    where h.webhook_id = ${webhookId}`);

import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { GatewayRecord, StoredGateway } from './types.ts';

interface Row extends Omit<GatewayRecord, 'closedUntil' | 'createdAt'> {
  readonly closedUntil: Date | null;
  readonly createdAt: Date;
  readonly version: number;
  readonly credentials: Buffer;
}

const found = sql`select g.id, g.name, g.kind, g.position, g.per_second as "perSecond", g.settings, g.enabled,
  g.changed_by as "changedBy", g.enabled_by as "enabledBy", p.failures,
  p.closed_until as "closedUntil", g.created_at as "createdAt", g.version, g.credentials
  from gateways g join gateway_paces p on p.gateway_id = g.id`;

const stored = ({ version, credentials, closedUntil, createdAt, ...rest }: Row): StoredGateway => ({
  gateway: { ...rest, closedUntil: closedUntil?.toISOString() ?? null, createdAt: createdAt.toISOString() },
  version,
  credentials,
});

export async function insertGateway(tx: Tx, gateway: GatewayRecord, credentials: Buffer, createdBy: string): Promise<void> {
  const { id, name, kind, position, perSecond, settings, changedBy, createdAt } = gateway;
  await tx.run(sql`insert into gateways (id, name, kind, position, per_second, settings, credentials, changed_by, created_by, created_at)
    values (${id}, ${name}, ${kind}, ${position}, ${perSecond}, ${JSON.stringify(settings)}, ${credentials}, ${changedBy}::uuid[], ${createdBy},
      ${createdAt})`);
  await tx.run(sql`insert into gateway_paces (gateway_id) values (${id})`);
}

export async function findGateway(db: Db, id: string): Promise<StoredGateway | undefined> {
  const row = await db.first<Row>(sql`${found} where g.id = ${id}`);
  return row && stored(row);
}

const listed = async (db: Db, which: Sql): Promise<StoredGateway[]> =>
  (await db.all<Row>(sql`${found} where ${which} order by g.position, g.id`)).map(stored);

/** Every gateway, in the order in which they stand in for one another. */
export const allGateways = (db: Db): Promise<StoredGateway[]> => listed(db, sql`true`);

/** Those that are switched on, in that order. */
export const enabledGateways = (db: Db): Promise<StoredGateway[]> => listed(db, sql`g.enabled`);

/** @returns the gateway as it is now; undefined when it was not at the version given */
export async function updateGateway(
  tx: Tx,
  id: string,
  version: number,
  { name, position, perSecond, settings, enabled, changedBy, enabledBy }: Omit<GatewayRecord, 'id' | 'kind'>,
  credentials: Buffer,
): Promise<StoredGateway | undefined> {
  const changed = await tx.run(sql`update gateways set name = ${name}, position = ${position}, per_second = ${perSecond},
      settings = ${JSON.stringify(settings)}, enabled = ${enabled}, credentials = ${credentials},
      changed_by = ${changedBy}::uuid[], enabled_by = ${enabledBy}::uuid, version = version + 1
    where id = ${id} and version = ${version}`);
  if (changed === 0) return undefined;
  // Whoever has mended it wants it tried at once; what was to go by one that is off goes another way.
  await tx.run(sql`update gateway_paces set failures = 0, closed_until = null where gateway_id = ${id}`);
  await tx.run(sql`update messages set passed_by = null, turned_away = 0 where passed_by is not null and state = 'pending'`);
  if (!enabled) await tx.run(sql`update messages set wanted_gateway_id = null where wanted_gateway_id = ${id} and state = 'pending'`);
  return findGateway(tx, id);
}

/** How long to wait, at least, for the moments that are taken already. */
const AHEAD_SECONDS = 1;

/** Moments for some messages to leave by a gateway. */
export interface Turn {
  /** From now until the first of them, in milliseconds. */
  readonly waitMs: number;
  /** Between two of them, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Takes the next free moments of a gateway for some messages, so that all workers together keep to its pace. By the database's clock,
 * which is the one that they share.
 */
export async function takeTurns(tx: Tx, gatewayId: string, perSecond: number, messages: number): Promise<Turn> {
  const row = await tx.first<{ waitMs: number }>(sql`update gateway_paces
    set free_at = greatest(free_at, clock_timestamp()) + ${messages / perSecond}::float8 * interval '1 second' where gateway_id = ${gatewayId}
    returning greatest(extract(epoch from free_at - clock_timestamp()) * 1000 - ${(messages * 1000) / perSecond}::float8, 0)::float8 as "waitMs"`);
  return { waitMs: row?.waitMs ?? 0, everyMs: 1000 / perSecond };
}

/** How a gateway stands, for who is about to give it something; nobody else is meanwhile. */
export interface Standing {
  readonly failures: number;
  readonly isClosed: boolean;
  /** Until a moment is free again, in milliseconds, when so many are taken that nobody should line up behind them; 0 otherwise. */
  readonly busyMs: number;
}

/** Locks how a gateway stands until the transaction ends. */
export async function lockPace(tx: Tx, now: Date, gatewayId: string): Promise<Standing> {
  const row = await tx.first<Standing>(sql`select failures, coalesce(closed_until > ${now}, false) as "isClosed",
      greatest(extract(epoch from free_at - clock_timestamp()) - ${AHEAD_SECONDS}::float8, 0)::float8 * 1000 as "busyMs"
    from gateway_paces where gateway_id = ${gatewayId} for no key update`);
  return row ?? { failures: 0, isClosed: true, busyMs: 0 };
}

/** Leaves a gateway alone until a moment. */
export async function closeUntil(tx: Tx, gatewayId: string, until: Date): Promise<void> {
  await tx.run(sql`update gateway_paces set closed_until = ${until} where gateway_id = ${gatewayId}`);
}

/**
 * Notes how many messages have come to nothing since a gateway last answered; none opens it again.
 * @param tookAt when it took one; null when it took none now
 */
export async function noteFailures(
  tx: Tx,
  gatewayId: string,
  failures: number,
  closedUntil: Date | null,
  tookAt: Date | null,
): Promise<void> {
  await tx.run(sql`update gateway_paces set failures = ${failures}, closed_until = ${closedUntil}::timestamptz,
      took_at = coalesce(${tookAt}::timestamptz, took_at)
    where gateway_id = ${gatewayId} and (${tookAt}::timestamptz is not null
      or (failures, closed_until) is distinct from (${failures}::int, ${closedUntil}::timestamptz))`);
}

/** Lets nothing leave by a gateway for a while, as it has asked. */
export async function pausePace(tx: Tx, gatewayId: string, pauseMs: number): Promise<void> {
  await tx.run(sql`update gateway_paces set free_at = greatest(free_at, clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond')
    where gateway_id = ${gatewayId}`);
}

import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { KoboConnection } from './types.ts';

export interface Row extends Omit<KoboConnection, 'pulledAt' | 'nextPullAt' | 'createdAt' | 'endedAt'> {
  readonly pulledAt: Date | null;
  readonly nextPullAt: Date;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly version: number;
  readonly createdBy: string;
  readonly lastSubmission: string;
  readonly notApproved: readonly string[];
}

export interface StoredConnection {
  readonly connection: KoboConnection;
  readonly version: number;
  /** Who chose the server, and answers for whoever comes from it. */
  readonly createdBy: string;
  /** The greatest number of a submission that was taken. */
  readonly lastSubmission: number;
  /** The numbers of submissions that were not approved when they were pulled, to be looked at again. */
  readonly notApproved: readonly number[];
}

export const columns = sql`id, programme_id as "programmeId", server_url as "serverUrl", asset_uid as "assetUid", mapping,
  every_minutes as "everyMinutes", taken_submissions as "takenSubmissions", unreadable_submissions as "unreadableSubmissions", pulled_at as "pulledAt", next_pull_at as "nextPullAt", failures,
  last_failure as "lastFailure", created_at as "createdAt", ended_at as "endedAt", version, created_by as "createdBy", last_submission as "lastSubmission",
  not_approved as "notApproved", (select f.id from registration_files f
    where f.id = any(awaited_files) and f.state in ('received', 'checking', 'checked', 'stopped') order by f.id limit 1) as "waitingFileId"`;

export function stored({
  version,
  createdBy,
  lastSubmission,
  notApproved,
  pulledAt,
  nextPullAt,
  createdAt,
  endedAt,
  ...rest
}: Row): StoredConnection {
  const connection = {
    ...rest,
    pulledAt: pulledAt?.toISOString() ?? null,
    nextPullAt: nextPullAt.toISOString(),
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
  return { connection, version, createdBy, lastSubmission: Number(lastSubmission), notApproved: notApproved.map(Number) };
}

export async function insertConnection(tx: Tx, connection: KoboConnection, token: Buffer, createdBy: string): Promise<void> {
  const { id, programmeId, serverUrl, assetUid, mapping, everyMinutes, nextPullAt, createdAt } = connection;
  await tx.run(sql`insert into kobo_connections (id, programme_id, server_url, asset_uid, mapping, every_minutes, token, next_pull_at,
      created_by, created_at)
    values (${id}, ${programmeId}, ${serverUrl}, ${assetUid}, ${mapping}, ${everyMinutes}, ${token}, ${nextPullAt}, ${createdBy},
      ${createdAt})`);
}

export async function findConnection(db: Db, id: string): Promise<StoredConnection | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from kobo_connections where id = ${id}`);
  return row && stored(row);
}

export async function sealedToken(db: Db, id: string): Promise<Buffer | undefined> {
  return (await db.first<{ token: Buffer | null }>(sql`select token from kobo_connections where id = ${id}`))?.token ?? undefined;
}

export async function pageOfConnections(
  db: Db,
  programmeId: string,
  limit: number,
  after: string | undefined,
): Promise<Page<KoboConnection>> {
  const rows = await db.all<Row>(sql`select ${columns} from kobo_connections
    where programme_id = ${programmeId} and ${after ? sql`id > ${after}::uuid` : sql`true`} order by id limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).connection),
    limit,
    ({ id }) => id,
  );
}

/** @param token null leaves it as it is @returns undefined when it was not at the version given, or has ended */
export async function updateConnection(
  tx: Tx,
  id: string,
  version: number,
  { mapping, everyMinutes }: Pick<KoboConnection, 'mapping' | 'everyMinutes'>,
  token: Buffer | null,
): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(sql`update kobo_connections set mapping = ${mapping}, every_minutes = ${everyMinutes},
      token = coalesce(${token}::bytea, token), version = version + 1
    where id = ${id} and version = ${version} and ended_at is null returning ${columns}`);
  return row && stored(row);
}

export async function endConnectionNow(tx: Tx, id: string, by: string, at: Date): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(sql`update kobo_connections set token = null, ended_at = ${at}, ended_by = ${by}, version = version + 1
    where id = ${id} and ended_at is null returning ${columns}`);
  return row && stored(row);
}

/** Puts a pull off or on. @returns undefined when the connection has ended */
export async function scheduleNow(tx: Tx, id: string, at: Date): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(
    sql`update kobo_connections set next_pull_at = ${at} where id = ${id} and ended_at is null returning ${columns}`,
  );
  return row && stored(row);
}

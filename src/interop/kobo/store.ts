import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { KoboConnection, PullFailure } from './types.ts';

interface Row extends Omit<KoboConnection, 'pulledAt' | 'nextPullAt' | 'createdAt' | 'endedAt'> {
  readonly pulledAt: Date | null;
  readonly nextPullAt: Date;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly version: number;
  readonly lastSubmission: string;
  readonly notApproved: readonly string[];
}

export interface StoredConnection {
  readonly connection: KoboConnection;
  readonly version: number;
  /** The greatest number of a submission that was taken. */
  readonly lastSubmission: number;
  /** The numbers of submissions that were not approved when they were pulled, to be looked at again. */
  readonly notApproved: readonly number[];
}

const columns = sql`id, programme_id as "programmeId", server_url as "serverUrl", asset_uid as "assetUid", mapping,
  every_minutes as "everyMinutes", taken_submissions as "takenSubmissions", unreadable_submissions as "unreadableSubmissions", pulled_at as "pulledAt", next_pull_at as "nextPullAt", failures,
  last_failure as "lastFailure", created_at as "createdAt", ended_at as "endedAt", version, last_submission as "lastSubmission",
  not_approved as "notApproved"`;

function stored({ version, lastSubmission, notApproved, pulledAt, nextPullAt, createdAt, endedAt, ...rest }: Row): StoredConnection {
  const connection = {
    ...rest,
    pulledAt: pulledAt?.toISOString() ?? null,
    nextPullAt: nextPullAt.toISOString(),
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
  return { connection, version, lastSubmission: Number(lastSubmission), notApproved: notApproved.map(Number) };
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

/** Connections whose turn has come. */
export const dueConnections = (db: Db, now: Date): Promise<{ id: string }[]> =>
  db.all(sql`select id from kobo_connections where ended_at is null and next_pull_at <= ${now} order by next_pull_at limit 100`);

/** Puts a pull off or on. @returns undefined when the connection has ended */
export async function scheduleNow(tx: Tx, id: string, at: Date): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(
    sql`update kobo_connections set next_pull_at = ${at} where id = ${id} and ended_at is null returning ${columns}`,
  );
  return row && stored(row);
}

/** Claims a connection whose turn has come. @param until when somebody else may take it up @returns undefined when it is not due */
export async function claim(tx: Tx, id: string, now: Date, until: Date): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(sql`update kobo_connections set next_pull_at = ${until}
    where id = ${id} and ended_at is null and next_pull_at <= ${now} returning ${columns}`);
  return row && stored(row);
}

/** A page of submissions that was handed in. */
export interface TakenPage {
  /** The greatest number of a submission before the page and with it. */
  readonly from: number;
  readonly to: number;
  readonly taken: number;
  /** How many were passed over because they cannot be taken. */
  readonly unreadable: number;
  /** The numbers of those that were not approved, to be looked at again. */
  readonly notApproved: readonly number[];
  /** The numbers of those that need not be looked at again. */
  readonly settled: readonly number[];
}

/** How many submissions that were not approved are looked at again; of more, the latest. */
const MOST_LOOKED_AT_AGAIN = 1_000;

/** @returns whether the connection is still there and nobody else has moved on */
export async function advance(tx: Tx, id: string, page: TakenPage, until: Date): Promise<boolean> {
  return (
    (await tx.run(sql`update kobo_connections set last_submission = ${page.to}, taken_submissions = taken_submissions + ${page.taken},
      unreadable_submissions = unreadable_submissions + ${page.unreadable},
      not_approved = array(select distinct n from unnest(not_approved || ${page.notApproved}::bigint[]) n
        where n <> all(${page.settled}::bigint[]) order by n desc limit ${MOST_LOOKED_AT_AGAIN}),
      next_pull_at = ${until} where id = ${id} and ended_at is null and last_submission = ${page.from}`)) > 0
  );
}

export async function finishPull(tx: Tx, id: string, now: Date, nextPullAt: Date): Promise<void> {
  await tx.run(sql`update kobo_connections set pulled_at = ${now}, next_pull_at = ${nextPullAt}, failures = 0, last_failure = null
    where id = ${id} and ended_at is null`);
}

export async function failPull(tx: Tx, id: string, failure: PullFailure, nextPullAt: Date): Promise<void> {
  await tx.run(sql`update kobo_connections set next_pull_at = ${nextPullAt}, failures = failures + 1, last_failure = ${failure}
    where id = ${id} and ended_at is null`);
}

import { type Db, sql, type Tx } from '../../platform/index.ts';
import { columns, type Row, type StoredConnection, stored } from './store.ts';
import type { PullFailure } from './types.ts';

/** Connections whose turn has come. */
export const dueConnections = (db: Db, now: Date): Promise<{ id: string }[]> =>
  db.all(sql`select id from kobo_connections where ended_at is null and next_pull_at <= ${now} order by next_pull_at limit 100`);

/** Claims a connection whose turn has come, and forgets its files that have come to their end. @param until when somebody else may take it up @returns undefined when it is not due */
export async function claim(tx: Tx, id: string, now: Date, until: Date): Promise<StoredConnection | undefined> {
  const row = await tx.first<Row>(sql`update kobo_connections set next_pull_at = ${until},
      awaited_files = array(select f.id from registration_files f
        where f.id = any(awaited_files) and f.state not in ('done', 'cancelled') order by f.id)
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
  /** The file that it came in as; null when nothing was taken. */
  readonly fileId: string | null;
}

/** How many submissions that were not approved are looked at again; of more, the latest. */
const MOST_LOOKED_AT_AGAIN = 1_000;

/** @returns undefined when the connection has ended or somebody else has moved on */
export async function advance(tx: Tx, id: string, page: TakenPage, until: Date): Promise<StoredConnection | undefined> {
  const row =
    await tx.first<Row>(sql`update kobo_connections set last_submission = ${page.to}, taken_submissions = taken_submissions + ${page.taken},
      unreadable_submissions = unreadable_submissions + ${page.unreadable},
      not_approved = array(select distinct n from unnest(not_approved || ${page.notApproved}::bigint[]) n
        where n <> all(${page.settled}::bigint[]) order by n desc limit ${MOST_LOOKED_AT_AGAIN}),
      awaited_files = awaited_files || array_remove(array[${page.fileId}::uuid], null),
      next_pull_at = ${until} where id = ${id} and ended_at is null and last_submission = ${page.from} returning ${columns}`);
  return row && stored(row);
}

export async function finishPull(tx: Tx, id: string, now: Date, nextPullAt: Date): Promise<void> {
  await tx.run(sql`update kobo_connections set pulled_at = ${now}, next_pull_at = ${nextPullAt}, failures = 0, last_failure = null
    where id = ${id} and ended_at is null`);
}

export async function failPull(tx: Tx, id: string, failure: PullFailure, nextPullAt: Date): Promise<void> {
  await tx.run(sql`update kobo_connections set next_pull_at = ${nextPullAt}, failures = failures + 1, last_failure = ${failure}
    where id = ${id} and ended_at is null`);
}

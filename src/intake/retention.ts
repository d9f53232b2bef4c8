import { type Sql, sql, type Tx } from '../platform/index.ts';

/** The files of a programme with which nothing has happened since a moment and whose rows are still there: a query of their ids. */
export const oldFiles = (programmeId: string, before: Date): Sql => sql`select id::text as id from registration_files
  where programme_id = ${programmeId} and emptied_at is null and state in ('received', 'checked', 'done', 'stopped', 'cancelled')
    and coalesce(finished_at, uploaded_at) < ${before}`;

/**
 * Lets go of the rows of such files, refused ones among them. Which rows were refused and why stays, without a value; a file that nobody has
 * run is cancelled.
 */
export async function emptyFiles(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  await tx.run(sql`update registration_files set state = 'cancelled', finished_at = ${now}
    where id = any(${ids}::uuid[]) and state in ('received', 'checked')`);
  await tx.run(sql`update registration_files set emptied_at = ${now}, data_key = null, version = version + 1
    where id = any(${ids}::uuid[]) and emptied_at is null and state in ('done', 'stopped', 'cancelled')`);
  await tx.run(sql`delete from registration_chunks c using registration_files f
    where c.file_id = f.id and f.id = any(${ids}::uuid[]) and f.emptied_at is not null`);
}

/** Self-registrations that ran out before a moment, as a query of their ids. Their content went when they ran out. */
export const oldSelfRegistrations = (before: Date): Sql =>
  sql`select id::text as id from self_registrations where state = 'expired' and expires_at < ${before}`;

export async function forgetSelfRegistrations(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from self_registrations where id = any(${ids}::uuid[]) and state = 'expired'`);
}

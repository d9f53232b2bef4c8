import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import { type ExceptionFilter, fits } from './reading.ts';

/** @returns whether it was still of this version, and not resolved @throws Error by constraint `exceptions_owned_by_another` */
export async function setOwner(tx: Tx, id: string, ownerId: string | null, version: number): Promise<boolean> {
  return (
    (await tx.run(sql`update exceptions set owner_id = ${ownerId}::uuid, version = version + 1
      where id = ${id} and version = ${version} and state <> 'resolved'`)) === 1
  );
}

/** @returns whether it was still of this version, and not resolved */
export async function setDueOn(tx: Tx, id: string, dueOn: string, version: number): Promise<boolean> {
  return (
    (await tx.run(sql`update exceptions set due_on = ${dueOn}, version = version + 1
      where id = ${id} and version = ${version} and state <> 'resolved'`)) === 1
  );
}

/** Exceptions of a filter that are left as they are, and why. */
export interface LeftAlone {
  readonly id: string;
  readonly why: 'proposed' | 'resolved' | 'own_hand';
}

/** How many are changed in one transaction, each with an event of its own. */
export const AT_ONCE = 2_000;

/**
 * Says what of a filter somebody may be given or decide, the oldest first, and locks it; and what not, and why.
 * @param who who is to own or to resolve them
 * @returns at most {@link AT_ONCE} of them, what was left alone before these, and whether there are more
 */
export async function sortOut(
  tx: Tx,
  programmeId: string,
  filter: ExceptionFilter,
  who: string,
  now: Date,
): Promise<{ ids: string[]; left: LeftAlone[]; more: boolean }> {
  const wanted: string[] = [];
  const left: LeftAlone[] = [];
  let after: string | undefined;
  // As many at a time as are wanted, for it takes several look-ups to judge one.
  do {
    const rows = await judged(tx, programmeId, filter, who, now, after);
    for (const { id, why } of rows) {
      if (why) left.push({ id, why });
      else wanted.push(id);
      if (wanted.length > AT_ONCE) break;
    }
    after = rows.length > AT_ONCE ? rows.at(-1)?.id : undefined;
  } while (after && wanted.length <= AT_ONCE);
  // Whatever was decided meanwhile drops out here.
  const locked = await tx.all<{
    id: string;
  }>(sql`select id from exceptions where id = any(${wanted.slice(0, AT_ONCE)}::uuid[]) and state = 'open'
    order by id for no key update`);
  return {
    ids: locked.map(({ id }) => id),
    left,
    more: wanted.length > AT_ONCE,
  };
}

const judged = (tx: Tx, programmeId: string, filter: ExceptionFilter, who: string, now: Date, after: string | undefined) =>
  tx.all<{ id: string; why: LeftAlone['why'] | null }>(sql`
    with chosen as materialized (select e.* from exceptions e join programmes g on g.id = e.programme_id where ${fits(programmeId, filter, now)}
      and (${after ?? null}::uuid is null or e.id > ${after ?? null}) order by e.id limit ${AT_ONCE + 1})
    select e.id, case when e.state <> 'open' then e.state
      when has_hand_in_exception(${who}, e.payout_id, e.statement_line_id, e.record_type, e.record_id) then 'own_hand' end as why
    from chosen e order by e.id`);

export async function setOwners(tx: Tx, ids: readonly string[], ownerId: string): Promise<void> {
  await tx.run(sql`update exceptions set owner_id = ${ownerId}, version = version + 1 where id = any(${ids}::uuid[])`);
}

interface CommentRow {
  readonly id: string;
  readonly authorId: string;
  readonly at: Date;
  readonly content: Buffer;
}

export async function insertComment(tx: Tx, exceptionId: string, { id, authorId, at, content }: CommentRow): Promise<void> {
  await tx.insert('exception_comments', [{ id, exception_id: exceptionId, author_id: authorId, at, content }]);
}

/** What was said about an exception, the oldest first; sealed still. */
export async function pageOfComments(db: Db, exceptionId: string, limit: number, after: string | undefined): Promise<Page<CommentRow>> {
  const rows = await db.all<CommentRow>(sql`select c.id, c.author_id as "authorId", c.at, c.content from exception_comments c
    where c.exception_id = ${exceptionId} and (${after ?? null}::uuid is null or c.id > ${after ?? null}) order by c.id limit ${limit + 1}`);
  return pageOf(rows, limit, ({ id }) => id);
}

export async function insertAttachment(
  tx: Tx,
  exceptionId: string,
  { id, title, location, sha256, by, at }: { id: string; title: string; location: string; sha256: string | null; by: string; at: Date },
): Promise<void> {
  await tx.insert('exception_attachments', [{ id, exception_id: exceptionId, title, location, sha256, added_by: by, added_at: at }]);
}

/** @returns whether the exception has it, and it was not removed before */
export async function markRemoved(
  tx: Tx,
  exceptionId: string,
  id: string,
  { by, at, reason }: { readonly by: string; readonly at: Date; readonly reason: string },
): Promise<boolean> {
  return (
    (await tx.run(sql`update exception_attachments set removed_by = ${by}, removed_at = ${at}, removal_reason = ${reason}
      where id = ${id} and exception_id = ${exceptionId} and removed_at is null`)) === 1
  );
}

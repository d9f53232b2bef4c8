import { allOf, type CommandEvent, type Db, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import type { AuditEvent, AuditFilter } from './types.ts';

/** The statement that adds an event to the trail, for the command runner to carry out in the command's transaction. */
export function recordEvent(event: CommandEvent): Sql {
  const { programme = null, office = null, fund = null } = event.scope;
  return sql`
    insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id, office_id, fund_id,
      before_digest, after_digest, reason, refusal, request_id)
    values (${event.id}, ${event.at}, ${event.actorId}, ${event.command}, ${event.subjectType}, ${event.subjectId},
      ${programme}, ${office}, ${fund}, ${event.beforeDigest}, ${event.afterDigest}, ${event.reason}, ${event.refusal},
      ${event.requestId})`;
}

/**
 * @param within which rows `e` may be seen
 * @param before only events that come before this one
 */
export async function pageOfEvents(
  db: Db,
  within: Sql,
  filter: AuditFilter,
  limit: number,
  before: string | undefined,
): Promise<Page<AuditEvent>> {
  const { subjectId, actorId, command, programmeId, from, to } = filter;
  const rows = await db.all<Omit<AuditEvent, 'at'> & { at: Date }>(sql`
    select e.id, e.at, e.actor_id as "actorId", e.command, e.subject_type as "subjectType", e.subject_id as "subjectId",
      e.programme_id as "programmeId", e.office_id as "officeId", e.fund_id as "fundId", e.before_digest as "beforeDigest",
      e.after_digest as "afterDigest", e.reason, e.refusal, e.request_id as "requestId"
    from audit_events e
    where ${allOf([
      sql`(${within})`,
      ...(subjectId ? [sql`e.subject_id = ${subjectId}`] : []),
      ...(actorId ? [sql`e.actor_id = ${actorId}`] : []),
      ...(command ? [sql`e.command = ${command}`] : []),
      ...(programmeId ? [sql`e.programme_id = ${programmeId}`] : []),
      ...(from ? [sql`e.at >= ${from}`] : []),
      ...(to ? [sql`e.at < ${to}`] : []),
      ...(before ? [sql`e.id < ${before}`] : []),
    ])}
    order by e.id desc limit ${limit + 1}`);
  return pageOf(
    rows.map(({ at, ...event }) => ({ ...event, at: at.toISOString() })),
    limit,
    ({ id }) => id,
  );
}

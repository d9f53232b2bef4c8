import { allOf, type CommandEvent, type Db, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import type { AuditEvent, AuditFilter } from './types.ts';

/** The statement that adds an event to the trail, for the command runner to carry out in the command's transaction. */
export function recordEvent(event: CommandEvent): Sql {
  const { programme = null, office = null, fund = null } = event.scope;
  return sql`
    insert into audit_events (id, at, actor_id, actor_kind, key_id, command, subject_type, subject_id, programme_id, office_id, fund_id,
      before_digest, after_digest, reason, refusal, request_id)
    values (${event.id}, ${event.at}, ${event.actorId}, ${event.actorKind}, ${event.keyId}, ${event.command}, ${event.subjectType}, ${event.subjectId},
      ${programme}, ${office}, ${fund}, ${event.beforeDigest}, ${event.afterDigest}, ${event.reason}, ${event.refusal},
      ${event.requestId})`;
}

type Row = Omit<AuditEvent, 'at'> & { readonly at: Date };

const columns = sql`e.id, e.at, e.actor_id as "actorId", e.actor_kind as "actorKind", e.key_id as "keyId", e.command, e.subject_type as "subjectType", e.subject_id as "subjectId",
  e.programme_id as "programmeId", e.office_id as "officeId", e.fund_id as "fundId", e.before_digest as "beforeDigest",
  e.after_digest as "afterDigest", e.reason, e.refusal, e.request_id as "requestId"`;
const eventOf = ({ at, ...event }: Row): AuditEvent => ({ ...event, at: at.toISOString() });

const fitting = (within: Sql, { subjectId, actorId, command, programmeId, from, to }: AuditFilter): Sql[] => [
  sql`(${within})`,
  ...(subjectId ? [sql`e.subject_id = ${subjectId}`] : []),
  ...(actorId ? [sql`e.actor_id = ${actorId}`] : []),
  ...(command ? [sql`e.command = ${command}`] : []),
  ...(programmeId ? [sql`e.programme_id = ${programmeId}`] : []),
  ...(from ? [sql`e.at >= ${from}`] : []),
  ...(to ? [sql`e.at < ${to}`] : []),
];

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
  const rows = await db.all<Row>(sql`select ${columns} from audit_events e
    where ${allOf([...fitting(within, filter), ...(before ? [sql`e.id < ${before}`] : [])])} order by e.id desc limit ${limit + 1}`);
  return pageOf(rows.map(eventOf), limit, ({ id }) => id);
}

/** As {@link pageOfEvents}, oldest first. @param after only events that come after this one */
export const eventsAfter = async (
  db: Db,
  within: Sql,
  filter: AuditFilter,
  limit: number,
  after: string | undefined,
): Promise<AuditEvent[]> =>
  (
    await db.all<Row>(sql`select ${columns} from audit_events e
      where ${allOf([...fitting(within, filter), ...(after ? [sql`e.id > ${after}`] : [])])} order by e.id limit ${limit}`)
  ).map(eventOf);

/** The events of any of these subjects, oldest first. */
export const eventsOf = async (
  db: Db,
  within: Sql,
  subjectIds: readonly string[],
  limit: number,
  after: string | undefined,
): Promise<AuditEvent[]> =>
  (
    await db.all<Row>(sql`select ${columns} from audit_events e
      where ${allOf([sql`(${within})`, sql`e.subject_id = any(${subjectIds}::text[])`, ...(after ? [sql`e.id > ${after}`] : [])])}
      order by e.id limit ${limit}`)
  ).map(eventOf);

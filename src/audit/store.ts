import { allOf, type CommandEvent, type Db, insertion, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import type { AuditEvent, AuditFilter } from './types.ts';

/** The statement that adds events to the trail, for the command runner to carry out in the command's transaction. */
export const recordEvents = (events: readonly CommandEvent[]): Sql =>
  insertion(
    'audit_events',
    events.map(({ scope: { programme = null, office = null, fund = null }, ...event }) => ({
      id: event.id,
      at: event.at,
      actor_id: event.actorId,
      actor_kind: event.actorKind,
      key_id: event.keyId,
      command: event.command,
      subject_type: event.subjectType,
      subject_id: event.subjectId,
      programme_id: programme,
      office_id: office,
      fund_id: fund,
      before_digest: event.beforeDigest,
      after_digest: event.afterDigest,
      reason: event.reason,
      refusal: event.refusal,
      request_id: event.requestId,
    })),
  );

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

import { scopeCondition } from '../access/index.ts';
import { type Actor, allOf, atMost, type Db, type Page, pageOf, pageRequestById, problem, type Sql, sql } from '../platform/index.ts';
import type { PersonReadDetail, PersonReadLine, ReadFilter } from './reads-types.ts';

type Paging = { readonly limit?: number; readonly cursor?: string };
type Row = Omit<PersonReadLine, 'at'> & { readonly at: Date };

const scoped = { programme: sql`r.programme_id` };

const columns = sql`r.id, r.at, r.actor_id as "actorId", r.actor_kind as "actorKind", u.display_name as "actorName",
  r.session_id as "sessionId", r.purpose, r.purpose_stated as "purposeStated", r.operation, r.programme_id as "programmeId",
  cardinality(r.beneficiary_ids) as people,
  case when r.source_id is null then null else jsonb_build_object('type', r.source_type, 'id', r.source_id) end as source,
  r.request_id as "requestId"`;

const shown = <R extends Row>({ at, ...row }: R) => ({ ...row, at: at.toISOString() });

async function page(db: Db, conditions: readonly Sql[], query: Paging): Promise<Page<PersonReadLine>> {
  const { limit, after } = pageRequestById(query);
  const rows = await db.all<Row>(sql`select ${columns} from person_reads r left join users u on u.id = r.actor_id
    where ${allOf([...conditions, ...(after ? [sql`r.id < ${after}::uuid`] : [])])} order by r.id desc limit ${atMost(limit + 1)}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

// Looked up before anything is put in order: a planner that sees the order walks back through everybody's readings to find a few.
const showing = (beneficiaryId: string): Sql =>
  sql`r.id = any(array(select w.id from person_reads w where w.beneficiary_ids @> array[${beneficiaryId}::uuid]))`;

/**
 * Who was shown a person, newest first. It asks nobody who they are: whoever calls it has seen to that.
 * @param beneficiaryId also somebody who was erased
 */
export const readsOfPerson = (db: Db, beneficiaryId: string, query: Paging): Promise<Page<PersonReadLine>> =>
  page(db, [showing(beneficiaryId)], query);

/** The readings that an actor may see and that fit a filter, newest first. */
export const listPersonReads = (db: Db, actor: Actor, { limit, cursor, ...filter }: ReadFilter & Paging): Promise<Page<PersonReadLine>> => {
  const { actorId, purpose, operation, programmeId, beneficiaryId, from, to } = filter;
  const conditions = [
    sql`(${scopeCondition(actor, 'audit.read_reads', scoped)})`,
    ...(actorId ? [sql`r.actor_id = ${actorId}`] : []),
    ...(purpose ? [sql`r.purpose = ${purpose}`] : []),
    ...(operation ? [sql`r.operation = ${operation}`] : []),
    ...(programmeId ? [sql`r.programme_id = ${programmeId}`] : []),
    ...(beneficiaryId ? [showing(beneficiaryId)] : []),
    ...(from ? [sql`r.at >= ${from}`] : []),
    ...(to ? [sql`r.at < ${to}`] : []),
  ];
  return page(db, conditions, { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) });
};

/** One reading with everybody whom it showed. @throws not_found when there is none that the actor may see */
export async function readPersonRead(db: Db, actor: Actor, id: string): Promise<PersonReadDetail> {
  const row = await db.first<Row & { beneficiaryIds: string[] }>(sql`select ${columns}, r.beneficiary_ids as "beneficiaryIds"
    from person_reads r left join users u on u.id = r.actor_id
    where r.id = ${id} and (${scopeCondition(actor, 'audit.read_reads', scoped)})`);
  if (!row) throw problem.not_found('There is no such record.');
  return shown(row);
}

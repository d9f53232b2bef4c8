import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Digested, RecordSeal, RecordTable } from './types.ts';

const at = sql`to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

// Every column that never changes. That an alert was seen to is a command, with its own event.
const tables: Readonly<Record<RecordTable, { readonly from: Sql; readonly text: Sql }>> = {
  person_reads: {
    from: sql`person_reads`,
    text: sql`jsonb_build_array(r.id, ${at}, r.actor_id, r.actor_kind, r.session_id, r.purpose, r.purpose_stated, r.operation, r.programme_id,
      r.beneficiary_ids, r.source_type, r.source_id, r.request_id)::text`,
  },
  alerts: {
    from: sql`alerts`,
    text: sql`jsonb_build_array(r.id, ${at}, r.kind, r.subject_type, r.subject_id, r.programme_id, r.caused_by, r.facts)::text`,
  },
};

const digestOf = (rows: Sql, records: RecordTable): Sql => sql`select count(*)::int as rows,
    sha256(coalesce(string_agg(sha256(convert_to(${tables[records].text}, 'UTF8')), '' order by r.id), '')) as digest
  from ${rows} r`;

/** The digest of the rows of a table after one and up to another. */
export async function digestBetween(db: Db, records: RecordTable, after: string | null, upTo: string): Promise<Digested> {
  const rows = sql`(select * from ${tables[records].from} where (${after}::uuid is null or id > ${after}::uuid) and id <= ${upTo}::uuid)`;
  const row = await db.first<Digested>(digestOf(rows, records));
  if (!row) throw new Error('there is always one row');
  return row;
}

/** The last of the next rows of a table after one and before another, so many at most; undefined when there are none. */
export const lastOfNext = async (
  db: Db,
  records: RecordTable,
  after: string | null,
  before: string,
  limit: number,
): Promise<string | undefined> =>
  (
    await db.first<{ id: string }>(sql`select id from (
      select id from ${tables[records].from} where (${after}::uuid is null or id > ${after}::uuid) and id < ${before}::uuid order by id limit ${limit}) r
    order by id desc limit 1`)
  )?.id;

const columns = sql`s.id, s.records, s.number, s.after_id as after, s.up_to as "upTo", s.row_count as rows, s.digest`;

export const lastSeal = (db: Db, records: RecordTable): Promise<RecordSeal | undefined> =>
  db.first(sql`select ${columns} from record_seals s where s.records = ${records} order by s.number desc limit 1`);

/** A seal, and whether an event of the trail names it. */
export type NamedSeal = RecordSeal & { readonly isNamed: boolean };

/** The next seals of a table. */
export const sealsAfter = (db: Db, records: RecordTable, number: number, limit: number): Promise<NamedSeal[]> =>
  db.all(sql`select ${columns}, exists (select from audit_events e where e.subject_id = s.id and e.command = 'audit.seal_records') as "isNamed"
    from record_seals s where s.records = ${records} and s.number > ${number} order by s.number limit ${limit}`);

export const insertSeal = (tx: Tx, { id, records, number, after, upTo, rows, digest }: RecordSeal, now: Date): Promise<number> =>
  tx.run(sql`insert into record_seals (id, records, number, after_id, up_to, row_count, digest, sealed_at)
    values (${id}, ${records}, ${number}, ${after}, ${upTo}, ${rows}, ${digest}, ${now})`);

/** Seals that events name, and that are not there. */
export const lostSeals = async (db: Db): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select e.subject_id as id from audit_events e
    where e.command = 'audit.seal_records' and e.subject_type = 'record_seal' and not exists (select from record_seals s where s.id = e.subject_id)
    order by e.id`)
  ).map(({ id }) => id);

/** Alerts that say of themselves who has seen to them, or that nobody has, and the trail says otherwise. */
export const misseenAlerts = async (db: Db): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
    with seen as materialized (select subject_id, actor_id, at from audit_events where command = 'access.mark_alert_seen' and refusal is null)
    select a.id from alerts a left join seen s on s.subject_id = a.id::text
    where row (s.actor_id, s.at) is distinct from row (a.seen_by, a.seen_at) order by a.id`)
  ).map(({ id }) => id);

import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Erasure, ErasureGround, Obstacle } from './types.ts';

type Row = Omit<Erasure, 'askedAt' | 'decidedAt'> & { readonly askedAt: Date; readonly decidedAt: Date | null };

const columns: Sql = sql`e.id, e.beneficiary_id as "beneficiaryId", e.programme_id as "programmeId", e.ground, e.reason, e.origin,
  e.run_id as "runId", e.state, e.asked_by as "askedBy", e.asked_at as "askedAt", e.decided_by as "decidedBy", e.decided_at as "decidedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'registrationNumber', b.registration_number) order by b.id), '[]')
    from beneficiaries b where b.erasure_id = e.id) as records`;

const shown = ({ askedAt, decidedAt, ...row }: Row): Erasure => ({
  ...row,
  askedAt: askedAt.toISOString(),
  decidedAt: decidedAt?.toISOString() ?? null,
});

export interface NewErasure {
  readonly id: string;
  readonly beneficiaryId: string;
  readonly programmeId: string;
  readonly ground: ErasureGround;
  readonly reason: string | null;
  readonly origin: Erasure['origin'];
  readonly runId: string | null;
}

/** Asks for erasures. @throws Error by constraint `erasures_one_asked` when one was asked for already */
export const insertErasures = (tx: Tx, erasures: readonly NewErasure[], by: string, at: Date): Promise<void> =>
  tx.insert(
    'erasures',
    erasures.map(({ id, beneficiaryId, programmeId, ground, reason, origin, runId }) => ({
      id,
      beneficiary_id: beneficiaryId,
      programme_id: programmeId,
      ground,
      reason,
      origin,
      run_id: runId,
      state: 'asked',
      asked_by: by,
      asked_at: at,
    })),
  );

export async function decideErasures(tx: Tx, ids: readonly string[], state: 'done' | 'withdrawn', by: string, at: Date): Promise<void> {
  await tx.run(sql`update erasures set state = ${state}, decided_by = ${by}, decided_at = ${at} where id = any(${ids}::uuid[])`);
}

export const findErasure = async (db: Db, id: string): Promise<Erasure | undefined> => {
  const row = await db.first<Row>(sql`select ${columns} from erasures e where e.id = ${id}`);
  return row && shown(row);
};

/** An erasure that nobody else decides until the transaction ends. */
export const lockErasure = async (tx: Tx, id: string): Promise<Erasure | undefined> => {
  const row = await tx.first<Row>(sql`select ${columns} from erasures e where e.id = ${id} for update of e`);
  return row && shown(row);
};

/** The erasures of a programme, the latest first. */
export async function pageOfErasures(
  db: Db,
  programmeId: string,
  state: string | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Erasure>> {
  const rows = await db.all<Row>(sql`select ${columns} from erasures e where e.programme_id = ${programmeId}
    and ${state ? sql`e.state = ${state}` : sql`true`} and ${after ? sql`e.id < ${after}` : sql`true`} order by e.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** What stands in the way of erasing each of these records, all of it. */
export const obstaclesOf = (db: Db, records: readonly string[]): Promise<(Obstacle & { readonly record: string })[]> =>
  db.all(sql`select distinct record, obstacle, about from erasure_obstacles(${records}::uuid[]) order by record, obstacle, about`);

/**
 * Forgets what was answered to requests about these people. Such an answer can hold what they were called, and only the keys of requests
 * find it; the trail says which requests were about them.
 * @param subjects as the trail names them: people, households, pairs
 */
export async function forgetAnswers(tx: Tx, subjects: readonly string[]): Promise<void> {
  await tx.run(sql`delete from idempotency_keys k using audit_events a where a.subject_id = any(${subjects}::text[])
    and k.actor_id = a.actor_id and k.created_at = a.at and k.command = a.command`);
}

/** The pairs that these records are in, as the trail names them. */
export async function pairSubjects(db: Db, records: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ subject: string }>(sql`select first_id || '/' || second_id as subject from duplicate_pairs
    where first_id = any(${records}::uuid[]) or second_id = any(${records}::uuid[])`);
  return rows.map(({ subject }) => subject);
}

import { type Evidence, type Model, type Observation, readModel, shippedModel } from '../matching/index.ts';
import { type Db, newId, sql, type Tx } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import type { ModelComparison, PairState } from './types.ts';

/** A set of weights of a programme. Version 0 is the shipped one, which nobody made. */
export interface MatchingModel {
  readonly version: number;
  readonly inUse: boolean;
  readonly definition: Model;
  readonly comparison: ModelComparison | null;
  readonly createdBy: string | null;
  readonly createdAt: string | null;
}

interface Row extends Omit<MatchingModel, 'createdAt' | 'definition'> {
  readonly definition: unknown;
  readonly createdAt: Date;
}

const inUse = (programmeId: string) => sql`(select u.model_id from matching_model_uses u where u.programme_id = ${programmeId}
  order by u.used_from desc, u.id desc limit 1)`;

/** The versions that a programme has, newest first; the shipped one is the last. */
export async function modelsOf(db: Db, programmeId: string, version?: number): Promise<MatchingModel[]> {
  const rows = await db.all<Row>(sql`select m.version, m.id is not distinct from ${inUse(programmeId)} as "inUse", m.definition,
      m.basis as comparison, m.created_by as "createdBy", m.created_at as "createdAt"
    from matching_models m where m.programme_id = ${programmeId} and ${version === undefined ? sql`true` : sql`m.version = ${version}`}
    order by m.version desc`);
  const own = rows.map(({ definition, createdAt, ...row }) => ({
    ...row,
    definition: readModel(definition),
    createdAt: createdAt.toISOString(),
  }));
  if (version) return own;
  const used = await db.first<{ own: boolean }>(sql`select ${inUse(programmeId)} is not null as own`);
  return [...own, { version: 0, inUse: !used?.own, definition: shippedModel, comparison: null, createdBy: null, createdAt: null }];
}

/** Makes those who estimate weights for a programme, or put some to use, wait for one another. */
export const lockModels = (tx: Tx, programmeId: string): Promise<unknown> =>
  tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`matching_models/${programmeId}`}, 0))`);

export async function insertModel(
  tx: Tx,
  programmeId: string,
  { version, definition, comparison }: Pick<MatchingModel, 'version' | 'definition' | 'comparison'>,
  by: string,
  at: Date,
): Promise<void> {
  await tx.insert('matching_models', [
    { id: newId(), programme_id: programmeId, version, definition, basis: comparison, created_by: by, created_at: at },
  ]);
}

/** @param version 0 for the shipped one */
export async function insertUse(tx: Tx, programmeId: string, version: number, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into matching_model_uses (id, programme_id, model_id, used_by, used_from)
    values (${newId()}, ${programmeId}, (select id from matching_models where programme_id = ${programmeId} and version = ${version}), ${by}, ${at})`);
}

/** What a programme's pairs say about how people agree and differ, the decided ones with what was decided. One for each pattern. */
export async function observationsOf(db: Db, programmeId: string): Promise<Observation[]> {
  const rows = await db.all<{ evidence: Evidence[]; decided: 'same' | 'different' | null; count: number }>(sql`
    select (array_agg(evidence order by first_id, second_id))[1] as evidence, count(*)::int as count,
      case state when 'same_person' then 'same' when 'different_people' then 'different' end as decided
    from duplicate_pairs where programme_id = ${programmeId} and state <> 'superseded' and pattern <> ''
    group by pattern, 3 order by pattern, 3`);
  return rows.map(({ decided, ...observation }) => (decided ? { ...observation, decided } : observation));
}

/** A pair with what became of it. */
export interface KnownPair extends PairName {
  readonly state: PairState;
}

/** The next pairs of a programme after one. @param undecided whether only those are wanted that wait for a person */
export const pairsAfter = (db: Db, programmeId: string, undecided: boolean, after: PairName | null, limit: number): Promise<KnownPair[]> =>
  db.all(sql`select first_id as "firstId", second_id as "secondId", state from duplicate_pairs
    where programme_id = ${programmeId} and ${undecided ? sql`state in ('open', 'needs_information')` : sql`state <> 'superseded'`}
      and ${after ? sql`(first_id, second_id) > (${after.firstId}::uuid, ${after.secondId}::uuid)` : sql`true`}
    order by first_id, second_id limit ${limit}`);

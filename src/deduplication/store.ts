import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { patternOf, scoreText } from './rules.ts';
import type { ScoredPair } from './types.ts';

/**
 * Opens pairs. One that is known is brought up to date while nobody has decided it. What was decided, or waits for information, is opened
 * again only by evidence that speaks for one person and was not there before.
 * @returns how many were opened or changed
 */
export async function openPairs(
  tx: Tx,
  programmeId: string,
  pairs: readonly ScoredPair[],
  modelVersion: number,
  at: Date,
): Promise<number> {
  if (pairs.length === 0) return 0;
  const rows = pairs.map(({ firstId, secondId, probability, evidence }) => ({
    first_id: firstId,
    second_id: secondId,
    score: scoreText(probability),
    evidence,
    pattern: patternOf(evidence),
  }));
  const isNew = sql`not known.evidence @> (select coalesce(jsonb_agg(e - 'weight'), '[]') from jsonb_array_elements(excluded.evidence) e
    where (e ->> 'weight')::numeric > 0)`;
  // In one order, so that two comparisons of the same people do not wait for each other in a circle.
  return tx.run(sql`insert into duplicate_pairs as known (first_id, second_id, programme_id, score, evidence, pattern, model_version, found_at)
    select first_id, second_id, ${programmeId}, score, evidence, pattern, ${modelVersion}, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (first_id uuid, second_id uuid, score numeric, evidence jsonb, pattern text)
    order by first_id, second_id
    on conflict (first_id, second_id) do update set score = excluded.score, evidence = excluded.evidence, pattern = excluded.pattern,
      model_version = excluded.model_version, version = known.version + 1, state = case when ${isNew} then 'open' else known.state end,
      reason = case when ${isNew} then null else known.reason end, decided_by = case when ${isNew} then null else known.decided_by end,
      decided_at = case when ${isNew} then null else known.decided_at end
    where known.state in ('open', 'needs_information') and (known.score, known.evidence) is distinct from (excluded.score, excluded.evidence)
      or known.state = 'different_people' and ${isNew}`);
}

/** A pair that waits for a person. */
export interface StandingPair {
  readonly firstId: string;
  readonly secondId: string;
  /** Whether it keeps both off released lists. */
  readonly holds: boolean;
  /** Whether it keeps the second of the two, or an applicant beside somebody enrolled, from being enrolled. */
  readonly blocksFirst: boolean;
  readonly blocksSecond: boolean;
}

/** The undecided pairs of these people. */
export const standingPairs = (db: Db, beneficiaryIds: readonly string[], holdThreshold: string): Promise<StandingPair[]> =>
  db.all(sql`
    select p.first_id as "firstId", p.second_id as "secondId", ${holds(sql`p`, sql`${holdThreshold}::numeric`)} as holds,
      ${sharesDocument(sql`p`)} as "blocksSecond",
      ${sharesDocument(sql`p`)} and exists (select from enrolments e where e.programme_id = p.programme_id and e.beneficiary_id = p.second_id
        and e.state in ('enrolled', 'suspended')) as "blocksFirst"
    from duplicate_pairs p where p.first_id = any(${beneficiaryIds}::uuid[]) and ${isUndecided(sql`p`)}
    union
    select p.first_id, p.second_id, ${holds(sql`p`, sql`${holdThreshold}::numeric`)}, ${sharesDocument(sql`p`)}, false
    from duplicate_pairs p where p.second_id = any(${beneficiaryIds}::uuid[]) and ${isUndecided(sql`p`)}`);

/** Whether a pair still waits for a person. @param pair the alias of its row */
export const isUndecided = (pair: Sql): Sql => sql`${pair}.state in ('open', 'needs_information')`;

/** Whether a pair shares a document of the same country. @param pair the alias of its row */
const sharesDocument = (pair: Sql): Sql => sql`${pair}.evidence @> '[{"field": "document", "level": "same"}]'`;

/**
 * Whether a pair keeps both people off released lists: one that is likely enough, and, however unlike the two are, one that shares a document.
 * @param pair the alias of its row @param threshold the programme's
 */
export const holds = (pair: Sql, threshold: Sql): Sql =>
  sql`(${isUndecided(pair)} and (${pair}.score >= ${threshold} or ${sharesDocument(pair)}))`;

/** Those of these people who are in a pair `p` that meets a condition. */
const inPair = async (db: Db, beneficiaryIds: readonly string[], condition: Sql): Promise<Set<string>> => {
  const rows = await db.all<{ id: string }>(sql`
    select i.id from unnest(${beneficiaryIds}::uuid[]) as i (id) where exists (
      select from duplicate_pairs p where p.first_id = i.id and ${condition}
      union all
      select from duplicate_pairs p where p.second_id = i.id and ${condition})`);
  return new Set(rows.map(({ id }) => id));
};

export const blockedAmong = (db: Db, beneficiaryIds: readonly string[]): Promise<Set<string>> =>
  inPair(db, beneficiaryIds, sql`${isUndecided(sql`p`)} and ${sharesDocument(sql`p`)}`);

/**
 * How many of the people who came in by one file are held now by somebody who was there before them.
 * @param throughRow the last row of the file that counts
 */
export async function heldFromSource(db: Db, sourceId: string, throughRow: number): Promise<number> {
  const row = await db.first<{ held: number }>(sql`
    select count(*)::int as held from beneficiaries b
    where b.source_id = ${sourceId} and b.source_row <= ${throughRow} and exists (
      select from duplicate_pairs p join programmes g on g.id = p.programme_id
      where p.second_id = b.id and ${holds(sql`p`, sql`g.hold_threshold`)})`);
  return row?.held ?? 0;
}

import type { EnrolmentState } from '../beneficiaries/index.ts';
import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { CandidatePair, Decision, Evidence, PairState, ScoredPair } from './types.ts';

/**
 * Everybody in a programme who shares a document or a telephone number with one of these people. A record that was merged
 * stands for the record it was merged into, except towards those whom it was told apart from.
 */
export const candidatesFor = (tx: Tx, programmeId: string, beneficiaryIds: readonly string[]): Promise<CandidatePair[]> =>
  tx.all(sql`
    with shared as (
      select mine.beneficiary_id as mine, theirs.beneficiary_id as theirs,
        bool_or(mine.kind = 'document') as document, bool_or(mine.kind = 'phone') as phone
      from beneficiary_indexes mine
      join beneficiary_indexes theirs on theirs.kind = mine.kind and theirs.value = mine.value and theirs.beneficiary_id <> mine.beneficiary_id
      where mine.beneficiary_id = any(${beneficiaryIds}::uuid[]) and mine.kind in ('document', 'phone')
      group by mine.beneficiary_id, theirs.beneficiary_id
    ), compared as (
      select coalesce(a.merged_into, a.id) as one, coalesce(b.merged_into, b.id) as other, document, phone,
        exists (select from beneficiary_indexes x join beneficiary_indexes y on y.kind = x.kind and y.value = x.value
          where x.kind = 'birth' and x.beneficiary_id = a.id and y.beneficiary_id = b.id) as birth,
        a.household_id = b.household_id as household
      from shared s join beneficiaries a on a.id = s.mine join beneficiaries b on b.id = s.theirs
      join households h on h.id = b.household_id
      where h.programme_id = ${programmeId}
        and (coalesce(a.merged_into, b.merged_into) is null or not exists (select from duplicate_pairs d
          where d.first_id = least(a.id, b.id) and d.second_id = greatest(a.id, b.id) and d.state = 'different_people'))
    )
    select least(one, other) as "firstId", greatest(one, other) as "secondId", bool_or(document) as "sameDocument",
      bool_or(phone) as "samePhone", bool_or(birth) as "sameBirth", bool_or(household) as "sameHousehold"
    from compared where one <> other group by least(one, other), greatest(one, other) order by 1, 2`);

/** Opens pairs. One that is known is changed by new evidence only, which also re-opens what was decided on less. */
export async function openPairs(tx: Tx, programmeId: string, pairs: readonly ScoredPair[], at: Date): Promise<void> {
  const rows = pairs.map(({ firstId, secondId, score, evidence }) => ({ first_id: firstId, second_id: secondId, score, evidence }));
  await tx.run(sql`insert into duplicate_pairs as known (first_id, second_id, programme_id, score, evidence, found_at)
    select first_id, second_id, ${programmeId}, score, evidence, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (first_id uuid, second_id uuid, score numeric, evidence jsonb)
    on conflict (first_id, second_id) do update set score = excluded.score, evidence = excluded.evidence, state = 'open',
      reason = null, decided_by = null, decided_at = null, version = known.version + 1
    where known.state not in ('same_person', 'superseded') and not known.evidence @> excluded.evidence`);
}

/** Whether a pair still waits for a person. @param pair the alias of its row */
const isUndecided = (pair: Sql): Sql => sql`${pair}.state in ('open', 'needs_information')`;

/** Whether a pair keeps both people off released lists. @param pair the alias of its row @param threshold the programme's */
export const holds = (pair: Sql, threshold: Sql): Sql => sql`${isUndecided(pair)} and ${pair}.score >= ${threshold}`;

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
  inPair(db, beneficiaryIds, sql`${isUndecided(sql`p`)} and p.evidence @> '[{"field": "document", "level": "same"}]'`);

export const heldAmong = (db: Db, programmeId: string, beneficiaryIds: readonly string[]): Promise<Set<string>> =>
  inPair(db, beneficiaryIds, holds(sql`p`, sql`(select hold_threshold from programmes where id = ${programmeId})`));

interface Side {
  readonly id: string;
  readonly registrationNumber: string;
  readonly householdReference: string;
  readonly state: EnrolmentState;
  readonly registeredAt: string;
}

export interface PairRow {
  readonly first: Side;
  readonly second: Side;
  readonly score: string;
  readonly evidence: Evidence[];
  readonly state: PairState;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly foundAt: Date;
  readonly version: number;
}

const pairColumns = sql`trim_scale(p.score)::text as score, p.evidence, p.state, p.reason, p.decided_by as "decidedBy",
  p.decided_at as "decidedAt", p.found_at as "foundAt", p.version,
  jsonb_build_object('id', a.id, 'registrationNumber', a.registration_number, 'householdReference', ha.reference, 'state', ea.state,
    'registeredAt', a.registered_at) as first,
  jsonb_build_object('id', b.id, 'registrationNumber', b.registration_number, 'householdReference', hb.reference, 'state', eb.state,
    'registeredAt', b.registered_at) as second`;
const pairTables = sql`duplicate_pairs p join beneficiaries a on a.id = p.first_id join beneficiaries b on b.id = p.second_id
  join households ha on ha.id = a.household_id join households hb on hb.id = b.household_id
  join enrolments ea on ea.programme_id = ha.programme_id and ea.beneficiary_id = a.id
  join enrolments eb on eb.programme_id = hb.programme_id and eb.beneficiary_id = b.id`;

export const findPair = (db: Db, firstId: string, secondId: string): Promise<PairRow | undefined> =>
  db.first(sql`select ${pairColumns} from ${pairTables} where p.first_id = ${firstId} and p.second_id = ${secondId}`);

export interface PairPosition {
  readonly score: string;
  readonly firstId: string;
  readonly secondId: string;
}

export interface PairFilter {
  readonly state?: PairState | undefined;
  readonly minScore?: string | undefined;
}

/** The pairs of a programme, the likeliest first, one more than asked for. Superseded pairs are shown only when they are asked for. */
export const pairsOf = (
  db: Db,
  programmeId: string,
  { state, minScore }: PairFilter,
  limit: number,
  after: PairPosition | undefined,
): Promise<PairRow[]> =>
  db.all(sql`select ${pairColumns} from ${pairTables}
    where ha.programme_id = ${programmeId}
      and ${state ? sql`p.state = ${state}` : sql`p.state <> 'superseded'`} and ${minScore ? sql`p.score >= ${minScore}::numeric` : sql`true`}
      and ${after ? sql`(-p.score, p.first_id, p.second_id) > (-(${after.score}::numeric), ${after.firstId}::uuid, ${after.secondId}::uuid)` : sql`true`}
    order by -p.score, p.first_id, p.second_id limit ${limit + 1}`);

/** A pair that somebody is about to decide. Neither it nor the two people change until the transaction ends. */
export interface LockedPair {
  readonly state: PairState;
  readonly version: number;
  /** Who brought the two people in. */
  readonly hands: string[];
}

export async function lockPair(tx: Tx, firstId: string, secondId: string): Promise<LockedPair | undefined> {
  await tx.all(sql`select from beneficiaries where id in (${firstId}, ${secondId}) order by id for no key update`);
  return tx.first(sql`select p.state, p.version,
      (select array_agg(hand) from (select registered_by as hand from beneficiaries where id in (p.first_id, p.second_id)
        union select entered_by from enrolments where beneficiary_id in (p.first_id, p.second_id)) as both_hands) as hands
    from duplicate_pairs p where p.first_id = ${firstId} and p.second_id = ${secondId} for update of p`);
}

export async function decidePair(
  tx: Tx,
  firstId: string,
  secondId: string,
  decision: Decision,
  reason: string,
  decidedBy: string,
  at: Date,
): Promise<void> {
  await tx.run(sql`update duplicate_pairs set state = ${decision}, reason = ${reason}, decided_by = ${decidedBy}, decided_at = ${at},
    version = version + 1 where first_id = ${firstId} and second_id = ${secondId}`);
}

/** Takes the undecided pairs of a record that was merged off the list; its survivor has its own. */
export async function supersedePairs(tx: Tx, mergedId: string, reason: string, decidedBy: string, at: Date): Promise<void> {
  await tx.run(sql`update duplicate_pairs set state = 'superseded', reason = ${reason}, decided_by = ${decidedBy}, decided_at = ${at},
    version = version + 1 where (first_id = ${mergedId} or second_id = ${mergedId}) and state in ('open', 'needs_information')`);
}

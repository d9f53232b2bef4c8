import type { EnrolmentState } from '../beneficiaries/index.ts';
import type { Evidence } from '../matching/index.ts';
import { type Db, type Sql, sql } from '../platform/index.ts';
import type { HeadlessHousehold, PairState, PastDecision } from './types.ts';

/** One side of a pair as the tables hold it. */
export interface SideRow {
  readonly id: string;
  readonly registrationNumber: string;
  readonly householdReference: string;
  readonly state: EnrolmentState;
  readonly sex: string;
  readonly wilayaNumber: string;
  readonly commune: string;
  readonly registeredAt: string;
}

export interface PairRow {
  readonly first: SideRow;
  readonly second: SideRow;
  readonly score: string;
  readonly evidence: Evidence[];
  readonly pattern: string;
  readonly modelVersion: number;
  readonly state: PairState;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly mergerId: string | null;
  readonly headlessHousehold: HeadlessHousehold | null;
  readonly foundAt: Date;
  readonly version: number;
}

const side = (person: Sql, household: Sql, enrolment: Sql): Sql => sql`jsonb_build_object('id', ${person}.id,
  'registrationNumber', ${person}.registration_number, 'householdReference', ${household}.reference, 'state', ${enrolment}.state,
  'sex', ${person}.sex, 'wilayaNumber', ${person}.wilaya_number, 'commune', ${person}.commune, 'registeredAt', ${person}.registered_at)`;

const columns = sql`trim_scale(p.score)::text as score, p.evidence, p.pattern, p.model_version as "modelVersion", p.state, p.reason,
  p.decided_by as "decidedBy", p.decided_at as "decidedAt", p.found_at as "foundAt", p.version,
  (select m.id from mergers m where m.loser_id in (p.first_id, p.second_id) and m.survivor_id in (p.first_id, p.second_id)
    and m.undone_at is null) as "mergerId",
  (select jsonb_build_object('id', h.id, 'reference', h.reference) from mergers m join households h on h.id = (m.before ->> 'headOf')::uuid
    where m.loser_id in (p.first_id, p.second_id) and m.survivor_id in (p.first_id, p.second_id) and m.undone_at is null
      and h.head_id is null) as "headlessHousehold",
  ${side(sql`a`, sql`ha`, sql`ea`)} as first, ${side(sql`b`, sql`hb`, sql`eb`)} as second`;
const joined = sql`join beneficiaries a on a.id = p.first_id join beneficiaries b on b.id = p.second_id
  join households ha on ha.id = a.household_id join households hb on hb.id = b.household_id
  join enrolments ea on ea.programme_id = p.programme_id and ea.beneficiary_id = a.id
  join enrolments eb on eb.programme_id = p.programme_id and eb.beneficiary_id = b.id`;

export const findPair = (db: Db, firstId: string, secondId: string): Promise<PairRow | undefined> =>
  db.first(sql`select ${columns} from duplicate_pairs p ${joined} where p.first_id = ${firstId} and p.second_id = ${secondId}`);

/** Where a pair stands in the queue of its programme. */
export interface PairPosition {
  readonly score: string;
  readonly firstId: string;
  readonly secondId: string;
}

export interface PairFilter {
  readonly state?: PairState | undefined;
  readonly minScore?: string | undefined;
  readonly pattern?: string | undefined;
}

/** The pairs of a programme, the likeliest first, one more than asked for. Superseded pairs are shown only when they are asked for. */
export const pairsOf = (
  db: Db,
  programmeId: string,
  { state, minScore, pattern }: PairFilter,
  limit: number,
  after: PairPosition | undefined,
): Promise<PairRow[]> =>
  db.all(sql`select ${columns} from (
      select * from duplicate_pairs p where p.programme_id = ${programmeId}
        and ${state ? sql`p.state = ${state}` : sql`p.state <> 'superseded'`}
        and ${minScore ? sql`p.score >= ${minScore}::numeric` : sql`true`}
        and ${pattern === undefined ? sql`true` : sql`p.pattern = ${pattern}`}
        and ${after ? isAfter(after) : sql`true`}
      order by p.programme_id, p.score desc, p.first_id, p.second_id limit ${limit + 1}
    ) p ${joined} order by p.score desc, p.first_id, p.second_id`);

// In the order of the index, of which one column runs down and the others up.
const isAfter = ({ score, firstId, secondId }: PairPosition): Sql =>
  sql`p.score <= ${score}::numeric and (p.score < ${score}::numeric or (p.first_id, p.second_id) > (${firstId}::uuid, ${secondId}::uuid))`;

/** Everything that was decided about a pair, oldest first. */
export async function decisionsOn(db: Db, firstId: string, secondId: string): Promise<PastDecision[]> {
  const rows = await db.all<Omit<PastDecision, 'decidedAt'> & { decidedAt: Date }>(sql`select decision, reason, decided_by as "decidedBy",
      decided_at as "decidedAt" from duplicate_decisions where first_id = ${firstId} and second_id = ${secondId} order by decided_at, id`);
  return rows.map(({ decidedAt, ...decision }) => ({ ...decision, decidedAt: decidedAt.toISOString() }));
}

import type { SealedPerson } from '../beneficiaries/index.ts';
import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { PlainPerson, SealedField } from './facts.ts';
import type { Outcome, Scorecard } from './types.ts';

/** What was found of somebody, as the table holds it. */
export interface StoredAssessment {
  readonly number: number;
  readonly outcome: Outcome;
  readonly score: number;
  readonly tier: string | null;
  /** Sealed. */
  readonly findings: Buffer;
  readonly assessedAt: Date;
}

/** What of a person a scorecard can ask about, and what was found of them before. */
export interface AssessablePerson extends PlainPerson, Pick<SealedPerson, SealedField> {
  readonly id: string;
  readonly data_key: Buffer;
  readonly before: Omit<StoredAssessment, 'findings' | 'assessedAt'> | null;
  readonly findingsBefore: Buffer | null;
}

const assessable = ({ id, programmeId }: Pick<Scorecard, 'id' | 'programmeId'>, whom: Sql): Sql => sql`
  select b.id, b.data_key, b.birth, b.answers, b.documents, b.sex, b.relationship, b.language, b.wilaya_number as wilaya,
    h.size as "householdSize", a.findings as "findingsBefore",
    case when a.number is not null then jsonb_build_object('number', a.number, 'outcome', a.outcome, 'score', a.score, 'tier', a.tier) end as before
  from enrolments e join beneficiaries b on b.id = e.beneficiary_id join households h on h.id = b.household_id
    left join lateral (select * from assessments a where a.scorecard_id = ${id} and a.beneficiary_id = b.id order by a.number desc limit 1) a on true
  where e.programme_id = ${programmeId} and e.state = 'enrolled' and b.data_key is not null and ${whom}`;

/** The next people of a programme in the order of their ids; nobody who was erased. */
export const nextPeople = (
  tx: Tx,
  scorecard: Pick<Scorecard, 'id' | 'programmeId'>,
  after: string | null,
  limit: number,
): Promise<AssessablePerson[]> =>
  tx.all(sql`${assessable(scorecard, after ? sql`e.beneficiary_id > ${after}` : sql`true`)} order by e.beneficiary_id limit ${limit}`);

/** One person, if they are enrolled. */
export const assessablePerson = (
  tx: Tx,
  scorecard: Pick<Scorecard, 'id' | 'programmeId'>,
  id: string,
): Promise<AssessablePerson | undefined> => tx.first(assessable(scorecard, sql`e.beneficiary_id = ${id}`));

export interface AssessmentRow {
  readonly scorecard_id: string;
  readonly beneficiary_id: string;
  readonly number: number;
  readonly run_number: number | null;
  readonly outcome: Outcome;
  readonly score: number;
  readonly tier: string | null;
  readonly findings: Buffer;
  readonly assessed_at: Date;
}

export async function insertAssessments(tx: Tx, rows: readonly AssessmentRow[]): Promise<void> {
  await tx.insert(
    'assessments',
    rows.map((row) => ({ ...row })),
  );
}

/** What somebody's assessment is shown with. */
export interface ListedAssessment extends Omit<StoredAssessment, 'findings'> {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
}

export interface AssessmentFilter {
  readonly outcome?: Outcome;
  readonly tier?: string;
}

/** What holds under a scorecard in the order of the people, one more than asked for. */
export const currentAssessments = (
  db: Db,
  scorecardId: string,
  { outcome, tier }: AssessmentFilter,
  limit: number,
  after: string | undefined,
): Promise<ListedAssessment[]> =>
  db.all(sql`select a.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", a.number, a.outcome, a.score, a.tier,
      a.assessed_at as "assessedAt"
    from current_assessments a join beneficiaries b on b.id = a.beneficiary_id
    where a.scorecard_id = ${scorecardId} and ${after ? sql`a.beneficiary_id > ${after}` : sql`true`}
      and ${outcome ? sql`a.outcome = ${outcome}` : sql`true`} and ${tier === undefined ? sql`true` : sql`a.tier = ${tier}`}
    order by a.beneficiary_id limit ${limit + 1}`);

/** Everything that was found of one person under a scorecard, the latest first, one more than asked for. */
export const assessmentsOf = (
  db: Db,
  scorecardId: string,
  beneficiaryId: string,
  limit: number,
  before: number | undefined,
): Promise<StoredAssessment[]> =>
  db.all(sql`select a.number, a.outcome, a.score, a.tier, a.findings, a.assessed_at as "assessedAt" from assessments a
    where a.scorecard_id = ${scorecardId} and a.beneficiary_id = ${beneficiaryId} and ${before ? sql`a.number < ${before}` : sql`true`}
    order by a.number desc limit ${limit + 1}`);

/** The key that somebody's findings are sealed under; null once they were erased. */
export async function dataKeyOf(db: Db, beneficiaryId: string): Promise<Buffer | null> {
  const row = await db.first<{ dataKey: Buffer | null }>(sql`select data_key as "dataKey" from beneficiaries where id = ${beneficiaryId}`);
  return row?.dataKey ?? null;
}

/** Somebody of whom a run found something else than was found before. */
export interface MovedPerson {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly dataKey: Buffer | null;
  readonly to: Omit<StoredAssessment, 'findings' | 'assessedAt'> & { readonly assessedAt: string };
  readonly from: MovedPerson['to'];
  readonly findings: Buffer;
  readonly findingsBefore: Buffer;
}

const asJson = (row: Sql): Sql =>
  sql`jsonb_build_object('number', ${row}.number, 'outcome', ${row}.outcome, 'score', ${row}.score, 'tier', ${row}.tier, 'assessedAt', ${row}.assessed_at)`;

/** Who moved in a run, in the order of the people, one more than asked for. */
export const movedIn = (db: Db, scorecardId: string, run: number, limit: number, after: string | undefined): Promise<MovedPerson[]> =>
  db.all(sql`select a.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", b.data_key as "dataKey",
      ${asJson(sql`p`)} as "from", ${asJson(sql`a`)} as "to", a.findings, p.findings as "findingsBefore"
    from assessments a join assessments p on p.scorecard_id = a.scorecard_id and p.beneficiary_id = a.beneficiary_id and p.number = a.number - 1
      join beneficiaries b on b.id = a.beneficiary_id
    where a.scorecard_id = ${scorecardId} and a.run_number = ${run} and a.number > 1 and ${after ? sql`a.beneficiary_id > ${after}` : sql`true`}
    order by a.beneficiary_id limit ${limit + 1}`);

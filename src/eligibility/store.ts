import type { Relationship, SealedPerson, Sex } from '../beneficiaries/index.ts';
import { type Db, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Scorecard, ScorecardDefinition } from './types.ts';

interface ScorecardRow extends Omit<Scorecard, 'createdAt'> {
  readonly createdAt: Date;
}

const columns = sql`id, programme_id as "programmeId", version, definition, created_at as "createdAt"`;
const shown = ({ createdAt, ...scorecard }: ScorecardRow): Scorecard => ({ ...scorecard, createdAt: createdAt.toISOString() });

/** Makes everybody else who asks for the same thing wait until this transaction ends. The tables are append-only, so no row can be locked. */
export async function waitOurTurn(tx: Tx, subject: string): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock(hashtextextended(${`eligibility/${subject}`}, 0))`);
}

/** Adds the next version of a programme's scorecard. */
export async function insertScorecard(
  tx: Tx,
  id: string,
  programmeId: string,
  definition: ScorecardDefinition,
  createdBy: string,
  at: Date,
): Promise<Scorecard> {
  const row = await tx.first<ScorecardRow>(sql`insert into scorecards (id, programme_id, version, definition, created_by, created_at)
    select ${id}, ${programmeId}, coalesce(max(version), 0) + 1, ${JSON.stringify(definition)}::jsonb, ${createdBy}, ${at}
    from scorecards where programme_id = ${programmeId} returning ${columns}`);
  if (!row) throw new Error('an insert returned nothing');
  return shown(row);
}

export async function findScorecard(db: Db, id: string): Promise<Scorecard | undefined> {
  const row = await db.first<ScorecardRow>(sql`select ${columns} from scorecards where id = ${id}`);
  return row && shown(row);
}

/** The scorecards of a programme, the latest first. */
export async function pageOfScorecards(db: Db, programmeId: string, limit: number, before: number | undefined): Promise<Page<Scorecard>> {
  const rows = await db.all<ScorecardRow>(sql`select ${columns} from scorecards
    where programme_id = ${programmeId} and ${before === undefined ? sql`true` : sql`version < ${before}`}
    order by version desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ version }) => String(version));
}

/** What of a person a scorecard can ask about. */
export interface AssessablePerson extends Pick<SealedPerson, 'birth' | 'answers'> {
  readonly id: string;
  readonly data_key: Buffer;
  readonly sex: Sex;
  readonly relationship: Relationship;
  readonly householdSize: number;
}

/** The next of those who are enrolled and not yet assessed under a scorecard; nobody who was erased. */
export const notYetAssessed = (
  tx: Tx,
  { id, programmeId }: Pick<Scorecard, 'id' | 'programmeId'>,
  limit: number,
): Promise<AssessablePerson[]> =>
  tx.all(sql`select b.id, b.data_key, b.birth, b.answers, b.sex, b.relationship, h.size as "householdSize"
    from enrolments e join beneficiaries b on b.id = e.beneficiary_id join households h on h.id = b.household_id
    where e.programme_id = ${programmeId} and e.state = 'enrolled' and b.data_key is not null
      and not exists (select from assessments a where a.scorecard_id = ${id} and a.beneficiary_id = b.id)
    order by b.id limit ${limit}`);

export interface AssessmentRow {
  readonly scorecard_id: string;
  readonly beneficiary_id: string;
  readonly is_eligible: boolean;
  readonly score: number;
  readonly lines: Buffer;
  readonly assessed_at: Date;
}

export const insertAssessments = (tx: Tx, rows: readonly AssessmentRow[]): Promise<void> =>
  tx.insert(
    'assessments',
    rows.map((row) => ({ ...row })),
  );

export interface StoredAssessment {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly dataKey: Buffer | null;
  readonly isEligible: boolean;
  readonly score: number;
  readonly lines: Buffer;
  readonly assessedAt: Date;
}

/** The assessments under a scorecard in the order of the people, one more than asked for. */
export const assessmentsOf = (db: Db, scorecardId: string, limit: number, after: string | undefined): Promise<StoredAssessment[]> =>
  db.all(sql`select a.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", b.data_key as "dataKey",
      a.is_eligible as "isEligible", a.score, a.lines, a.assessed_at as "assessedAt"
    from assessments a join beneficiaries b on b.id = a.beneficiary_id
    where a.scorecard_id = ${scorecardId} and ${after ? sql`a.beneficiary_id > ${after}` : sql`true`}
    order by a.beneficiary_id limit ${limit + 1}`);

import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Answers, InterviewState, NoResponseReason, Response } from './types.ts';

/** An interview as the table holds it. */
export interface StoredInterview {
  readonly id: string;
  readonly roundId: string;
  readonly programmeId: string;
  readonly stratum: string;
  readonly beneficiaryId: string;
  readonly payoutId: string;
  readonly interviewerId: string | null;
  readonly state: InterviewState;
}

const find = (db: Db, which: Sql): Promise<StoredInterview | undefined> =>
  db.first(sql`select i.id, i.round_id as "roundId", r.programme_id as "programmeId", i.stratum, i.beneficiary_id as "beneficiaryId",
      i.payout_id as "payoutId", i.interviewer_id as "interviewerId", i.state
    from survey_interviews i join survey_rounds r on r.id = i.round_id where ${which}`);

export const findInterview = (db: Db, id: string): Promise<StoredInterview | undefined> => find(db, sql`i.id = ${id}`);

export const lockInterview = (tx: Tx, id: string): Promise<StoredInterview | undefined> =>
  find(tx, sql`i.id = ${id} for no key update of i`);

/** What is said of the pay-out, and the language, for the call. */
export const callOf = (
  db: Db,
  { payoutId, beneficiaryId }: StoredInterview,
): Promise<{ language: 'ar' | 'fr' | 'en'; paidOn: string; amount: string; currency: string; dataKey: Buffer | null } | undefined> =>
  db.first(sql`select b.language, p.paid_on as "paidOn", p.amount, p.currency, b.data_key as "dataKey" from payouts p, beneficiaries b
    where p.id = ${payoutId} and b.id = ${beneficiaryId}`);

/** Whether somebody asks people in a programme. */
export const isInterviewer = async (db: Db, userId: string, programmeId: string, at: Date): Promise<boolean> =>
  (await db.first(sql`select from role_grants g join users u on u.id = g.user_id where g.user_id = ${userId} and g.role = 'interviewer'
    and u.disabled_at is null and (g.programme_id is null or g.programme_id = ${programmeId}) and (g.ends_at is null or g.ends_at > ${at})`)) !==
  undefined;

/**
 * Gives the next people of a round whom nobody has to an interviewer, without those whom they may not ask: the trigger `by_another` says who
 * that is.
 * @returns how many
 */
export const assign = (tx: Tx, roundId: string, interviewerId: string, count: number): Promise<number> =>
  tx.run(sql`update survey_interviews set interviewer_id = ${interviewerId} where id in (
    select i.id from survey_interviews i join payouts p on p.id = i.payout_id join vouchers v on v.id = p.voucher_id
    where i.round_id = ${roundId} and i.state = 'drawn' and i.interviewer_id is null
      and ${interviewerId}::uuid is distinct from p.agent_id and ${interviewerId}::uuid is distinct from p.voided_by
      and not exists (select from payment_list_hands h where h.list_id = v.list_id and ${interviewerId}::uuid in (h.user_id, h.for_user_id))
      and not exists (select from enrolments e where e.beneficiary_id = i.beneficiary_id and ${interviewerId}::uuid in (e.entered_by, e.verified_by))
    order by i.stratum, i.rank limit ${count} for update of i skip locked)`);

/** Takes whom an interviewer has not asked yet from them. @returns how many */
export const takeBack = (tx: Tx, roundId: string, interviewerId: string): Promise<number> =>
  tx.run(sql`update survey_interviews set interviewer_id = null
    where round_id = ${roundId} and interviewer_id = ${interviewerId} and state = 'drawn'`);

/** The interviews of an interviewer, in the order of their identifiers. @param within which rounds `r` may be seen */
export async function pageOfOwn(
  db: Db,
  interviewerId: string,
  within: Sql,
  state: string | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<{ id: string; roundId: string; state: InterviewState; reason: NoResponseReason | null; endedAt: string | null }>> {
  type Row = { id: string; roundId: string; state: InterviewState; reason: NoResponseReason | null; endedAt: Date | null };
  const rows = await db.all<Row>(sql`select i.id, i.round_id as "roundId", i.state, i.reason, i.ended_at as "endedAt"
    from survey_interviews i join survey_rounds r on r.id = i.round_id
    where i.interviewer_id = ${interviewerId} and r.state = 'drawn' and (${within}) and ${state ? sql`i.state = ${state}` : sql`true`}
      and ${after ? sql`i.id > ${after}` : sql`true`}
    order by i.id limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => ({ ...row, endedAt: row.endedAt?.toISOString() ?? null })),
    limit,
    ({ id }) => id,
  );
}

export async function recordAnswers(tx: Tx, id: string, chosen: Answers, words: Buffer | null, at: Date): Promise<void> {
  await tx.run(
    sql`update survey_interviews set state = 'done', answers = ${JSON.stringify(chosen)}, words = ${words}, ended_at = ${at} where id = ${id}`,
  );
}

export async function recordNoResponse(tx: Tx, id: string, reason: NoResponseReason, at: Date): Promise<void> {
  await tx.run(sql`update survey_interviews set state = 'no_response', reason = ${reason}, ended_at = ${at} where id = ${id}`);
}

/** What was answered in a round, with the groups of who answered. */
export const responsesOf = (db: Db, roundId: string): Promise<Response[]> =>
  db.all(sql`select f.stratum, f.wilaya_number as wilaya, f.sex, f.age_band as "ageBand", f.has_disability as "hasDisability", i.answers
    from survey_interviews i join survey_frame f on f.round_id = i.round_id and f.stratum = i.stratum and f.rank = i.rank
    where i.round_id = ${roundId} and i.state = 'done' and i.answers is not null`);

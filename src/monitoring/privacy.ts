import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';

/** Lets go of what people who are erased said in words, which their key took already, and asks them nothing more. */
export async function eraseFromMonitoring(tx: Tx, beneficiaryIds: readonly string[], at: Date): Promise<void> {
  await tx.run(sql`update survey_interviews set words = null where beneficiary_id = any(${beneficiaryIds}::uuid[]) and words is not null`);
  await tx.run(sql`update survey_interviews set state = 'no_response', reason = 'erased', ended_at = ${at}
    where beneficiary_id = any(${beneficiaryIds}::uuid[]) and state = 'drawn'`);
}

/** Interviews of rounds of a programme that were closed before a moment, as a query of their ids. The results of a round outlive them. */
export const oldInterviews = (programmeId: string, before: Date): Sql => sql`select i.id::text as id
  from survey_interviews i join survey_rounds r on r.id = i.round_id
  where r.programme_id = ${programmeId} and r.closed_at < ${before} and i.state = 'done' and i.forgotten_at is null`;

export async function forgetInterviews(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await tx.run(
    sql`update survey_interviews set answers = null, words = null, forgotten_at = ${at} where id = any(${ids}::uuid[]) and forgotten_at is null`,
  );
}

/** What was asked of a person's records, answer by answer. */
export const ownInterviews = (db: Db, records: readonly string[]): Promise<Readonly<Record<string, string | null>>[]> =>
  db.all(sql`select i.state, i.ended_at as "endedAt", a.key as question, a.value as answer
    from survey_interviews i left join lateral jsonb_each_text(i.answers) a on true
    where i.beneficiary_id = any(${records}::uuid[]) order by i.id, a.key`);

import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { SurveyRound } from './types.ts';

/** What a stratum is called, of the line `l` of a pay-out. */
const stratumOf = (stratifyBy: readonly string[]): Sql => {
  const [wilaya, sex] = [stratifyBy.includes('wilaya'), stratifyBy.includes('sex')];
  if (wilaya && sex) return sql`l.wilaya_number || '/' || l.sex`;
  if (wilaya) return sql`l.wilaya_number`;
  return sex ? sql`l.sex` : sql`'all'`;
};

/**
 * The people whom a round is about, each once, with the last of their pay-outs within its days. Somebody whose record was merged is asked for the
 * record that goes on.
 */
const people = ({ programmeId, listId, from, to, stratifyBy }: SurveyRound): Sql => sql`
  select distinct on (coalesce(b.merged_into, b.id)) coalesce(b.merged_into, b.id) as beneficiary_id, p.id as payout_id,
    ${stratumOf(stratifyBy)} as stratum, l.wilaya_number, l.sex, l.age_band, l.has_disability
  from payouts p join vouchers v on v.id = p.voucher_id join payment_list_lines l on l.id = v.line_id join beneficiaries b on b.id = v.beneficiary_id
  where v.programme_id = ${programmeId} and p.paid_on between ${from} and ${to} and p.voided_at is null and b.erased_at is null
    and ${listId ? sql`v.list_id = ${listId}` : sql`true`}
  order by coalesce(b.merged_into, b.id), p.paid_at desc, p.id`;

/** How many people were kept in each stratum. */
export const sizesOf = (db: Db, roundId: string): Promise<{ stratum: string; population: number }[]> =>
  db.all(sql`select stratum, count(*)::int as population from survey_frame where round_id = ${roundId} group by stratum order by stratum`);

/** Keeps everybody in the order that a seed gives (see {@link inDrawnOrder} in draw.ts). Their strata have to be written down in the same transaction. */
export async function freezeFrame(tx: Tx, round: SurveyRound, seed: Buffer): Promise<void> {
  await tx.run(sql`insert into survey_frame (round_id, stratum, rank, beneficiary_id, payout_id, wilaya_number, sex, age_band, has_disability)
    select ${round.id}::uuid, stratum, row_number() over (partition by stratum order by sha256(${seed}::bytea || uuid_send(beneficiary_id))),
      beneficiary_id, payout_id, wilaya_number, sex, age_band, has_disability
    from (${people(round)}) p`);
}

/** Begins an interview with the first of each stratum. */
export async function beginInterviews(tx: Tx, roundId: string): Promise<void> {
  await tx.run(sql`insert into survey_interviews (id, round_id, stratum, rank, beneficiary_id, payout_id)
    select gen_random_uuid(), f.round_id, f.stratum, f.rank, f.beneficiary_id, f.payout_id
    from survey_frame f join survey_strata s on s.round_id = f.round_id and s.stratum = f.stratum
    where f.round_id = ${roundId} and f.rank <= s.sample`);
}

/** Everybody whom a round is about, in the order that was kept. */
export const frameOf = (db: Db, roundId: string): Promise<{ stratum: string; rank: number; beneficiaryId: string; isAsked: boolean }[]> =>
  db.all(sql`select f.stratum, f.rank, f.beneficiary_id as "beneficiaryId", i.id is not null as "isAsked"
    from survey_frame f left join survey_interviews i on i.round_id = f.round_id and i.stratum = f.stratum and i.rank = f.rank
    where f.round_id = ${roundId} order by f.stratum, f.rank`);

/** Begins an interview with the next of a stratum, in place of somebody. @returns its identifier; undefined when nobody is left */
export async function insertReplacement(
  tx: Tx,
  id: string,
  of: { id: string; roundId: string; stratum: string },
): Promise<string | undefined> {
  // One stratum is gone through by one hand at a time.
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`survey/${of.roundId}/${of.stratum}`}, 0))`);
  const row = await tx.first<{
    id: string;
  }>(sql`insert into survey_interviews (id, round_id, stratum, rank, beneficiary_id, payout_id, replaces)
    select ${id}::uuid, f.round_id, f.stratum, f.rank, f.beneficiary_id, f.payout_id, ${of.id}::uuid from survey_frame f
    where f.round_id = ${of.roundId} and f.stratum = ${of.stratum}
      and f.rank = (select max(i.rank) + 1 from survey_interviews i where i.round_id = f.round_id and i.stratum = f.stratum)
    returning id`);
  return row?.id;
}

/** How many people a round is about, in each group that results are told of. */
export const groupSizes = (db: Db, roundId: string): Promise<{ by: string; value: string; people: number }[]> =>
  db.all(sql`select g.by, g.value, count(*)::int as people from survey_frame f cross join lateral (values ('all', 'all'), ('sex', f.sex),
      ('age', f.age_band), ('wilaya', f.wilaya_number), ('disability', case when f.has_disability then 'yes' else 'no' end)) g (by, value)
    where f.round_id = ${roundId} group by 1, 2 order by 1, 2`);

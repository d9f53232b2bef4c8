import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Sizes, SurveyRound } from './types.ts';

/**
 * The people whom a round is about, each once, with the last of their pay-outs within its days. Somebody whose record was merged is asked for the
 * record that goes on.
 */
const people = ({ programmeId, listId, from, to }: SurveyRound): Sql => sql`
  select distinct on (coalesce(b.merged_into, b.id)) coalesce(b.merged_into, b.id) as beneficiary_id, p.id as payout_id,
    l.wilaya_number, l.sex, l.age_band, l.has_disability
  from payouts p join vouchers v on v.id = p.voucher_id join payment_list_lines l on l.id = v.line_id join beneficiaries b on b.id = v.beneficiary_id
  where v.programme_id = ${programmeId} and p.paid_on between ${from} and ${to} and p.voided_at is null and b.erased_at is null
    and ${listId ? sql`v.list_id = ${listId}` : sql`true`}
  order by coalesce(b.merged_into, b.id), p.paid_at desc, p.id`;

/**
 * Reads whom a round is about, once, for the rest of the transaction: whoever is paid meanwhile, or no more, changes neither the strata nor their
 * sizes.
 */
export async function gatherPeople(tx: Tx, round: SurveyRound): Promise<void> {
  await tx.run(sql`create temporary table survey_people on commit drop as ${people(round)}`);
}

const gathered = (round: SurveyRound): Sql => sql`
  select ${round.id}::uuid as round_id, beneficiary_id, wilaya_number, sex, age_band, has_disability from pg_temp.survey_people`;

const kept = (which: Sql): Sql => sql`
  select f.round_id, coalesce(b.merged_into, b.id) as beneficiary_id, f.wilaya_number, f.sex, f.age_band, f.has_disability
  from survey_frame f join beneficiaries b on b.id = f.beneficiary_id where ${which}`;

/**
 * The rounds that tell of people who were paid in days that a round shares, or shares with one of these, and so on, in the order in which they were
 * drawn; itself last. A round whose counts are hidden tells nothing.
 */
async function ofTheSameDays(db: Db, { id, programmeId }: SurveyRound): Promise<string[]> {
  const rounds = await db.all<{ id: string }>(sql`
    with recursive near as (
      select r.id, r.from_on, r.to_on, r.drawn_at from survey_rounds r where r.id = ${id}
      union
      select r.id, r.from_on, r.to_on, r.drawn_at from survey_rounds r join near n on r.from_on <= n.to_on and r.to_on >= n.from_on
      where r.programme_id = ${programmeId} and r.counts_shown)
    select id from near order by id = ${id}, drawn_at, id`);
  return rounds.map((round) => round.id);
}

type Row = { readonly by: string; readonly value: string; readonly rounds: string[]; readonly people: number };

async function sizesIn(db: Db, rounds: readonly string[], rows: Sql): Promise<Sizes> {
  const found = await db.all<Row>(sql`select "by", value, rounds, count(*)::int as people from (
      select g.by, g.value, r.beneficiary_id, array_agg(distinct r.round_id::text order by r.round_id::text) as rounds
      from (${rows}) r cross join lateral (values ('all', 'all'), ('sex', r.sex), ('age', r.age_band), ('wilaya', r.wilaya_number),
        ('disability', case when r.has_disability then 'yes' else 'no' end), ('cell', r.wilaya_number || '/' || r.sex)) g (by, value)
      group by 1, 2, 3) p group by 1, 2, 3 order by 1, 2, 3`);
  const groups = new Map<string, { by: string; value: string; parts: { rounds: string[]; people: number }[] }>();
  for (const { by, value, ...part } of found) {
    const group = groups.get(`${by} ${value}`) ?? { by, value, parts: [] };
    group.parts.push(part);
    groups.set(`${by} ${value}`, group);
  }
  return { rounds, groups: [...groups.values()] };
}

/** How many of the people who were gathered there are in each group, with those of earlier rounds of the same days. */
export async function sizesGathered(tx: Tx, round: SurveyRound): Promise<Sizes> {
  const rounds = await ofTheSameDays(tx, round);
  return sizesIn(tx, rounds, sql`${gathered(round)} union all ${kept(sql`f.round_id = any(${rounds}::uuid[])`)}`);
}

/** How many people a round is about, in each group that results are told of, with those of earlier rounds of the same days. */
export async function groupSizes(db: Db, round: SurveyRound): Promise<Sizes> {
  const rounds = await ofTheSameDays(db, round);
  return sizesIn(db, rounds, kept(sql`f.round_id = any(${rounds}::uuid[])`));
}

/**
 * Keeps everybody who was gathered in the order that a seed gives (see {@link inDrawnOrder} in draw.ts). Their strata have to be written down in
 * the same transaction.
 * @param stratumOf the stratum of each `wilaya/sex`
 */
export async function freezeFrame(tx: Tx, roundId: string, seed: Buffer, stratumOf: ReadonlyMap<string, string>): Promise<void> {
  await tx.run(sql`insert into survey_frame (round_id, stratum, rank, beneficiary_id, payout_id, wilaya_number, sex, age_band, has_disability)
    select ${roundId}::uuid, s.stratum, row_number() over (partition by s.stratum order by sha256(${seed}::bytea || uuid_send(beneficiary_id))),
      beneficiary_id, payout_id, wilaya_number, sex, age_band, has_disability
    from pg_temp.survey_people p join unnest(${[...stratumOf.keys()]}::text[], ${[...stratumOf.values()]}::text[]) s (cell, stratum)
      on s.cell = p.wilaya_number || '/' || p.sex`);
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

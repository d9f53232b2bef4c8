import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import { shownBesideSum } from '../reporting/index.ts';
import { toldAs } from './strata.ts';
import type { NoResponseReason, StoredRound, Stratum, SurveyResults, SurveyRound, SurveyRoundInFull } from './types.ts';

type Row = Omit<SurveyRound, 'createdAt' | 'drawnAt' | 'closedAt'> &
  Omit<StoredRound, 'round'> & { readonly createdAt: Date; readonly drawnAt: Date | null; readonly closedAt: Date | null };

const columns = sql`r.id, r.programme_id as "programmeId", r.name, r.list_id as "listId", r.from_on as "from", r.to_on as "to",
  to_char(r.confidence, 'FM0.00') as confidence, to_char(r.margin, 'FM0.00') as margin, r.stratify_by as "stratifyBy", r.minimum, r.state,
  case when r.counts_shown then r.population end as population, case when r.counts_shown then r.sample end as sample,
  r.counts_shown is false as "countsHidden", r.created_at as "createdAt", r.drawn_at as "drawnAt", r.closed_at as "closedAt"`;

const shown = ({ createdAt, drawnAt, closedAt, ...round }: Omit<Row, 'questionnaire' | 'seed' | 'results'>): SurveyRound => ({
  ...round,
  createdAt: createdAt.toISOString(),
  drawnAt: drawnAt?.toISOString() ?? null,
  closedAt: closedAt?.toISOString() ?? null,
});

const find = async (db: Db, which: Sql): Promise<StoredRound | undefined> => {
  const row = await db.first<Row>(sql`select ${columns}, r.questionnaire, r.seed, r.results from survey_rounds r where ${which}`);
  if (!row) return undefined;
  const { questionnaire, seed, results, ...round } = row;
  return { round: shown(round), questionnaire, seed, results };
};

export const findRound = (db: Db, id: string): Promise<StoredRound | undefined> => find(db, sql`r.id = ${id}`);

/** A round that nobody else changes until the transaction ends. */
export const lockRound = (tx: Tx, id: string): Promise<StoredRound | undefined> => find(tx, sql`r.id = ${id} for no key update of r`);

export type NewRound = Pick<
  SurveyRound,
  'id' | 'programmeId' | 'name' | 'listId' | 'from' | 'to' | 'confidence' | 'margin' | 'stratifyBy' | 'minimum'
> &
  Pick<StoredRound, 'questionnaire'>;

export async function insertRound(tx: Tx, round: NewRound, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into survey_rounds (id, programme_id, name, list_id, from_on, to_on, confidence, margin, stratify_by, minimum, questionnaire,
      created_by, created_at)
    values (${round.id}, ${round.programmeId}, ${round.name}, ${round.listId}, ${round.from}, ${round.to}, ${round.confidence}, ${round.margin},
      ${round.stratifyBy}::text[], ${round.minimum}, ${JSON.stringify(round.questionnaire)}, ${by}, ${at})`);
}

export async function pageOfRounds(db: Db, programmeId: string, limit: number, before: string | undefined): Promise<Page<SurveyRound>> {
  const rows = await db.all<Omit<Row, 'questionnaire' | 'seed' | 'results'>>(sql`select ${columns} from survey_rounds r
    where r.programme_id = ${programmeId} and ${before ? sql`r.id < ${before}` : sql`true`} order by r.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Whether a programme has a payment list. */
export const hasList = async (db: Db, programmeId: string, listId: string): Promise<boolean> =>
  (await db.first(sql`select from payment_lists where id = ${listId} and programme_id = ${programmeId}`)) !== undefined;

export async function markDrawn(
  tx: Tx,
  id: string,
  drawn: { seed: Buffer; population: number; sample: number; countsShown: boolean; by: string },
  at: Date,
): Promise<void> {
  await tx.run(sql`update survey_rounds set state = 'drawn', seed = ${drawn.seed}, population = ${drawn.population}, sample = ${drawn.sample},
    counts_shown = ${drawn.countsShown}, drawn_by = ${drawn.by}, drawn_at = ${at} where id = ${id}`);
}

export async function markClosed(tx: Tx, id: string, results: SurveyResults, at: Date): Promise<void> {
  await tx.run(sql`update survey_rounds set state = 'closed', results = ${JSON.stringify(results)}, closed_at = ${at} where id = ${id}`);
}

export async function markCancelled(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.run(sql`update survey_rounds set state = 'cancelled', closed_at = ${at} where id = ${id}`);
}

/** An open round of a programme that asks about any of some days. */
export const findOpenRound = (db: Db, programmeId: string, from: string, to: string): Promise<{ id: string } | undefined> =>
  db.first(sql`select id from survey_rounds where programme_id = ${programmeId} and state in ('planned', 'drawn')
    and from_on <= ${to} and to_on >= ${from} order by id limit 1`);

export async function insertStrata(tx: Tx, roundId: string, strata: readonly Stratum[]): Promise<void> {
  await tx.insert(
    'survey_strata',
    strata.map((stratum) => ({ round_id: roundId, ...stratum })),
  );
}

export const strataOf = (db: Db, roundId: string): Promise<Stratum[]> =>
  db.all(sql`select stratum, population, sample from survey_strata where round_id = ${roundId} order by stratum`);

type Shown = Pick<SurveyRoundInFull, 'strata' | 'progress' | 'noResponse'>;
type Counts = {
  readonly stratum: string;
  readonly population: number;
  readonly sample: number;
  readonly done: number;
  readonly noResponse: number;
};

/** Counts beside their sum, null where they may not be told. */
const beside = (counts: readonly number[]): (number | null)[] => {
  const shown = shownBesideSum(counts.map((count) => [count]));
  return counts.map((count, i) => (shown[i] ? count : null));
};

function strataTold(strata: readonly Counts[], isHidden: boolean): Shown['strata'] {
  if (isHidden) return strata.map(({ stratum }) => ({ stratum, population: null, sample: null, done: null, noResponse: null }));
  const [done, noResponse] = [beside(strata.map((one) => one.done)), beside(strata.map((one) => one.noResponse))];
  return strata.map((stratum, i) => ({ ...stratum, done: done[i] ?? null, noResponse: noResponse[i] ?? null }));
}

/** How far a round is, as a whole and by stratum, and, when it is over, why people did not answer. */
export async function standOf(db: Db, { id, state, countsHidden }: SurveyRound): Promise<Shown> {
  const drawn = await db.all<Counts>(sql`select s.stratum, s.population, s.sample,
      count(i.id) filter (where i.state = 'done')::int as done, count(i.id) filter (where i.state = 'no_response')::int as "noResponse"
    from survey_strata s left join survey_interviews i on i.round_id = s.round_id and i.stratum = s.stratum
    where s.round_id = ${id} group by s.stratum, s.population, s.sample order by s.stratum`);
  const strata = new Map<string, Counts>();
  for (const one of drawn) {
    const stratum = toldAs(one.stratum);
    const { population, sample, done, noResponse } = strata.get(stratum) ?? { population: 0, sample: 0, done: 0, noResponse: 0 };
    strata.set(stratum, {
      stratum,
      population: population + one.population,
      sample: sample + one.sample,
      done: done + one.done,
      noResponse: noResponse + one.noResponse,
    });
  }
  const progress = await db.first<NonNullable<Shown['progress']>>(sql`select
      count(*) filter (where state = 'drawn' and interviewer_id is null)::int as unassigned,
      count(*) filter (where state = 'drawn' and interviewer_id is not null)::int as assigned,
      count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'no_response')::int as "noResponse"
    from survey_interviews where round_id = ${id}`);
  const reasons = await db.all<{
    reason: NoResponseReason;
    people: number;
  }>(sql`select reason, count(*)::int as people from survey_interviews
    where round_id = ${id} and state = 'no_response' group by reason order by reason`);
  // Read before and after somebody did not answer, the reasons would say why they did not.
  const isOver = state === 'closed' || state === 'cancelled';
  const people = beside(reasons.map((one) => one.people));
  return {
    strata: strataTold([...strata.values()], countsHidden),
    progress: countsHidden || !progress ? null : progress,
    noResponse: isOver && !countsHidden ? reasons.map(({ reason }, i) => ({ reason, people: people[i] ?? null })) : null,
  };
}

import { type Db, sql, type Tx } from '../platform/index.ts';
import type { AssessmentRun, Move } from './types.ts';

interface RunRow extends Omit<AssessmentRun, 'startedAt' | 'finishedAt'> {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly programmeId: string;
  readonly afterId: string | null;
}

/** A run, and where it goes on. */
export interface StoredRun {
  readonly run: AssessmentRun;
  readonly programmeId: string;
  readonly startedAt: Date;
  readonly afterId: string | null;
}

const columns = sql`id, scorecard_id as "scorecardId", programme_id as "programmeId", number, compared_with as "comparedWith", state,
  expected, people, after_id as "afterId", moves, started_at as "startedAt", finished_at as "finishedAt"`;

function stored(row: RunRow): StoredRun {
  const { programmeId, afterId, startedAt, finishedAt, ...run } = row;
  return {
    run: { ...run, startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null },
    programmeId,
    startedAt,
    afterId,
  };
}

export interface NewRun {
  readonly id: string;
  readonly programmeId: string;
  readonly scorecardId: string;
  readonly comparedWith: string | null;
}

/** Adds a run over everybody who is enrolled now and was not erased: the scorecard's next, or a comparison, which has no number. @returns undefined while another goes on */
export async function insertRun(
  tx: Tx,
  { id, programmeId, scorecardId, comparedWith }: NewRun,
  startedBy: string,
  at: Date,
): Promise<AssessmentRun | undefined> {
  const row = await tx.first<RunRow>(sql`insert into assessment_runs
      (id, scorecard_id, programme_id, number, compared_with, expected, started_by, started_at)
    select ${id}, ${scorecardId}, ${programmeId},
      case when ${comparedWith}::uuid is null
        then (select coalesce(max(number), 0) + 1 from assessment_runs where scorecard_id = ${scorecardId}) end,
      ${comparedWith}::uuid, count(*), ${startedBy}, ${at}
    from enrolments e join beneficiaries b on b.id = e.beneficiary_id and b.data_key is not null
    where e.programme_id = ${programmeId} and e.state = 'enrolled'
    on conflict (scorecard_id) where state = 'running' do nothing returning ${columns}`);
  return row && stored(row).run;
}

export async function findRun(db: Db, id: string): Promise<StoredRun | undefined> {
  const row = await db.first<RunRow>(sql`select ${columns} from assessment_runs where id = ${id}`);
  return row && stored(row);
}

/** A run that nobody else goes on with until the transaction ends. */
export async function lockRun(tx: Tx, id: string): Promise<StoredRun | undefined> {
  const row = await tx.first<RunRow>(sql`select ${columns} from assessment_runs where id = ${id} for update`);
  return row && stored(row);
}

/** The runs of a scorecard, the latest first, one more than asked for. */
export async function runsOf(db: Db, scorecardId: string, limit: number, before: string | undefined): Promise<AssessmentRun[]> {
  const rows = await db.all<RunRow>(sql`select ${columns} from assessment_runs
    where scorecard_id = ${scorecardId} and ${before ? sql`id < ${before}` : sql`true`} order by id desc limit ${limit + 1}`);
  return rows.map((row) => stored(row).run);
}

export interface Progress {
  readonly people: number;
  /** The last of them. */
  readonly afterId: string | null;
  readonly moves: readonly Move[];
}

/** Takes a run past the people it has seen. @param finishedAt when it has seen everybody */
export async function advanceRun(tx: Tx, id: string, { people, afterId, moves }: Progress, finishedAt: Date | null): Promise<void> {
  await tx.run(sql`update assessment_runs set state = case when ${finishedAt}::timestamptz is null then 'running' else 'done' end,
    people = people + ${people}, after_id = coalesce(${afterId}::uuid, after_id), moves = ${JSON.stringify(moves)}::jsonb,
    finished_at = ${finishedAt} where id = ${id}`);
}

/** @returns whether it was running */
export async function setCancelled(tx: Tx, id: string, at: Date): Promise<boolean> {
  return (
    (await tx.run(sql`update assessment_runs set state = 'cancelled', finished_at = ${at} where id = ${id} and state = 'running'`)) > 0
  );
}

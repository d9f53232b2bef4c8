import { authoriseRead } from '../access/index.ts';
import { type Actor, cursorKey, type Db, type Page, pageOf, pageRequest, pageRequestById, problem, type Scope } from '../platform/index.ts';
import { findRun, runsOf, type StoredRun } from './run-store.ts';
import { findScorecard, pageOfScorecards } from './store.ts';
import type { AssessmentRun, Scorecard } from './types.ts';

/** @throws not_found */
export async function scorecardById(db: Db, id: string): Promise<Scorecard> {
  const scorecard = await findScorecard(db, id);
  if (!scorecard) throw problem.not_found('There is no such record.');
  return scorecard;
}

/** Where a scorecard belongs. @throws not_found */
export const scorecardScope = async (db: Db, id: string): Promise<Scope> => ({ programme: (await scorecardById(db, id)).programmeId });

/** @throws not_found */
export async function runById(db: Db, id: string): Promise<StoredRun> {
  const run = await findRun(db, id);
  if (!run) throw problem.not_found('There is no such record.');
  return run;
}

interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** The number after which a page goes on. @throws invalid_request when the cursor holds none */
export function numberIn(cursor: string | undefined): number | undefined {
  const key = cursorKey(cursor, (text) => /^\d{1,9}$/.test(text));
  return key === undefined ? undefined : Number(key);
}

/** The scorecards of a programme, the latest first. */
export async function listScorecards(db: Db, actor: Actor, programmeId: string, query: ListQuery): Promise<Page<Scorecard>> {
  authoriseRead(actor, 'eligibility.read', { programme: programmeId });
  return pageOfScorecards(db, programmeId, pageRequest(query).limit, numberIn(query.cursor));
}

/** A run and how far it is. @throws not_found */
export async function readRun(db: Db, actor: Actor, id: string): Promise<AssessmentRun> {
  authoriseRead(actor, 'eligibility.read');
  const { run, programmeId } = await runById(db, id);
  authoriseRead(actor, 'eligibility.read', { programme: programmeId });
  return run;
}

/** The runs of a scorecard, the latest first. @throws not_found */
export async function listRuns(db: Db, actor: Actor, scorecardId: string, query: ListQuery): Promise<Page<AssessmentRun>> {
  authoriseRead(actor, 'eligibility.read');
  authoriseRead(actor, 'eligibility.read', await scorecardScope(db, scorecardId));
  const { limit, after } = pageRequestById(query);
  return pageOf(await runsOf(db, scorecardId, limit, after), limit, ({ id }) => id);
}

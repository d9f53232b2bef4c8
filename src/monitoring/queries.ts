import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { inDrawnOrder } from './draw.ts';
import { frameOf } from './frame-store.ts';
import { pageOfOwn } from './interview-store.ts';
import { monitoringProblem } from './problems.ts';
import { findRound, pageOfRounds, standOf, strataOf } from './round-store.ts';
import type { StoredRound, SurveyResults, SurveyRound, SurveyRoundInFull } from './types.ts';

type PageQuery = { limit?: number; cursor?: string };

/** The rounds of a programme, the newest first. @throws not_found */
export async function listRounds(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<SurveyRound>> {
  authoriseRead(actor, 'monitoring.read', { programme: programmeId });
  await programmeById(db, programmeId);
  const { limit, after } = pageRequestById(query);
  return pageOfRounds(db, programmeId, limit, after);
}

async function roundFor(db: Db, actor: Actor, id: string): Promise<StoredRound> {
  authoriseRead(actor, 'monitoring.read');
  const found = await findRound(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'monitoring.read', { programme: found.round.programmeId });
  return found;
}

/** @throws not_found */
export async function readRound(db: Db, actor: Actor, id: string): Promise<SurveyRoundInFull> {
  const { round, questionnaire } = await roundFor(db, actor, id);
  return { round, questionnaire, ...(await standOf(db, round)) };
}

/**
 * What people said, once the round is closed: results that can be read after each answer give back the answer.
 * @throws not_found; survey_state before it is closed
 */
export async function readResults(db: Db, actor: Actor, id: string): Promise<SurveyResults> {
  const { round, results } = await roundFor(db, actor, id);
  if (!results) throw monitoringProblem.survey_state('Close it first. Until then there is its progress.', { state: round.state });
  return results;
}

function drawn(found: StoredRound): StoredRound {
  const { state } = found.round;
  if (!found.seed) throw monitoringProblem.survey_state('It has not been drawn.', { state });
  return found;
}

/** Draws the sample of a round again from its seed, and compares. @throws not_found; survey_state before it is drawn */
export async function verifyDraw(db: Db, actor: Actor, id: string) {
  const { seed, round } = drawn(await roundFor(db, actor, id));
  if (!seed) throw new Error('a round that was drawn has no seed');
  const frame = await frameOf(db, id);
  const strata = await strataOf(db, id);
  const matches = strata.every(({ stratum, population, sample }) => {
    const kept = frame.filter((person) => person.stratum === stratum);
    const again = inDrawnOrder(seed, kept);
    return (
      kept.length === population &&
      again.every((person, i) => person.rank === i + 1) &&
      again.slice(0, sample).every(({ isAsked }) => isAsked)
    );
  });
  return { seed: seed.toString('hex'), population: round.population, sample: round.sample, matches };
}

/** The people whom an interviewer is to ask, in rounds that are under way. */
export function listOwnInterviews(db: Db, actor: Actor, { state, ...query }: PageQuery & { state?: string }) {
  const within = scopeCondition(actor, 'monitoring.interview', { programme: sql`r.programme_id` });
  const { limit, after } = pageRequestById(query);
  return pageOfOwn(db, actor.id, within, state, limit, after);
}

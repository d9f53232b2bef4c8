import { randomBytes } from 'node:crypto';
import { beginAgainOn, command, type Db, dateIn, newId, placesWrong, problem, type Scope, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { beginInterviews, freezeFrame, gatherPeople, groupSizes, sizesGathered } from '../frame-store.ts';
import { assign, isInterviewer, responsesOf, takeBack } from '../interview-store.ts';
import { monitoringProblem } from '../problems.ts';
import { questionnaireFaults } from '../questionnaire.ts';
import { resultsOf } from '../results.ts';
import {
  findOpenRound,
  findRound,
  hasList,
  insertRound,
  insertStrata,
  lockRound,
  markCancelled,
  markClosed,
  markDrawn,
  type NewRound,
  strataOf,
} from '../round-store.ts';
import { shippedQuestionnaire } from '../shipped-questionnaire.ts';
import { allocate, type Confidence, sampleSize } from '../statistics.ts';
import { mayTellTotals, sizesOfStrata, strataFor } from '../strata.ts';
import type { StoredRound, SurveyResults, SurveyRound } from '../types.ts';

const nothing = () => problem.not_found('There is no such record.');
const subjectOf = (id: string) => ({ type: 'survey_round', id });
const SEED_BYTES = 32;

/** Where a round lies. @throws not_found */
export async function scopeOfRound(db: Db, { roundId }: { roundId: string }): Promise<Scope> {
  const found = await findRound(db, roundId);
  if (!found) throw nothing();
  return { programme: found.round.programmeId };
}

async function heldRound(tx: Tx, roundId: string, state: SurveyRound['state']): Promise<StoredRound> {
  const found = await lockRound(tx, roundId);
  if (!found) throw nothing();
  if (found.round.state !== state)
    throw monitoringProblem.survey_state(`It is ${found.round.state}; for this it has to be ${state}.`, { state: found.round.state });
  return found;
}

async function changed(tx: Tx, roundId: string): Promise<SurveyRound> {
  const after = await findRound(tx, roundId);
  if (!after) throw new Error('a round that was changed is not there');
  return after.round;
}

type Plan = Pick<NewRound, 'programmeId' | 'name' | 'from' | 'to'> & {
  readonly [Name in 'confidence' | 'margin' | 'stratifyBy' | 'minimum' | 'questionnaire']?: NewRound[Name] | undefined;
} & { readonly listId?: string | undefined };

/** Plans a round. @throws not_found; unprocessable naming what is wrong with its days, its list or its questions; survey_open naming the other */
export const planRound = command<Plan, SurveyRound>({
  name: 'monitoring.plan',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { listId = null, questionnaire = shippedQuestionnaire, ...given }) {
    const { confidence = '0.95', margin = '0.05', stratifyBy = [], minimum = 10 } = given;
    const plan = { ...given, confidence, margin, stratifyBy, minimum };
    const faults = [
      ...(plan.to < plan.from ? [{ pointer: '/to', detail: `No earlier than ${plan.from}.` }] : []),
      ...(listId && !(await hasList(tx, plan.programmeId, listId))
        ? [{ pointer: '/listId', detail: 'This programme has no such list.' }]
        : []),
      ...questionnaireFaults(questionnaire),
    ];
    if (faults.length > 0) throw placesWrong(faults);
    const open = await findOpenRound(tx, plan.programmeId, plan.from, plan.to);
    if (open) throw monitoringProblem.survey_open('Close or cancel it first, or ask about other days.', { roundId: open.id });
    const id = newId();
    await insertRound(tx, { ...plan, id, listId, questionnaire }, actor.id, now).catch(
      beginAgainOn(['survey_rounds_one_open'], 'another round was planned'),
    );
    const result = await changed(tx, id);
    return { result, subject: subjectOf(id), after: result };
  },
});

/**
 * Draws the sample of a round, once: as many people as its confidence and margin ask for, shared out among its strata, in an order that follows from
 * a seed of this moment.
 * @throws not_found; survey_state, also before its days are over; survey_nobody
 */
export const drawSample = command<{ roundId: string }, SurveyRound>({
  name: 'monitoring.draw',
  scope: scopeOfRound,
  async run({ tx, actor, now }, { roundId }) {
    const { round } = await heldRound(tx, roundId, 'planned');
    const { timeZone } = (await programmeById(tx, round.programmeId)).programme;
    if (round.to >= dateIn(timeZone, now)) throw monitoringProblem.survey_state(`Draw it after ${round.to}: until then people are paid.`);
    const seed = randomBytes(SEED_BYTES);
    await gatherPeople(tx, round);
    const groups = await sizesGathered(tx, round);
    const stratumOf = strataFor(groups, round.stratifyBy);
    const sizes = sizesOfStrata(groups, stratumOf);
    const population = sizes.reduce((sum, size) => sum + size.population, 0);
    if (population === 0) throw monitoringProblem.survey_nobody('Nobody was paid in these days. Plan another round.');
    const total = sampleSize(round.confidence as Confidence, Number(round.margin), population);
    const shares = allocate(
      total,
      sizes.map((size) => size.population),
      round.minimum,
    );
    const strata = sizes.map((size, i) => ({ ...size, sample: shares[i] ?? 0 }));
    const sample = shares.reduce((sum, share) => sum + share, 0);
    await freezeFrame(tx, roundId, seed, stratumOf);
    await insertStrata(tx, roundId, strata);
    await beginInterviews(tx, roundId);
    await markDrawn(tx, roundId, { seed, population, sample, countsShown: mayTellTotals(groups), by: actor.id }, now);
    const result = await changed(tx, roundId);
    return { result, subject: subjectOf(roundId), before: round, after: { ...result, seed: seed.toString('hex'), strata } };
  },
});

/** Gives people to an interviewer. @throws not_found; survey_state; unprocessable when they are no interviewer here */
export const assignPeople = command<{ roundId: string; interviewerId: string; count: number }, { assigned: number }>({
  name: 'monitoring.assign',
  scope: scopeOfRound,
  async run({ tx, now }, { roundId, interviewerId, count }) {
    const { round } = await heldRound(tx, roundId, 'drawn');
    if (!(await isInterviewer(tx, interviewerId, round.programmeId, now))) {
      throw problem.unprocessable('Nobody of this identifier asks people in this programme.', {}, [
        { pointer: '/interviewerId', detail: 'Name somebody with the role of an interviewer.' },
      ]);
    }
    const assigned = await assign(tx, roundId, interviewerId, count);
    return { result: { assigned }, subject: subjectOf(roundId), after: { interviewerId, assigned } };
  },
});

/** Takes back from an interviewer whom they have not asked yet, for somebody else to ask. @throws not_found; survey_state */
export const takePeopleBack = command<{ roundId: string; interviewerId: string; reason: string }, { takenBack: number }>({
  name: 'monitoring.assign',
  scope: scopeOfRound,
  async run({ tx }, { roundId, interviewerId, reason }) {
    await heldRound(tx, roundId, 'drawn');
    const takenBack = await takeBack(tx, roundId, interviewerId);
    return { result: { takenBack }, subject: subjectOf(roundId), after: { interviewerId, takenBack }, reason };
  },
});

/** What people said in a round, to be told when it is closed. */
async function resultsNow(db: Db, { round, questionnaire }: StoredRound): Promise<SurveyResults> {
  const { id: roundId, confidence } = round;
  const [responses, strata, sizes] = [await responsesOf(db, roundId), await strataOf(db, roundId), await groupSizes(db, round)];
  return resultsOf(responses, { roundId, confidence: confidence as Confidence, questionnaire, strata, sizes });
}

/** Closes a round and keeps its results. @throws not_found; survey_state */
export const closeRound = command<{ roundId: string }, SurveyRound>({
  name: 'monitoring.close',
  scope: scopeOfRound,
  async run({ tx, now }, { roundId }) {
    const before = await heldRound(tx, roundId, 'drawn');
    await markClosed(tx, roundId, await resultsNow(tx, before), now);
    const result = await changed(tx, roundId);
    return { result, subject: subjectOf(roundId), before: before.round, after: result };
  },
});

/** Cancels a round for good: nobody is asked any more, and its days may be asked about in another. @throws not_found; survey_state when it is over */
export const cancelRound = command<{ roundId: string; reason: string }, SurveyRound>({
  name: 'monitoring.cancel',
  scope: scopeOfRound,
  async run({ tx, now }, { roundId, reason }) {
    const found = await lockRound(tx, roundId);
    if (!found) throw nothing();
    const { state } = found.round;
    if (state !== 'planned' && state !== 'drawn') throw monitoringProblem.survey_state(`It is ${state}.`, { state });
    await markCancelled(tx, roundId, now);
    const result = await changed(tx, roundId);
    return { result, subject: subjectOf(roundId), before: found.round, after: result, reason };
  },
});

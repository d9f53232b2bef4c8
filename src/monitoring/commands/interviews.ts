import { noteColumn, openPeople, sealNote } from '../../beneficiaries/index.ts';
import {
  type Actor,
  command,
  type Db,
  Money,
  newId,
  placesWrong,
  problem,
  type RoomColumns,
  type Scope,
  type Tx,
} from '../../platform/index.ts';
import { openException } from '../../reconciliation/index.ts';
import { insertReplacement } from '../frame-store.ts';
import { callOf, findInterview, lockInterview, recordAnswers, recordNoResponse, type StoredInterview } from '../interview-store.ts';
import { monitoringProblem } from '../problems.ts';
import { answerFaults, apart, toldIn } from '../questionnaire.ts';
import { findRound } from '../round-store.ts';
import type { Answers, InterviewState, NoResponseReason, Questionnaire, StoredRound } from '../types.ts';

const nothing = () => problem.not_found('There is no such record.');
const subjectOf = (id: string) => ({ type: 'interview', id });
const wordsPlace = (interviewId: string): string => `survey_interviews/${interviewId}`;

/** What people said in words is sealed under their own keys. */
export const monitoringColumns: RoomColumns = {
  sealed: [noteColumn('survey_interviews', 'words', ['id'], ({ id }) => wordsPlace(id))],
  unsealed: { 'survey_rounds.seed': 'random bytes by which a sample was drawn, for anybody to draw it again' },
};

async function scopeOfInterview(db: Db, { interviewId }: { interviewId: string }): Promise<Scope> {
  const found = await findInterview(db, interviewId);
  if (!found) throw nothing();
  return { programme: found.programmeId };
}

/** An interview for whoever it was given to. @throws not_found to anybody else */
function own(actor: Actor, found: StoredInterview | undefined): StoredInterview {
  if (!found || found.interviewerId !== actor.id) throw nothing();
  return found;
}

async function openRound(db: Db, roundId: string): Promise<StoredRound> {
  const found = await findRound(db, roundId);
  if (!found) throw nothing();
  const { state } = found.round;
  if (state !== 'drawn') throw monitoringProblem.survey_state(`It is ${state}.`, { state });
  return found;
}

/** Whom to call, and what to ask. */
export interface OpenedInterview {
  readonly id: string;
  readonly roundId: string;
  readonly programmeId: string;
  readonly beneficiaryId: string;
  readonly state: InterviewState;
  readonly names: { given: string | null; family: string | null } | null;
  readonly phones: string[];
  readonly language: 'ar' | 'fr' | 'en';
  readonly paidOn: string;
  readonly amount: { amount: string; currency: string };
  readonly questionnaire: Questionnaire;
}

/** Opens an interview for the call. @throws not_found unless it was given to the actor; survey_state */
export const openInterview = command<{ interviewId: string }, OpenedInterview>({
  name: 'monitoring.interview',
  scope: scopeOfInterview,
  async run({ tx, actor, keyRing }, { interviewId }) {
    const found = own(actor, await findInterview(tx, interviewId));
    const { questionnaire } = await openRound(tx, found.roundId);
    const call = await callOf(tx, found);
    if (!call) throw new Error('an interview without a pay-out');
    // Of somebody who has answered nobody needs the number any more.
    const people = found.state === 'drawn' ? await openPeople(tx, keyRing, [found.beneficiaryId], ['names', 'phones']) : new Map();
    const person = people.get(found.beneficiaryId) ?? null;
    const { id, roundId, programmeId, beneficiaryId, state } = found;
    const { language, paidOn, amount, currency } = call;
    const result: OpenedInterview = {
      ...{ id, roundId, programmeId, beneficiaryId, state, language, paidOn, questionnaire },
      names: person ? { given: person.names.given ?? null, family: person.names.family ?? null } : null,
      phones: person ? [...person.phones] : [],
      amount: { amount, currency },
    };
    return { result, subject: subjectOf(interviewId) };
  },
});

/** How an interview ended. */
export interface EndedInterview {
  readonly id: string;
  readonly state: InterviewState;
  readonly replacedBy: string | null;
}

async function heldInterview(tx: Tx, actor: Actor, interviewId: string): Promise<StoredInterview> {
  const found = own(actor, await lockInterview(tx, interviewId));
  if (found.state !== 'drawn') throw monitoringProblem.interview_over('What was answered stands.', { state: found.state });
  return found;
}

/**
 * Enters what somebody answered. Cash that they say they did not receive, or not all of, or were asked to pay for, is an exception of the pay-out, once.
 * @throws not_found; interview_over; survey_state; unprocessable naming each answer that does not fit its question
 */
export const answerInterview = command<{ interviewId: string; answers: Answers }, EndedInterview>({
  name: 'monitoring.answer',
  scope: scopeOfInterview,
  async run({ tx, actor, now, keyRing }, { interviewId, answers }) {
    const found = await heldInterview(tx, actor, interviewId);
    const { questionnaire } = await openRound(tx, found.roundId);
    const call = await callOf(tx, found);
    if (!call) throw new Error('an interview without a pay-out');
    const faults = answerFaults(questionnaire, answers, call.currency);
    if (faults.length > 0) throw placesWrong(faults);
    const { chosen, words } = apart(questionnaire, answers);
    const hasWords = Object.keys(words).length > 0;
    if (hasWords && !call.dataKey) throw problem.conflict('The person was erased meanwhile. Leave out what was said in words.');
    const sealed = hasWords && call.dataKey ? sealNote(keyRing, found.beneficiaryId, call.dataKey, wordsPlace(interviewId), words) : null;
    await recordAnswers(tx, interviewId, chosen, sealed, now);
    const { programmeId, payoutId } = found;
    const record = { type: 'interview', id: interviewId };
    for (const told of toldIn(questionnaire, answers, Money.of(call.amount, call.currency)))
      await openException(tx, { programmeId, at: now }, { ...told, payoutId, record });
    const result = { id: interviewId, state: 'done' as const, replacedBy: null };
    return { result, subject: subjectOf(interviewId), before: { state: found.state }, after: { state: 'done', chosen } };
  },
});

/** Writes down why somebody did not answer, and has the next of the same stratum asked. @throws not_found; interview_over; survey_state */
export const noteNoResponse = command<{ interviewId: string; reason: NoResponseReason }, EndedInterview>({
  name: 'monitoring.answer',
  scope: scopeOfInterview,
  async run({ tx, actor, now }, { interviewId, reason }) {
    const found = await heldInterview(tx, actor, interviewId);
    await openRound(tx, found.roundId);
    await recordNoResponse(tx, interviewId, reason, now);
    const replacedBy = (await insertReplacement(tx, newId(), found)) ?? null;
    const result = { id: interviewId, state: 'no_response' as const, replacedBy };
    return { result, subject: subjectOf(interviewId), before: { state: found.state }, after: { state: 'no_response', replacedBy }, reason };
  },
});

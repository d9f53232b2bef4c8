import { openPerson, sealNote } from '../beneficiaries/index.ts';
import { type CommandContext, command, dateIn, type KeyRing, newId, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { linesPlace, scorecardById, scorecardScope } from './queries.ts';
import { ageOn, assess, faultsOf } from './rules.ts';
import { type AssessablePerson, type AssessmentRow, insertAssessments, insertScorecard, notYetAssessed, waitOurTurn } from './store.ts';
import type { Facts, Outcome, Scorecard, ScorecardDefinition } from './types.ts';

const BATCH_PEOPLE = 500;

/** Adds a scorecard to a programme; it never changes, and the next one has the next version. @throws unprocessable naming every fault */
export const createScorecard = command<{ programmeId: string; definition: ScorecardDefinition }, Scorecard>({
  name: 'eligibility.create_scorecard',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, definition }) {
    await programmeById(tx, programmeId);
    const faults = faultsOf(definition);
    if (faults.length > 0) throw problem.unprocessable('The scorecard asks what it cannot be answered.', {}, faults);
    await waitOurTurn(tx, programmeId);
    const scorecard = await insertScorecard(tx, newId(), programmeId, definition, actor.id, now);
    return { result: scorecard, subject: { type: 'scorecard', id: scorecard.id }, after: scorecard };
  },
});

/** How many people an assessment came to what for. */
export interface AssessmentCounts {
  readonly assessed: number;
  readonly eligible: number;
  readonly notEligible: number;
  readonly notAssessable: number;
}

/** Assesses everybody who is enrolled and has not been assessed under this scorecard, with their age on this day. @throws not_found */
export const assessProgramme = command<{ scorecardId: string }, AssessmentCounts>({
  name: 'eligibility.assess_programme',
  scope: (db, { scorecardId }) => scorecardScope(db, scorecardId),
  async run(context, { scorecardId }) {
    const { tx, now } = context;
    const scorecard = await scorecardById(tx, scorecardId);
    const { programme } = await programmeById(tx, scorecard.programmeId);
    const today = dateIn(programme.timeZone, now);
    await waitOurTurn(tx, scorecardId);
    const counts: Record<Outcome, number> = { eligible: 0, not_eligible: 0, not_assessable: 0 };
    for (;;) {
      const people = await notYetAssessed(tx, scorecard, BATCH_PEOPLE);
      const assessed = people.map((person) => assessOne(context, scorecard, person, today));
      await insertAssessments(
        tx,
        assessed.map(({ row }) => row),
      );
      for (const { outcome } of assessed) counts[outcome] += 1;
      if (people.length < BATCH_PEOPLE) break;
    }
    const { eligible, not_eligible: notEligible, not_assessable: notAssessable } = counts;
    const result = { assessed: eligible + notEligible + notAssessable, eligible, notEligible, notAssessable };
    return { result, subject: { type: 'scorecard', id: scorecardId }, after: result };
  },
});

function assessOne(
  { keyRing, now }: CommandContext,
  scorecard: Scorecard,
  person: AssessablePerson,
  today: string,
): { outcome: Outcome; row: AssessmentRow } {
  const { outcome, score, lines } = assess(scorecard.definition, factsOf(keyRing, person, today));
  const row = {
    scorecard_id: scorecard.id,
    beneficiary_id: person.id,
    is_eligible: outcome === 'eligible',
    score,
    lines: sealNote(keyRing, person.id, person.data_key, linesPlace(scorecard.id), lines),
    assessed_at: now,
  };
  return { outcome, row };
}

function factsOf(keyRing: KeyRing, person: AssessablePerson, today: string): Facts {
  const opened = openPerson(keyRing, person.id, person, ['birth', 'answers']);
  const { unpaidRentMonths, mealsPerDay, ...answers } = opened?.answers ?? {};
  return {
    ...answers,
    age: opened ? ageOn(opened.birth, today) : undefined,
    householdSize: exactly(person.householdSize),
    unpaidRentMonths: exactly(unpaidRentMonths),
    mealsPerDay: exactly(mealsPerDay),
    sex: person.sex,
    relationship: person.relationship,
  };
}

const exactly = (known: number | undefined) => (known === undefined ? undefined : { from: known, to: known });

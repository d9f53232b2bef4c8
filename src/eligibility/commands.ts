import { command, newId, placesWrong, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { faultsOf } from './faults.ts';
import { runById, scorecardById, scorecardScope } from './queries.ts';
import { insertRun, setCancelled } from './run-store.ts';
import { findScorecard, insertScorecard, waitOurTurn, wilayaNumbers } from './store.ts';
import type { AssessmentRun, Scorecard, ScorecardDefinition } from './types.ts';
import { say } from './words.ts';

/** Adds a scorecard to a programme; it never changes, and the next one has the next version. @throws unprocessable naming every fault */
export const createScorecard = command<{ programmeId: string; definition: ScorecardDefinition }, Scorecard>({
  name: 'eligibility.create_scorecard',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, definition }) {
    await programmeById(tx, programmeId);
    const faults = faultsOf(definition, await wilayaNumbers(tx));
    if (faults.length > 0) throw placesWrong(faults);
    await waitOurTurn(tx, programmeId);
    const scorecard = await insertScorecard(tx, newId(), programmeId, definition, actor.id, now);
    return { result: scorecard, subject: { type: 'scorecard', id: scorecard.id }, after: scorecard };
  },
});

const startRun = (name: string) =>
  command<{ scorecardId: string; comparedWith?: string }, AssessmentRun>({
    name,
    scope: (db, { scorecardId }) => scorecardScope(db, scorecardId),
    async run({ tx, actor, now }, { scorecardId, comparedWith = null }) {
      const { programmeId } = await scorecardById(tx, scorecardId);
      if (comparedWith) {
        const other = await findScorecard(tx, comparedWith);
        const detail =
          comparedWith === scorecardId ? say('scorecard_same') : other?.programmeId === programmeId ? undefined : say('scorecard_unknown');
        if (detail) throw placesWrong([{ pointer: '/with', detail }]);
      }
      await waitOurTurn(tx, scorecardId);
      const run = await insertRun(tx, { id: newId(), programmeId, scorecardId, comparedWith }, actor.id, now);
      if (!run) throw problem.conflict(say('assessment_under_way'));
      return {
        result: run,
        subject: { type: 'assessment_run', id: run.id },
        after: run,
        followUps: [{ job: 'eligibility.assess', payload: { runId: run.id } }],
      };
    },
  });

/** Begins to assess everybody who is enrolled, in the background. @throws not_found; conflict while another run of the scorecard goes on */
export const assessProgramme = startRun('eligibility.assess_programme');

/**
 * Begins to count, in the background, what a scorecard makes of everybody who is enrolled and another makes of them: before it is used.
 * Nobody is assessed. @throws not_found; unprocessable when the two cannot be compared; conflict while another run of it goes on
 */
export const compareScorecards = startRun('eligibility.compare_scorecards');

/** Ends a run where it is. What it has found stands. @throws not_found; conflict when it is over already */
export const cancelRun = command<{ runId: string }, AssessmentRun>({
  name: 'eligibility.cancel_run',
  scope: async (db, { runId }) => ({ programme: (await runById(db, runId)).programmeId }),
  async run({ tx, now }, { runId }) {
    if (!(await setCancelled(tx, runId, now))) throw problem.conflict(say('assessment_over'));
    const { run } = await runById(tx, runId);
    return { result: run, subject: { type: 'assessment_run', id: runId }, before: { state: 'running' }, after: run };
  },
});

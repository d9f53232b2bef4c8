import { command, dateIn } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { assessmentOf, assessorOf } from './assess.ts';
import { insertAssessments, nextPeople } from './assessment-store.ts';
import { runById, scorecardById } from './queries.ts';
import { withMoves } from './rules.ts';
import { advanceRun, lockRun } from './run-store.ts';
import { waitOurTurn } from './store.ts';

/**
 * Takes a run past its next people. Each is assessed as the records stand now, with the age they had on the day the run began; a row is
 * kept of those of whom something else was found before, or nothing. A comparison keeps none.
 * @param batch how many people at most
 * @returns whether there are more
 */
export const assessNext = command<{ runId: string; batch: number }, boolean>({
  name: 'eligibility.assess_next',
  scope: async (db, { runId }) => ({ programme: (await runById(db, runId)).programmeId }),
  async run(context, { runId, batch }) {
    const { tx, now, keyRing } = context;
    const subject = { type: 'assessment_run', id: runId };
    const stored = await lockRun(tx, runId);
    if (stored?.run.state !== 'running') return { result: false, subject };
    const { run, afterId, startedAt, programmeId } = stored;
    // Somebody may be assessed alone at the same time.
    await waitOurTurn(tx, run.scorecardId);
    const { programme } = await programmeById(tx, programmeId);
    const day = dateIn(programme.timeZone, startedAt);
    const scorecard = await scorecardById(tx, run.scorecardId);
    const find = assessorOf(scorecard, keyRing, day);
    const findBefore = run.comparedWith ? assessorOf(await scorecardById(tx, run.comparedWith), keyRing, day) : undefined;
    const people = await nextPeople(tx, scorecard, afterId, batch);
    const found = people.map((person) =>
      findBefore
        ? { from: findBefore(person), to: find(person), row: undefined }
        : assessmentOf(context, scorecard, run.number, person, find(person)),
    );
    await insertAssessments(
      tx,
      found.flatMap(({ row }) => row ?? []),
    );
    const progress = { people: people.length, afterId: people.at(-1)?.id ?? null, moves: withMoves(run.moves, found) };
    const isLast = people.length < batch;
    await advanceRun(tx, runId, progress, isLast ? now : null);
    return { result: !isLast, subject, before: { people: run.people }, after: { ...progress, people: run.people + people.length } };
  },
});

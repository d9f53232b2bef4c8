import { brokenConstraint, type CommandContext, command, dateIn, type Outcome, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { planById } from '../queries.ts';
import { say } from '../words.ts';
import { drawScope, drawSheet } from './queries.ts';
import { dueDay, requireStep } from './rules.ts';
import { conditionsOf, insertConfirmation, insertDecision } from './sheet-store.ts';
import { insertInstalment, lockDraw, markDrawn, markPutBack, markRefused, type StoredDraw } from './store.ts';
import type { DrawSheet } from './types.ts';

interface OnDraw {
  readonly drawId: string;
}

/** Takes one step of a draw that is held still meanwhile. @throws not_found; conflict when it does not take the step */
async function stepOf(
  { tx }: Pick<CommandContext, 'tx'>,
  drawId: string,
  step: Parameters<typeof requireStep>[1],
  take: (draw: StoredDraw) => Promise<unknown>,
  reason?: string,
): Promise<Outcome<DrawSheet>> {
  const draw = await lockDraw(tx, drawId);
  if (!draw) throw problem.not_found('There is no such record.');
  requireStep(draw.state, step);
  const before = await drawSheet(tx, drawId);
  await take(draw);
  const result = await drawSheet(tx, drawId);
  return { result, subject: { type: 'tranche_draw', id: drawId }, before, after: result, reason };
}

/**
 * Confirms one condition of a person's tranche, with where its evidence is kept.
 * @throws not_found; conflict when the tranche does not wait, or the condition was confirmed; unprocessable when it is none of the tranche's
 */
export const confirmCondition = command<OnDraw & { conditionId: string; evidence: string }, DrawSheet>({
  name: 'assistance.confirm_condition',
  scope: drawScope,
  run: ({ tx, actor, now }, { drawId, conditionId, evidence }) =>
    stepOf({ tx }, drawId, 'confirm', async (draw) => {
      const conditions = await conditionsOf(tx, draw);
      if (!conditions.some(({ id }) => id === conditionId))
        throw problem.unprocessable(say('condition_none'), {}, [{ pointer: '/conditionId', detail: say('condition_of_tranche') }]);
      if (!(await insertConfirmation(tx, draw, conditionId, evidence, actor.id, now))) throw problem.conflict(say('condition_confirmed'));
    }),
});

/**
 * Signs a person's tranche, every condition of which is confirmed by somebody else: it is due on its earliest day, or today when that is over.
 * @throws not_found; conflict when the tranche does not wait, or a condition is not confirmed; separation_of_duties
 */
export const signDraw = command<OnDraw, DrawSheet>({
  name: 'assistance.sign_tranche',
  scope: drawScope,
  run: ({ tx, actor, now }, { drawId }) =>
    stepOf({ tx }, drawId, 'sign', async (draw) => {
      const open = (await conditionsOf(tx, draw)).filter(({ confirmedBy }) => confirmedBy === null).length;
      if (open > 0) throw problem.conflict(say('conditions_open'), { openConditions: open });
      const plan = await planById(tx, draw.planId);
      const { programme } = await programmeById(tx, draw.programmeId);
      const dueOn = dueDay(draw, dateIn(programme.timeZone, now));
      if (dueOn > programme.endsOn) throw problem.conflict(say('tranche_beyond_programme', { dueOn, endsOn: programme.endsOn }));
      await insertDecision(tx, draw, 'signed', null, actor.id, now);
      const instalmentId = await insertInstalment(tx, plan, draw, dueOn, now);
      await markDrawn(tx, drawId, instalmentId);
    }),
});

/** Refuses a person's tranche. It can be put back. @throws not_found; conflict when it does not wait */
export const refuseDraw = command<OnDraw & { reason: string }, DrawSheet>({
  name: 'assistance.refuse_tranche',
  scope: drawScope,
  run: ({ tx, actor, now }, { drawId, reason }) =>
    stepOf(
      { tx },
      drawId,
      'refuse',
      async (draw) => {
        await insertDecision(tx, draw, 'refused', reason, actor.id, now);
        await markRefused(tx, drawId);
      },
      reason,
    ),
});

/**
 * Puts a person's tranche back to where nothing of it is confirmed. What was due by it is withdrawn.
 * @throws not_found; conflict when it is on a payment list
 */
export const putBackDraw = command<OnDraw & { reason: string }, DrawSheet>({
  name: 'assistance.put_back_tranche',
  scope: drawScope,
  run: ({ tx, actor, now }, { drawId, reason }) =>
    stepOf(
      { tx },
      drawId,
      'put_back',
      async (draw) => {
        await insertDecision(tx, draw, 'put_back', reason, actor.id, now);
        try {
          await markPutBack(tx, draw);
        } catch (error) {
          if (brokenConstraint(error) !== 'instalments_withdrawn_off_lists') throw error;
          throw problem.conflict(say('tranche_listed'));
        }
      },
      reason,
    ),
});

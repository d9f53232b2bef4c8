import { command, newId, problem } from '../../platform/index.ts';
import { programmeAt } from '../../programmes/index.ts';
import { calendarPlan, firstDay } from '../entitlements/commands.ts';
import { faultsOfChange } from '../entitlements/rules.ts';
import { planScope } from '../queries.ts';
import { advanceSoon } from '../schedule/advance-soon.ts';
import { todayOf } from '../schedule/scheduled.ts';
import { say } from '../words.ts';
import { findRun, insertRun } from './store.ts';
import type { NewRun, PlanRun } from './types.ts';

/**
 * Begins to change many of a plan's people, or to entitle everybody who qualifies now, in the background. Those whom it is not for as they
 * stand are passed over and counted.
 * @throws not_found; unprocessable when the change is wrong in itself; conflict when the plan's kind has no calendar
 */
export const startRun = command<{ planId: string; run: NewRun }, PlanRun>({
  name: 'assistance.start_run',
  scope: planScope,
  async run({ tx, actor, now }, { planId, run: asked }) {
    const scheduled = await calendarPlan(tx, planId);
    const { plan, schedule } = scheduled;
    const { programme } = await programmeAt(tx, plan.programmeId, plan.programmeVersion);
    const id = newId();
    if (asked.change === 'entitle') {
      const { startsOn, faults } = firstDay(scheduled, asked.from, todayOf(scheduled, now));
      const isBoundary = scheduled.periods.some((period) => period.startsOn === startsOn && period.startsOn >= todayOf(scheduled, now));
      if (faults.length === 0 && schedule.every !== 'once' && !isBoundary) {
        faults.push({ detail: say('run_from_period') });
      }
      const places = faults.map(({ detail }) => ({ pointer: '/from', detail }));
      if (!plan.scorecardId) places.push({ pointer: '/change', detail: say('plan_without_scorecard') });
      if (places.length > 0) throw problem.unprocessable(say('run_unfit'), {}, places);
      await insertRun(tx, { id, planId, change: 'entitle', filter: {}, reason: asked.reason }, { from: startsOn }, actor.id, now);
    } else {
      const { filter = {}, reason, ...change } = asked;
      const faults = faultsOfChange(change, plan.kind, programme);
      if (change.from < schedule.startsOn || change.from > schedule.endsOn) {
        faults.push({ pointer: '/from', detail: say('plan_runs', schedule) });
      }
      if (faults.length > 0) throw problem.unprocessable(say('change_incomplete'), {}, faults);
      const { change: kind, ...terms } = change;
      await insertRun(tx, { id, planId, change: kind, filter, reason }, terms, actor.id, now);
    }
    const stored = await findRun(tx, id);
    if (!stored) throw new Error('an insert returned nothing');
    return {
      result: stored.run,
      subject: { type: 'plan', id: planId },
      after: stored.run,
      reason: asked.reason,
      followUps: [advanceSoon(planId)],
    };
  },
});

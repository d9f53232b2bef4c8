import { brokenConstraint, command, newId, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { faultsOf } from './rules.ts';
import { entitle, insertPlan, isScorecardOf } from './store.ts';
import type { NewPlan, Owed, Plan } from './types.ts';

/**
 * Creates a plan and, at once, what it owes: an entitlement and an instalment for everybody enrolled whom the scorecard found
 * eligible. People assessed later belong to another plan.
 * @throws not_found; unprocessable when a value breaks a rule; conflict when the programme has a plan of that name
 */
export const createPlan = command<{ programmeId: string; plan: NewPlan }, Plan & Owed>({
  name: 'assistance.create_plan',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, plan: given }) {
    const { programme } = await programmeById(tx, programmeId);
    const faults = faultsOf(given, programme);
    if (!(await isScorecardOf(tx, programmeId, given.scorecardId))) {
      faults.push({ pointer: '/scorecardId', detail: 'The programme has no such scorecard.' });
    }
    if (faults.length > 0) throw problem.unprocessable('The plan breaks a rule.', {}, faults);
    const plan: Plan = { id: newId(), programmeId, ...given, currency: programme.currency, createdAt: now.toISOString() };
    try {
      await insertPlan(tx, plan, actor.id);
    } catch (error) {
      if (brokenConstraint(error) !== 'plans_programme_id_name_key') throw error;
      throw problem.conflict('The programme has a plan of that name already.');
    }
    const result = { ...plan, ...(await entitle(tx, plan)) };
    return { result, subject: { type: 'plan', id: plan.id }, after: result };
  },
});

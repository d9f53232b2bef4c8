import { command, type ProblemPlace, problem } from '../../platform/index.ts';
import { programmeAt } from '../../programmes/index.ts';
import { planScope } from '../queries.ts';
import type { Day } from '../schedule/days.ts';
import { waitTurn } from '../schedule/period-store.ts';
import { lastDayOf, type Scheduled, scheduledPlan, todayOf } from '../schedule/scheduled.ts';
import { settlePeople } from '../schedule/settle-store.ts';
import { say } from '../words.ts';
import { applyChange, MOST_CHANGES, suspendedFrom } from './change-store.ts';
import { type EntitlementSheet, entitlementById, sheetOf } from './queries.ts';
import { faultsOfChange, refusalOfChange } from './rules.ts';
import { findEntitlement, insertNamed, peopleOf } from './store.ts';
import type { NewChange } from './types.ts';

/** A plan that people can be entitled in by name or whose people can be changed: one that pays by the calendar. @throws conflict */
export async function calendarPlan(tx: Parameters<typeof scheduledPlan>[0], planId: string): Promise<Scheduled> {
  const scheduled = await scheduledPlan(tx, planId);
  if (!scheduled) throw problem.conflict(say('plan_changed_otherwise'));
  return scheduled;
}

interface Named {
  readonly planId: string;
  readonly beneficiaryIds: readonly string[];
  readonly startsOn?: Day;
  readonly reason: string;
}

/**
 * Entitles people by name, from the period that follows unless a day is given. Periods that are past are owed as their records stood then.
 * Who is entitled already stays as they are.
 * @throws not_found; unprocessable naming everybody who is not of the programme; conflict when the plan's kind has no calendar
 */
export const entitlePeople = command<Named, { entitled: number; already: number }>({
  name: 'assistance.entitle_people',
  scope: planScope,
  async run({ tx, actor, now }, { planId, beneficiaryIds, startsOn: given, reason }) {
    await waitTurn(tx, planId);
    const scheduled = await calendarPlan(tx, planId);
    const { plan } = scheduled;
    const { startsOn, faults } = firstDay(scheduled, given, todayOf(scheduled, now));
    const known = await peopleOf(tx, plan.programmeId, beneficiaryIds);
    beneficiaryIds.forEach((id, i) => {
      if (!known.has(id)) faults.push({ pointer: `/beneficiaryIds/${i}`, detail: say('person_not_of_programme') });
    });
    if (faults.length > 0) throw problem.unprocessable(say('people_not_entitled'), {}, faults);
    const ids = await insertNamed(tx, planId, beneficiaryIds, startsOn, lastDayOf(scheduled), actor.id, now);
    await settlePeople(tx, scheduled, ids, now);
    const result = { entitled: ids.length, already: beneficiaryIds.length - ids.length };
    return { result, subject: { type: 'plan', id: planId }, after: { ...result, startsOn, entitlements: ids }, reason };
  },
});

/** From which day somebody is entitled who is named today: as it is said, or from the period that follows; before the first, from the first. */
export function firstDay({ schedule, periods }: Scheduled, given: Day | undefined, today: Day): { startsOn: Day; faults: ProblemPlace[] } {
  const startsOn =
    given ?? periods.find((period) => period.startsOn > today || (period.number === 1 && period.startsOn >= today))?.startsOn;
  if (schedule.every === 'once')
    return { startsOn: schedule.startsOn, faults: given && given !== schedule.startsOn ? [outside(schedule)] : [] };
  if (startsOn === undefined) {
    return {
      startsOn: today,
      faults: [{ pointer: '/startsOn', detail: say('no_further_period') }],
    };
  }
  return { startsOn, faults: startsOn < schedule.startsOn || startsOn > schedule.endsOn ? [outside(schedule)] : [] };
}

const outside = ({ startsOn, endsOn }: Scheduled['schedule']): ProblemPlace => ({
  pointer: '/startsOn',
  detail: startsOn === endsOn ? say('grant_due_on', { day: startsOn }) : say('plan_runs', { startsOn, endsOn }),
});

/**
 * Suspends, resumes, stops or pays another amount to one person from a day on. Instalments that this makes wrong are withdrawn and made
 * anew; what is on a list that counts stays, and the next instalment makes up for the difference.
 * @throws not_found; unprocessable when the change is wrong in itself or its day is; conflict when it is not for the entitlement as it stands
 */
export const changeEntitlement = command<NewChange & { entitlementId: string; reason: string }, EntitlementSheet>({
  name: 'assistance.change_entitlement',
  scope: async (db, { entitlementId }) => ({ programme: (await entitlementById(db, entitlementId)).programmeId }),
  async run({ tx, actor, now }, { entitlementId, reason, ...change }) {
    const { entitlement } = await entitlementById(tx, entitlementId);
    await waitTurn(tx, entitlement.planId);
    const scheduled = await calendarPlan(tx, entitlement.planId);
    const { plan } = scheduled;
    const { programme } = await programmeAt(tx, plan.programmeId, plan.programmeVersion);
    const faults = faultsOfChange(change, plan.kind, programme);
    if (faults.length > 0) throw problem.unprocessable(say('change_incomplete'), {}, faults);
    const before = await sheetOf(tx, await entitlementById(tx, entitlementId), now);
    const { startsOn, endsOn, state } = before;
    if (!startsOn || !endsOn) throw new Error('an entitlement of a plan with a calendar has days');
    const refusal = refusalOfChange(change, { state, startsOn, endsOn, suspendedFrom: await suspendedFrom(tx, entitlementId) });
    if (refusal?.pointer) {
      throw problem.unprocessable(say('change_day_unfit'), {}, [{ pointer: refusal.pointer, detail: refusal.detail }]);
    }
    if (refusal) throw problem.conflict(refusal.detail);
    const decision = { change, currency: plan.currency, reason, by: actor.id, now, runId: null };
    const [changed] = await applyChange(tx, [entitlementId], decision);
    if (!changed) throw problem.conflict(say('changes_too_many', { most: MOST_CHANGES }));
    await settlePeople(tx, scheduled, [entitlementId], now);
    const found = await findEntitlement(tx, entitlementId);
    if (!found) throw new Error('an entitlement stays');
    const result = await sheetOf(tx, found, now);
    return { result, subject: { type: 'entitlement', id: entitlementId }, before, after: result, reason };
  },
});

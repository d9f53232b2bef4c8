import { command, dateIn } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { inOrder, refused, sortOut } from '../people/rules.ts';
import { entitleNew, findNamed } from '../people/store.ts';
import type { Refused } from '../people/types.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planScope } from '../queries.ts';
import { allowed, amountFor, requireSoon } from './rules.ts';
import { holdPeople, inOtherPlans, insertEntries } from './store.ts';
import type { NewEmergency, NewEntry } from './types.ts';

/** Who was entered, and who was not. */
export interface EnteredPeople {
  readonly entered: { readonly index: number; readonly entitlementId: string }[];
  readonly refused: Refused[];
}

/**
 * Enters people for emergency cash, due on a day that is near. Who cannot be entered does not keep the others out.
 * @throws not_found; unprocessable when the plan is of another kind, or the day is not near
 */
export const enterEmergency = command<{ planId: string; dueOn: string; people: readonly NewEntry[] }, EnteredPeople>({
  name: 'assistance.enter_emergency',
  scope: planScope,
  async run({ tx, actor, now }, { planId, dueOn, people }) {
    const plan = await planOfKind(tx, planId, 'emergency_cash');
    const { amountRule, terms } = plan;
    if (!amountRule) throw new Error('emergency cash has an amount');
    const { programme } = await programmeById(tx, plan.programmeId);
    requireSoon(dueOn, dateIn(programme.timeZone, now), (terms as Pick<NewEmergency, 'withinDays'>).withinDays);
    const found = await findNamed(
      tx,
      plan.programmeId,
      people.map(({ person }) => person),
    );
    const { standing, refused: out } = sortOut(found);
    const ids = standing.map(({ person }) => person.beneficiaryId);
    await holdPeople(tx, ids);
    const { able, refused: elsewhere } = allowed(standing, people, await inOtherPlans(tx, plan, ids));
    const entitlements = await entitleNew(
      tx,
      planId,
      able.map(({ person }) => person.beneficiaryId),
      now,
    );
    const entered = able.flatMap(({ index, person: { beneficiaryId, householdId, householdSize } }) => {
      const entitlementId = entitlements.get(beneficiaryId);
      if (!entitlementId) return [];
      const despite = people[index]?.despite ?? null;
      return [{ index, entitlementId, beneficiaryId, householdId, amount: amountFor(amountRule, householdSize), despite }];
    });
    await insertEntries(tx, plan, entered, dueOn, actor.id, now);
    const known = able
      .filter(({ person }) => !entitlements.has(person.beneficiaryId))
      .map(({ index }) => refused(index, 'entered_already'));
    const result = {
      entered: entered.map(({ index, entitlementId }) => ({ index, entitlementId })),
      refused: inOrder([...out, ...elsewhere, ...known]),
    };
    return { result, subject: { type: 'plan', id: planId }, after: result };
  },
});

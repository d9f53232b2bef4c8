import { type Command, command, dateIn } from '../../platform/index.ts';
import { programmeAt, programmeById } from '../../programmes/index.ts';
import { boundsOf } from '../amounts.ts';
import { inOrder, refused, sortOut } from '../people/rules.ts';
import { entitleNew, findNamed } from '../people/store.ts';
import type { Refused } from '../people/types.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planScope } from '../queries.ts';
import { allowed, requireSoon } from './rules.ts';
import { holdPeople, inOtherPlans, insertEntries } from './store.ts';
import type { EmergencyTerms, NewEntry } from './types.ts';

export interface EmergencyRequest {
  readonly planId: string;
  /** ISO 8601. */
  readonly dueOn: string;
  readonly source: 'file' | 'rows';
  /** Keyed digest of what was sent, in hexadecimal. */
  readonly content: string;
}

/** Who was entered, and who was not. */
export interface EnteredPeople {
  readonly entered: { readonly index: number; readonly entitlementId: string }[];
  readonly refused: Refused[];
}

/**
 * Enters people for emergency cash, due on a day that is near. Who cannot be entered does not keep the others out.
 * @param people as they were sent
 * @throws not_found; unprocessable when the plan is of another kind, or the day is not near
 */
export const enterEmergency = (people: readonly NewEntry[]): Command<EmergencyRequest, EnteredPeople> =>
  command<EmergencyRequest, EnteredPeople>({
    name: 'assistance.enter_emergency',
    scope: planScope,
    async run({ tx, actor, now }, { planId, dueOn, content }) {
      const plan = await planOfKind(tx, planId, 'emergency_cash');
      const { amountRule, terms } = plan;
      if (!amountRule) throw new Error('emergency cash has an amount');
      const { withinDays, namedAmounts } = terms as unknown as EmergencyTerms;
      const { programme } = await programmeById(tx, plan.programmeId);
      requireSoon(dueOn, dateIn(programme.timeZone, now), withinDays, programme.endsOn);
      const { programme: kept } = await programmeAt(tx, plan.programmeId, plan.programmeVersion);
      const found = await findNamed(
        tx,
        plan.programmeId,
        people.map(({ person }) => person),
      );
      const { standing, refused: out } = sortOut(found);
      const ids = standing.map(({ person }) => person.beneficiaryId);
      await holdPeople(tx, ids);
      const paying = { amountRule, namedAmounts, bounds: boundsOf(kept, plan.kind) };
      const { able, refused: notAble } = allowed(standing, people, await inOtherPlans(tx, plan, ids), paying);
      const entitlements = await entitleNew(
        tx,
        planId,
        able.map(({ person }) => person.beneficiaryId),
        now,
      );
      const entered = able.flatMap(({ index, amount, person: { beneficiaryId, householdId } }) => {
        const entitlementId = entitlements.get(beneficiaryId);
        if (!entitlementId) return [];
        const { despite = null, amount: named = null } = people[index] ?? {};
        return [{ index, entitlementId, beneficiaryId, householdId, amount, named, despite }];
      });
      await insertEntries(tx, plan, entered, dueOn, actor.id, now);
      const known = able
        .filter(({ person }) => !entitlements.has(person.beneficiaryId))
        .map(({ index }) => refused(index, 'entered_already'));
      const result = {
        entered: entered.map(({ index, entitlementId }) => ({ index, entitlementId })),
        refused: inOrder([...out, ...notAble, ...known]),
      };
      return { result, subject: { type: 'plan', id: planId }, after: { ...result, content } };
    },
  });

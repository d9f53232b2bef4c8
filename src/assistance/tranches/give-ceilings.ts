import { command, dateIn, Money } from '../../platform/index.ts';
import { faultsOfPayment, programmeAt, programmeById } from '../../programmes/index.ts';
import { isAmount } from '../amounts.ts';
import { inOrder, refused, sortOut } from '../people/rules.ts';
import { entitleNew, findNamed } from '../people/store.ts';
import type { Refused } from '../people/types.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planScope } from '../queries.ts';
import { drawsOf, earliestDay } from './rules.ts';
import { type EnteredCeiling, insertCeilings, tranchesOf } from './store.ts';
import type { NewCeiling } from './types.ts';

/** Who was entered, and who was not. */
export interface GivenCeilings {
  readonly entered: { readonly index: number; readonly entitlementId: string }[];
  readonly refused: Refused[];
}

/**
 * Enters people in a plan of reintegration cash, each with the most that they are paid. What each tranche comes to is settled with it. Who
 * cannot be entered does not keep the others out.
 * @throws not_found; unprocessable when the plan is of another kind
 */
export const giveCeilings = command<{ planId: string; people: readonly NewCeiling[] }, GivenCeilings>({
  name: 'assistance.give_ceilings',
  scope: planScope,
  async run({ tx, actor, now }, { planId, people }) {
    const plan = await planOfKind(tx, planId, 'reintegration_cash');
    const { programme } = await programmeById(tx, plan.programmeId);
    const tranches = await tranchesOf(tx, planId);
    const { standing, refused: out } = sortOut(
      await findNamed(
        tx,
        plan.programmeId,
        people.map(({ person }) => person),
      ),
    );
    const ceilingAt = (index: number) => people[index]?.ceiling ?? '';
    const { programme: terms } = await programmeAt(tx, plan.programmeId, plan.programmeVersion);
    const fits = (ceiling: string): boolean =>
      isAmount(ceiling, plan.currency) &&
      drawsOf(Money.of(ceiling, plan.currency), tranches).every(
        (amount) => amount.isZero || faultsOfPayment(terms, { kind: plan.kind, amount }).length === 0,
      );
    const able = standing.filter(({ index }) => fits(ceilingAt(index)));
    const entitlements = await entitleNew(
      tx,
      planId,
      able.map(({ person }) => person.beneficiaryId),
      now,
    );
    const today = dateIn(programme.timeZone, now);
    const entered = able.flatMap(({ index, person }): (EnteredCeiling & { index: number })[] => {
      const entitlementId = entitlements.get(person.beneficiaryId);
      if (!entitlementId) return [];
      const ceiling = Money.of(ceilingAt(index), plan.currency);
      const draws = drawsOf(ceiling, tranches).flatMap((amount, i) => {
        const tranche = tranches[i];
        return tranche && !amount.isZero ? [{ trancheId: tranche.id, amount, earliestOn: earliestDay(tranche, today) }] : [];
      });
      return [{ index, entitlementId, ceiling, draws }];
    });
    await insertCeilings(tx, planId, entered, actor.id, now);
    const without = new Set(entered.map(({ index }) => index));
    const faults = standing
      .filter(({ index }) => !without.has(index))
      .map(({ index }) => refused(index, fits(ceilingAt(index)) ? 'entered_already' : 'amount'));
    const result = {
      entered: entered.map(({ index, entitlementId }) => ({ index, entitlementId })),
      refused: inOrder([...out, ...faults]),
    };
    return { result, subject: { type: 'plan', id: planId }, after: result };
  },
});

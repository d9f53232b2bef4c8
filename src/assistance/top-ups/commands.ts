import { type Command, command, Money } from '../../platform/index.ts';
import { inOrder, refused, sortOut } from '../people/rules.ts';
import { findNamed } from '../people/store.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planById, planScope } from '../queries.ts';
import { boundsOfPlan, countByRule } from './queries.ts';
import { refusalOf } from './rules.ts';
import { sourcesOf } from './source-store.ts';
import { findTerms, insertMeant, insertNamed } from './store.ts';
import type { AssistedPorts, NamedTopUp, NamedTopUps, TopUpRule, TopUpTotals } from './types.ts';

/**
 * Tops up what named people were paid. Who cannot be topped up does not keep the others out.
 * @throws not_found; unprocessable when the plan is of another kind
 */
export const topUpPeople = command<{ planId: string; people: readonly NamedTopUp[] }, NamedTopUps>({
  name: 'assistance.top_up_people',
  scope: planScope,
  async run({ tx, now }, { planId, people }) {
    const plan = await planOfKind(tx, planId, 'top_up');
    const terms = await findTerms(tx, planId);
    const bounds = await boundsOfPlan(tx, plan);
    const found = await findNamed(
      tx,
      plan.programmeId,
      people.map(({ person }) => person),
    );
    const { standing, refused: out } = sortOut(found);
    const wanted = standing.map(({ index, person }) => ({
      index,
      beneficiaryId: person.beneficiaryId,
      instalmentId: people[index]?.instalmentId ?? null,
    }));
    const sources = await sourcesOf(tx, plan, terms.reason, wanted);
    const refusals = wanted.flatMap(
      ({ index, instalmentId }) => refusalOf(index, sources.get(index), instalmentId !== null, terms, bounds) ?? [],
    );
    const without = new Set(refusals.map(({ index }) => index));
    const able = wanted
      .filter(({ index }) => !without.has(index))
      .flatMap(({ index }) => ({ index, sourceId: sources.get(index)?.instalmentId ?? '' }));
    const sourceIds = able.map(({ sourceId }) => sourceId);
    const made = await insertNamed(tx, plan, bounds, sourceIds, now);
    const result = {
      made: able.flatMap(({ index, sourceId }) => {
        const topUp = made.get(sourceId);
        return topUp ? [{ index, instalmentId: topUp.id, topsUpId: sourceId, amount: topUp.amount.toJSON() }] : [];
      }),
      refused: inOrder([
        ...out,
        ...refusals,
        ...able.filter(({ sourceId }) => !made.has(sourceId)).map(({ index }) => refused(index, 'topped_up_already')),
      ]),
    };
    return { result, subject: { type: 'plan', id: planId }, after: result };
  },
});

/**
 * Tops up what people already assisted were paid, as far as a rule says, in one set-based pass. What was topped up for the plan's reason before
 * is passed over, so that the same rule again adds only what has come since.
 * @throws as {@link countByRule}
 */
export const topUpByRule = (ports: AssistedPorts): Command<{ planId: string; rule: TopUpRule }, TopUpTotals> =>
  command<{ planId: string; rule: TopUpRule }, TopUpTotals>({
    name: 'assistance.top_up_by_rule',
    scope: planScope,
    async run({ tx, now }, { planId, rule }) {
      const counted = await countByRule(tx, planId, rule, ports);
      const plan = await planById(tx, planId);
      const { count, total } = await insertMeant(tx, plan, await boundsOfPlan(tx, plan), rule, ports, now);
      const result = { ...counted, count, total: Money.of(total, plan.currency).toJSON() };
      return { result, subject: { type: 'plan', id: planId }, after: { rule, result } };
    },
  });

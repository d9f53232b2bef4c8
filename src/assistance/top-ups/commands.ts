import { scorecardById } from '../../eligibility/index.ts';
import { type Command, command, type Db, Money, problem } from '../../platform/index.ts';
import { inOrder, refused, sortOut } from '../people/rules.ts';
import { findNamed } from '../people/store.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planById, planScope } from '../queries.ts';
import type { Plan } from '../types.ts';
import { refusalOf, requireDays } from './rules.ts';
import { sourcesOf } from './source-store.ts';
import { countMeant, findTerms, insertMeant, insertNamed } from './store.ts';
import type { AssistedPorts, NamedTopUp, NamedTopUps, TopUpRule, TopUpTotals } from './types.ts';

/**
 * Tops up what named people were paid. Who cannot be topped up does not keep the others out.
 * @throws not_found; unprocessable when the plan is of another kind
 */
export const topUpPeople = (ports: AssistedPorts): Command<{ planId: string; people: readonly NamedTopUp[] }, NamedTopUps> =>
  command<{ planId: string; people: readonly NamedTopUp[] }, NamedTopUps>({
    name: 'assistance.top_up_people',
    scope: planScope,
    async run({ tx, now }, { planId, people }) {
      const plan = await planOfKind(tx, planId, 'top_up');
      const terms = await findTerms(tx, planId);
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
      const sources = await sourcesOf(tx, plan, terms.reason, wanted, ports);
      const refusals = wanted.flatMap(
        ({ index, instalmentId }) => refusalOf(index, sources.get(index), instalmentId !== null, terms) ?? [],
      );
      const without = new Set(refusals.map(({ index }) => index));
      const able = wanted
        .filter(({ index }) => !without.has(index))
        .flatMap(({ index }) => ({ index, sourceId: sources.get(index)?.instalmentId ?? '' }));
      const sourceIds = able.map(({ sourceId }) => sourceId);
      const made = await insertNamed(tx, plan, sourceIds, now);
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

/** @throws unprocessable naming what a rule points at that is none of the programme's, or days that end before they begin */
async function requireRule(db: Db, { programmeId }: Plan, rule: TopUpRule): Promise<void> {
  requireDays(rule);
  const faults = await Promise.all([
    ...(rule.planIds ?? []).map(async (id, i) => {
      const plan = await planById(db, id).catch(unlessMissing);
      return plan?.programmeId === programmeId ? [] : [{ pointer: `/planIds/${i}`, detail: 'The programme has no such plan.' }];
    }),
    ...(rule.tiers ? [rule.tiers.scorecardId] : []).map(async (id) => {
      const scorecard = await scorecardById(db, id).catch(unlessMissing);
      return scorecard?.programmeId === programmeId
        ? []
        : [{ pointer: '/tiers/scorecardId', detail: 'The programme has no such scorecard.' }];
    }),
  ]);
  if (faults.flat().length > 0) throw problem.unprocessable('The rule points at what is not there.', {}, faults.flat());
}

function unlessMissing(error: unknown): undefined {
  if ((error as { code?: string }).code !== 'not_found') throw error;
}

/**
 * What a rule would top up. It changes nothing.
 * @throws not_found; unprocessable when the plan is of another kind or the rule points at what is not there
 */
export async function countByRule(db: Db, planId: string, rule: TopUpRule, ports: AssistedPorts): Promise<TopUpTotals> {
  const plan = await planOfKind(db, planId, 'top_up');
  await requireRule(db, plan, rule);
  const { total, ...counts } = await countMeant(db, plan, rule, ports);
  return { ...counts, total: Money.of(total, plan.currency).toJSON() };
}

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
      const { already, comesToNothing } = await countByRule(tx, planId, rule, ports);
      const plan = await planById(tx, planId);
      const { count, total } = await insertMeant(tx, plan, rule, ports, now);
      const result = { count, total: Money.of(total, plan.currency).toJSON(), already, comesToNothing };
      return { result, subject: { type: 'plan', id: planId }, after: { rule, result } };
    },
  });

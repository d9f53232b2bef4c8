import { authoriseRead } from '../../access/index.ts';
import { scorecardById } from '../../eligibility/index.ts';
import { type Actor, type Db, Money, problem } from '../../platform/index.ts';
import { programmeAt } from '../../programmes/index.ts';
import { type Bounds, boundsOf } from '../amounts.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planById, planScope } from '../queries.ts';
import type { Plan } from '../types.ts';
import { say } from '../words.ts';
import { requireDays } from './rules.ts';
import { countMeant } from './store.ts';
import type { AssistedPorts, TopUpRule, TopUpTotals } from './types.ts';

/** Of those that a rule leaves out, as many are named. */
const LEFT_OUT_SHOWN = 100;

/** What one top-up of a plan may come to, under the terms that the plan keeps. */
export const boundsOfPlan = async (db: Db, { programmeId, programmeVersion, kind }: Plan): Promise<Bounds> =>
  boundsOf((await programmeAt(db, programmeId, programmeVersion)).programme, kind);

/** @throws unprocessable naming what a rule points at that is none of the programme's, or days that end before they begin */
async function requireRule(db: Db, { programmeId }: Plan, rule: TopUpRule): Promise<void> {
  requireDays(rule);
  const faults = await Promise.all([
    ...(rule.planIds ?? []).map(async (id, i) => {
      const plan = await planById(db, id).catch(unlessMissing);
      return plan?.programmeId === programmeId ? [] : [{ pointer: `/planIds/${i}`, detail: say('plan_none') }];
    }),
    ...(rule.tiers ? [rule.tiers.scorecardId] : []).map(async (id) => {
      const scorecard = await scorecardById(db, id).catch(unlessMissing);
      return scorecard?.programmeId === programmeId ? [] : [{ pointer: '/tiers/scorecardId', detail: say('scorecard_of_programme_none') }];
    }),
  ]);
  if (faults.flat().length > 0) throw problem.unprocessable(say('rule_points_nowhere'), {}, faults.flat());
}

function unlessMissing(error: unknown): undefined {
  if ((error as { code?: string }).code !== 'not_found') throw error;
}

/**
 * What a rule would top up, and why it would not what it leaves out.
 * @throws not_found; unprocessable when the plan is of another kind or the rule points at what is not there
 */
export async function countByRule(db: Db, planId: string, rule: TopUpRule, ports: AssistedPorts): Promise<TopUpTotals> {
  const plan = await planOfKind(db, planId, 'top_up');
  await requireRule(db, plan, rule);
  const { total, leftOut, ...counts } = await countMeant(db, plan, await boundsOfPlan(db, plan), rule, ports, LEFT_OUT_SHOWN);
  return {
    ...counts,
    total: Money.of(total, plan.currency).toJSON(),
    leftOut: leftOut.map(({ instalmentId, code }) => ({ instalmentId, code })),
  };
}

/** The same, for whoever asks. @throws as {@link countByRule} */
export async function previewTopUps(db: Db, actor: Actor, planId: string, rule: TopUpRule, ports: AssistedPorts): Promise<TopUpTotals> {
  authoriseRead(actor, 'assistance.read');
  authoriseRead(actor, 'assistance.read', await planScope(db, { planId }));
  return countByRule(db, planId, rule, ports);
}

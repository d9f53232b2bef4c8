import { brokenConstraint, command, type Db, newId, type ProblemPlace, placesWrong, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { kindOf } from './kinds.ts';
import { shownPlan } from './queries.ts';
import { insertPlan, owedBy, tiersOfScorecard } from './store.ts';
import type { NewPlan, Owed, Plan, PlanTerms, ShownPlan } from './types.ts';
import { say } from './words.ts';

/**
 * Creates a plan of any kind and what its kind does at once: whom it entitles, what it owes.
 * @throws not_found; unprocessable when a value breaks a rule; conflict when the programme has a plan of that name
 */
export const createPlan = command<{ programmeId: string; plan: NewPlan }, ShownPlan & Owed>({
  name: 'assistance.create_plan',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, plan: given }) {
    const { tx, actor, now } = context;
    const { programme, version } = await programmeById(tx, programmeId);
    const kind = kindOf(given);
    const faults = kind.faultsOf(given, programme);
    const terms = kind.termsOf(given, programme);
    if (terms.scorecardId !== undefined) faults.push(...(await faultsOfScorecard(tx, programmeId, terms, kind.tiersOf?.(given) ?? [])));
    if (faults.length > 0) throw placesWrong(faults);
    const plan: Plan = {
      id: newId(),
      programmeId,
      programmeVersion: version,
      kind: given.kind,
      name: given.name,
      purpose: given.purpose,
      ...terms,
      currency: programme.currency,
      createdAt: now.toISOString(),
    };
    try {
      await insertPlan(tx, plan, actor.id);
    } catch (error) {
      if (brokenConstraint(error) !== 'plans_programme_id_name_key') throw error;
      throw problem.conflict(say('plan_name_taken'));
    }
    const followUps = (await kind.begin?.(context, plan)) ?? [];
    const result = { ...shownPlan(plan), ...(await owedBy(tx, plan)) };
    return { result, subject: { type: 'plan', id: plan.id }, after: result, followUps };
  },
});

/** What is wrong with a plan's scorecard: that the programme has none such, or that it has not the tiers that it names. */
async function faultsOfScorecard(
  db: Db,
  programmeId: string,
  { scorecardId = '', amountRule }: PlanTerms,
  named: readonly { readonly tier: string; readonly pointer: string }[],
): Promise<ProblemPlace[]> {
  const tiers = await tiersOfScorecard(db, programmeId, scorecardId);
  if (!tiers) return [{ pointer: '/scorecardId', detail: say('scorecard_of_programme_none') }];
  const ofAmounts = amountRule?.rule === 'by_tier' ? amountRule.amounts : [];
  return [...ofAmounts.map(({ tier }, i) => ({ tier, pointer: `/amountRule/amounts/${i}/tier` })), ...named].flatMap(({ tier, pointer }) =>
    tiers.includes(tier)
      ? []
      : [{ pointer, detail: tiers.length > 0 ? say('tier_none', { tiers: tiers.join(', ') }) : say('tier_none_at_all') }],
  );
}

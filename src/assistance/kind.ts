import type { CommandContext, FollowUp, ProblemPlace } from '../platform/index.ts';
import type { Programme } from '../programmes/index.ts';
import type { NewPlan, Plan, PlanTerms } from './types.ts';

/** What a kind of assistance checks, keeps and does. The commands, the store and the routes know no kind by name. */
export interface Kind<New extends NewPlan> {
  /** What is wrong with a plan that fits the contract; the scorecard and the name are looked at for every kind. */
  faultsOf(plan: New, programme: Programme): ProblemPlace[];
  /** What the plan keeps beside what every plan has. */
  termsOf(plan: New, programme: Programme): PlanTerms;
  /** The tiers of the plan's scorecard that it names beside those of its amounts. */
  tiersOf?(plan: New): readonly { readonly tier: string; readonly pointer: string }[];
  /** What follows in the transaction that makes the plan: who is entitled, what is owed. @returns what follows once it has committed */
  begin?(context: CommandContext, plan: Plan): Promise<readonly FollowUp[] | undefined> | Promise<void>;
}

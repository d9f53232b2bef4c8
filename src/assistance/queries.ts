import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../platform/index.ts';
import { findPlan, owedBy, pageOfPlans } from './store.ts';
import type { Owed, Plan, ShownPlan } from './types.ts';

/** A plan as the API shows it. */
export const shownPlan = ({ terms, ...plan }: Plan): ShownPlan => ({ ...plan, ...terms });

/** A plan, for the rooms above. @throws not_found */
export async function planById(db: Db, id: string): Promise<Plan> {
  const plan = await findPlan(db, id);
  if (!plan) throw problem.not_found('There is no such record.');
  return plan;
}

/** Where a plan belongs. @throws not_found */
export const planScope = async (db: Db, { planId }: { readonly planId: string }) => ({
  programme: (await planById(db, planId)).programmeId,
});

/** @throws not_found when there is none, or none within the actor's scope */
export async function readPlan(db: Db, actor: Actor, id: string): Promise<ShownPlan & Owed> {
  authoriseRead(actor, 'assistance.read');
  const plan = await planById(db, id);
  authoriseRead(actor, 'assistance.read', { programme: plan.programmeId });
  return { ...shownPlan(plan), ...(await owedBy(db, plan)) };
}

/** A programme's plans, by name. */
export async function listPlans(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<ShownPlan>> {
  authoriseRead(actor, 'assistance.read', { programme: programmeId });
  const { limit, after } = pageRequest(query);
  const { items, nextCursor } = await pageOfPlans(db, programmeId, limit, after);
  return { items: items.map(shownPlan), nextCursor };
}

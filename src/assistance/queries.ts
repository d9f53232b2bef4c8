import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../platform/index.ts';
import { findPlan, owedBy, pageOfPlans } from './store.ts';
import type { Owed, Plan } from './types.ts';

/** A plan, for the rooms above. @throws not_found */
export async function planById(db: Db, id: string): Promise<Plan> {
  const plan = await findPlan(db, id);
  if (!plan) throw problem.not_found('There is no such record.');
  return plan;
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readPlan(db: Db, actor: Actor, id: string): Promise<Plan & Owed> {
  authoriseRead(actor, 'assistance.read');
  const plan = await planById(db, id);
  authoriseRead(actor, 'assistance.read', { programme: plan.programmeId });
  return { ...plan, ...(await owedBy(db, plan)) };
}

/** A programme's plans, by name. */
export async function listPlans(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Plan>> {
  authoriseRead(actor, 'assistance.read', { programme: programmeId });
  const { limit, after } = pageRequest(query);
  return pageOfPlans(db, programmeId, limit, after);
}

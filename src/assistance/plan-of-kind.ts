import { type Db, problem } from '../platform/index.ts';
import { planById } from './queries.ts';
import type { Plan } from './types.ts';

/** A plan of one kind. @throws not_found; unprocessable when it is of another */
export async function planOfKind(db: Db, id: string, kind: Plan['kind']): Promise<Plan> {
  const plan = await planById(db, id);
  if (plan.kind !== kind) throw problem.unprocessable(`This plan is of the kind ${plan.kind}, and not ${kind}.`, { kind: plan.kind });
  return plan;
}

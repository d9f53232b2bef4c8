import { type Db, problem } from '../platform/index.ts';
import { planById } from './queries.ts';
import type { Plan } from './types.ts';
import { say } from './words.ts';

/** A plan of one kind. @throws not_found; unprocessable when it is of another */
export async function planOfKind(db: Db, id: string, kind: Plan['kind']): Promise<Plan> {
  const plan = await planById(db, id);
  if (plan.kind !== kind) throw problem.unprocessable(say('plan_of_other_kind', { kind: plan.kind, wanted: kind }), { kind: plan.kind });
  return plan;
}

import { authoriseRead } from '../../access/index.ts';
import type { Actor, Db } from '../../platform/index.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planScope } from '../queries.ts';
import type { Plan } from '../types.ts';

/**
 * Looks, before a byte of a file is read, whether its sender may send it and whether the plan takes it.
 * @throws not_found; forbidden; unprocessable when the plan is of another kind
 */
export async function letIn(
  db: Db,
  actor: Actor,
  action: Parameters<typeof authoriseRead>[1],
  planId: string,
  kind: Plan['kind'],
): Promise<void> {
  authoriseRead(actor, action);
  authoriseRead(actor, action, await planScope(db, { planId }));
  await planOfKind(db, planId, kind);
}

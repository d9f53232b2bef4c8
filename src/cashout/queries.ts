import { authoriseRead, permissions, type Role } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem } from '../platform/index.ts';
import { findPayout, type PayoutFilter, pageOfPayouts } from './store.ts';
import type { Payout } from './types.ts';

/**
 * A pay-out, for those who read any in their scope and for the agent who made it.
 * @throws not_found when there is none that the actor may see
 */
export async function readPayout(db: Db, actor: Actor, id: string): Promise<Payout> {
  const seesOthers = actor.grants.some(({ role }) => (permissions['cashout.read'].roles as readonly Role[]).includes(role as Role));
  const name = seesOthers ? 'cashout.read' : 'cashout.read_own';
  authoriseRead(actor, name);
  const found = await findPayout(db, id);
  if (!found || (!seesOthers && found.payout.agentId !== actor.id)) throw problem.not_found('There is no such record.');
  authoriseRead(actor, name, found.scope);
  return found.payout;
}

/** The pay-outs of a programme, in the order in which they were made. */
export async function listPayouts(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PayoutFilter & { limit?: number; cursor?: string },
): Promise<Page<Payout>> {
  authoriseRead(actor, 'cashout.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfPayouts(db, programmeId, query, limit, after);
}

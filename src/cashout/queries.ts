import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { pageOfFees } from './store/fees.ts';
import { findPayout, type PayoutFilter, pageOfPayouts } from './store/payouts.ts';
import { cashOf } from './store/safe.ts';
import { pageOfTills, type TillFilter, tillById } from './store/tills.ts';
import type { OfficeCash, Payout, PostFee, Till } from './types.ts';

/**
 * A pay-out, for those who read any in their scope and for the agent who made it.
 * @throws not_found when there is none that the actor may see
 */
export async function readPayout(db: Db, actor: Actor, id: string): Promise<Payout> {
  authoriseRead(actor, 'cashout.read_payout');
  const found = await findPayout(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'cashout.read_payout', found.scope, found.payout.agentId);
  return found.payout;
}

/** The pay-outs of a programme within the actor's scope, in the order in which they were made. @throws not_found */
export async function listPayouts(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PayoutFilter & { limit?: number; cursor?: string },
): Promise<Page<Payout>> {
  const columns = { programme: sql`v.programme_id`, fund: sql`v.fund_id`, office: sql`po.office_id` };
  const within = scopeCondition(actor, 'cashout.read', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfPayouts(db, programmeId, query, within, limit, after);
}

/** What the post has asked for its work in a programme, within the actor's scope. @throws not_found */
export async function listFees(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<PostFee>> {
  const columns = { programme: sql`f.programme_id`, fund: sql`f.fund_id` };
  const within = scopeCondition(actor, 'cashout.read_fees', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfFees(db, programmeId, within, limit, after);
}

/** A till, for its agent and those who oversee the office. @throws not_found when there is none that the actor may see */
export async function readTill(db: Db, actor: Actor, id: string): Promise<Till> {
  authoriseRead(actor, 'cashout.read_till');
  const till = await tillById(db, id);
  authoriseRead(actor, 'cashout.read_till', { office: till.officeId }, till.agentId);
  return till;
}

/** The tills of an office. @throws not_found */
export async function listTills(
  db: Db,
  actor: Actor,
  officeId: string,
  query: TillFilter & { limit?: number; cursor?: string },
): Promise<Page<Till>> {
  authoriseRead(actor, 'cashout.list_tills', { office: officeId });
  const { limit, after } = pageRequestById(query);
  return pageOfTills(db, query, sql`t.office_id = ${officeId}`, limit, after);
}

/** The tills that stand, or stood, in front of an agent. */
export async function listOwnTills(db: Db, actor: Actor, query: TillFilter & { limit?: number; cursor?: string }): Promise<Page<Till>> {
  const within = scopeCondition(actor, 'cashout.list_own_tills', { office: sql`t.office_id` });
  const { limit, after } = pageRequestById(query);
  return pageOfTills(db, query, sql`t.agent_id = ${actor.id} and (${within})`, limit, after);
}

/** What an office holds now. @throws not_found */
export async function readOfficeCash(db: Db, actor: Actor, officeId: string, now: Date): Promise<OfficeCash> {
  authoriseRead(actor, 'cashout.read_safe', { office: officeId });
  return cashOf(db, officeId, now);
}

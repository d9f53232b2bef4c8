import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, sql } from '../platform/index.ts';
import { type AdvanceFilter, advanceById, pageOfAdvances, scopeOfAdvance } from './store.ts';
import type { Advance, HandDelivered } from './types.ts';
import { type DeliveryFilter, pageOfDeliveries } from './witness-store.ts';

const columns = { programme: sql`a.programme_id`, fund: sql`a.fund_id` };

type Paged = { limit?: number; cursor?: string };

/** An advance, for those who read any in their scope and for the officer who drew it. @throws not_found */
export async function readAdvance(db: Db, actor: Actor, now: Date, id: string): Promise<Advance> {
  authoriseRead(actor, 'handovers.read');
  const scope = await scopeOfAdvance(db, id);
  const advance = await advanceById(db, now, id);
  authoriseRead(actor, 'handovers.read', scope, advance.officerId);
  return advance;
}

/** The advances of a programme within the actor's scope; with the state `handed`, those that are open, with their age. @throws not_found */
export async function listAdvances(
  db: Db,
  actor: Actor,
  now: Date,
  programmeId: string,
  query: Omit<AdvanceFilter, 'programmeId'> & Paged,
): Promise<Page<Advance>> {
  const within = scopeCondition(actor, 'handovers.list', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfAdvances(db, now, { ...query, programmeId }, within, limit, after);
}

/** The officer's own advances. */
export async function listOwnAdvances(
  db: Db,
  actor: Actor,
  now: Date,
  query: Pick<AdvanceFilter, 'state'> & Paged,
): Promise<Page<Advance>> {
  const within = scopeCondition(actor, 'handovers.list_own', columns);
  const { limit, after } = pageRequestById(query);
  return pageOfAdvances(db, now, { state: query.state, officerId: actor.id }, within, limit, after);
}

/** The deliveries by hand of a programme that stand, within the actor's scope, with what their witnesses say. @throws not_found */
export async function listDeliveries(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: Pick<DeliveryFilter, 'answer' | 'advanceId'> & Paged,
): Promise<Page<HandDelivered>> {
  const within = scopeCondition(actor, 'handovers.list', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfDeliveries(db, { ...query, programmeId }, within, limit, after);
}

/** The deliveries that the actor is said to have witnessed, and that stand. */
export async function listWitnessed(db: Db, actor: Actor, query: Pick<DeliveryFilter, 'answer'> & Paged): Promise<Page<HandDelivered>> {
  authoriseRead(actor, 'handovers.list_witnessed');
  const { limit, after } = pageRequestById(query);
  return pageOfDeliveries(db, { answer: query.answer, witnessId: actor.id }, sql`true`, limit, after);
}

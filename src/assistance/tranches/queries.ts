import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, type Scope } from '../../platform/index.ts';
import { planScope } from '../queries.ts';
import { conditionsOf, decisionsOn } from './sheet-store.ts';
import { findDraw, pageOfDraws, type StoredDraw } from './store.ts';
import type { Draw, DrawSheet, DrawState } from './types.ts';

/** @throws not_found */
async function drawById(db: Db, id: string): Promise<StoredDraw> {
  const draw = await findDraw(db, id);
  if (!draw) throw problem.not_found('There is no such record.');
  return draw;
}

/** Where a draw belongs. @throws not_found */
export const drawScope = async (db: Db, { drawId }: { readonly drawId: string }): Promise<Scope> => ({
  programme: (await drawById(db, drawId)).programmeId,
});

/** A draw with its conditions and what was decided on it. */
export async function drawSheet(db: Db, id: string): Promise<DrawSheet> {
  const { entitlementId: _entitlementId, ...draw } = await drawById(db, id);
  const [conditions, decisions] = [await conditionsOf(db, draw), await decisionsOn(db, id)];
  return { ...draw, conditions, decisions };
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readDraw(db: Db, actor: Actor, drawId: string): Promise<DrawSheet> {
  authoriseRead(actor, 'assistance.read');
  authoriseRead(actor, 'assistance.read', await drawScope(db, { drawId }));
  return drawSheet(db, drawId);
}

/** The tranches of the people in a plan. @throws not_found */
export async function listDraws(
  db: Db,
  actor: Actor,
  planId: string,
  { state, ...query }: { readonly state?: DrawState; readonly limit?: number; readonly cursor?: string },
): Promise<Page<Draw>> {
  authoriseRead(actor, 'assistance.read');
  authoriseRead(actor, 'assistance.read', await planScope(db, { planId }));
  const { limit, after } = pageRequestById(query);
  return pageOfDraws(db, planId, state, limit, after);
}

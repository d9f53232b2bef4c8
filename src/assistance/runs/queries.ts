import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageOf, pageRequestById } from '../../platform/index.ts';
import { planById } from '../queries.ts';
import { runsOf } from './store.ts';
import type { PlanRun } from './types.ts';

/** The runs of a plan, the latest first. @throws not_found */
export async function listRuns(db: Db, actor: Actor, planId: string, query: { limit?: number; cursor?: string }): Promise<Page<PlanRun>> {
  authoriseRead(actor, 'assistance.read');
  const plan = await planById(db, planId);
  authoriseRead(actor, 'assistance.read', { programme: plan.programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOf(await runsOf(db, planId, limit, after), limit, ({ id }) => id);
}

import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { findFund, pageOfFunds } from './store.ts';
import type { Fund } from './types.ts';

/** A fund, for the rooms above. @throws not_found */
export async function fundById(db: Db, id: string): Promise<Fund> {
  const fund = await findFund(db, id);
  if (!fund) throw problem.not_found('There is no such record.');
  return fund;
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readFund(db: Db, actor: Actor, id: string): Promise<Fund> {
  authoriseRead(actor, 'funding.read');
  const fund = await fundById(db, id);
  authoriseRead(actor, 'funding.read', { programme: fund.programmeId, fund: id });
  return fund;
}

/** A programme's funds within the actor's scope: a donor sees their own. */
export async function listFunds(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Fund>> {
  const { limit, after } = pageRequestById(query);
  const within = scopeCondition(actor, 'funding.read', { programme: sql`f.programme_id`, fund: sql`f.id` });
  return pageOfFunds(db, programmeId, within, limit, after);
}

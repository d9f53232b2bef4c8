import { type Actor, type Db, type Page, pageRequestById } from '../../platform/index.ts';
import { fundFor } from '../queries.ts';
import type { Contribution } from '../types.ts';
import { pageOfContributions } from './store.ts';

/** What came into a fund, also what was taken back, the first first. @throws not_found */
export async function listContributions(
  db: Db,
  actor: Actor,
  fundId: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<Contribution>> {
  const { limit, after } = pageRequestById(query);
  await fundFor(db, actor, 'funding.read_money', fundId);
  return pageOfContributions(db, fundId, limit, after);
}

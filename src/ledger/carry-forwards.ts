import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById } from '../platform/index.ts';
import { type CarryForward, pageOfCarryForwards } from './carry-forward-store.ts';

/** What was asked to be carried forward in a programme. @throws not_found */
export async function listCarryForwards(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<CarryForward>> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfCarryForwards(db, programmeId, limit, after);
}

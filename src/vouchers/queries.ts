import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../platform/index.ts';
import { findVoucher, pageOfVouchers, scopeOfList } from './store.ts';
import type { Voucher } from './types.ts';

const missing = () => problem.not_found('There is no such record.');

/** @throws not_found when there is none, or none within the actor's scope */
export async function readVoucher(db: Db, actor: Actor, id: string): Promise<Voucher> {
  authoriseRead(actor, 'vouchers.read');
  const found = await findVoucher(db, id);
  if (!found) throw missing();
  authoriseRead(actor, 'vouchers.read', found.scope);
  return found.voucher;
}

/** The vouchers of a payment list. @throws not_found when there is no such list within the actor's scope */
export async function listVouchers(
  db: Db,
  actor: Actor,
  listId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Voucher>> {
  authoriseRead(actor, 'vouchers.read');
  const scope = await scopeOfList(db, listId);
  if (!scope) throw missing();
  authoriseRead(actor, 'vouchers.read', scope);
  const { limit, after } = pageRequest(query);
  return pageOfVouchers(db, listId, limit, after);
}

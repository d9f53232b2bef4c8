import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, pageRequestById, problem } from '../platform/index.ts';
import { pageOfChanges } from './change-store.ts';
import { pageOfVouchers, scopeOfList, voucherById } from './store.ts';
import type { Voucher, VoucherChange } from './types.ts';

const missing = () => problem.not_found('There is no such record.');

/** @throws not_found when there is none, or none within the actor's scope */
export async function readVoucher(db: Db, actor: Actor, id: string): Promise<Voucher> {
  authoriseRead(actor, 'vouchers.read');
  const { voucher, scope } = await voucherById(db, id);
  authoriseRead(actor, 'vouchers.read', scope);
  return voucher;
}

/** What two people did to a voucher, or one has asked for, in the order in which it was asked for. @throws as {@link readVoucher} */
export async function listChanges(
  db: Db,
  actor: Actor,
  id: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<VoucherChange>> {
  await readVoucher(db, actor, id);
  const { limit, after } = pageRequestById(query);
  return pageOfChanges(db, id, limit, after);
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

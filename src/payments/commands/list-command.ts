import { type Db, problem, type Scope, type Tx } from '../../platform/index.ts';
import { listById, scopeOf } from '../queries.ts';
import { requireMove } from '../rules.ts';
import { lockList } from '../store.ts';
import type { ListState, PaymentList } from '../types.ts';
import { say } from '../words.ts';

/** The scope of every command on one list. @throws not_found */
export const scopeOfList = async (db: Db, { listId }: { readonly listId: string }): Promise<Scope> => scopeOf(await listById(db, listId));

/** The list, held still until this command ends. @throws not_found; conflict when it cannot become what is wanted */
export async function listToMove(tx: Tx, id: string, to: ListState): Promise<PaymentList> {
  const list = await lockList(tx, id);
  if (!list) throw problem.not_found('There is no such record.');
  requireMove(list.state, to);
  return list;
}

/** A draft, held still until this command ends. @throws not_found; conflict when it is no draft */
export async function draftToChange(tx: Tx, id: string): Promise<PaymentList> {
  const list = await lockList(tx, id);
  if (!list) throw problem.not_found('There is no such record.');
  if (list.state !== 'draft')
    throw problem.conflict(say('list_no_draft', { state: say(`list_state_${list.state}`) }), { state: list.state });
  return list;
}

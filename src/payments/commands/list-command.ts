import { brokenConstraint, type Db, problem, type Scope, type Tx } from '../../platform/index.ts';
import { paymentProblem } from '../problems.ts';
import { listById, scopeOf } from '../queries.ts';
import { requireMove } from '../rules.ts';
import { insertHand, lockList } from '../store.ts';
import type { ListState, PaymentList } from '../types.ts';

/** The scope of every command on one list. @throws not_found */
export const scopeOfList = async (db: Db, { listId }: { readonly listId: string }): Promise<Scope> => scopeOf(await listById(db, listId));

/** The list, held still until this command ends. @throws not_found; conflict when it cannot become what is wanted */
export async function listToMove(tx: Tx, id: string, to: ListState): Promise<PaymentList> {
  const list = await lockList(tx, id);
  if (!list) throw problem.not_found('There is no such record.');
  requireMove(list.state, to);
  return list;
}

/**
 * Records a hand in a list. The key of the table decides: one person, one hand.
 * @throws separation_of_duties when the person has had a hand in it already
 */
export async function layHand(...args: Parameters<typeof insertHand>): Promise<void> {
  try {
    await insertHand(...args);
  } catch (error) {
    if (brokenConstraint(error) !== 'payment_list_hands_one_each') throw error;
    throw paymentProblem.separation_of_duties(
      'You have had a hand in this list already, and one list takes one hand of each person. ' +
        'Somebody else must approve what you made, release what you approved, and sign beside you.',
    );
  }
}

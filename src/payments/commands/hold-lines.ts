import { brokenConstraint, command, problem } from '../../platform/index.ts';
import { insertMaker } from '../approvals/hand-store.ts';
import { hold, putBack } from '../holding/store.ts';
import { paymentProblem } from '../problems.ts';
import { sheetOf } from '../queries.ts';
import { addUp, lockDrawingUp } from '../store.ts';
import type { PaymentListSheet } from '../types.ts';
import { say } from '../words.ts';
import { draftToChange, scopeOfList } from './list-command.ts';

interface Lines {
  readonly listId: string;
  readonly lineIds: readonly string[];
}

/**
 * Holds lines of a draft back. They stay where they are and are not paid by this list; what they are for stays due and can enter another. Who
 * does it has a hand in making the list.
 * @throws not_found; conflict when it is no draft, or one of them is not a line of it that is included
 */
export const holdLines = command<Lines & { readonly reason: string }, PaymentListSheet>({
  name: 'payments.hold_lines',
  scope: scopeOfList,
  async run({ tx, actor, now }, { listId, lineIds, reason }) {
    const before = await draftToChange(tx, listId);
    requireAll(await hold(tx, listId, lineIds, actor.id, reason), lineIds, 'included');
    await insertMaker(tx, listId, actor.id, now);
    await addUp(tx, listId);
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: { ...result, lineIds }, reason };
  },
});

/**
 * Puts lines back that were held back.
 * @throws not_found; conflict when it is no draft, or one of them is not held back; instalment_listed when another list has taken meanwhile what one
 *   of them is for; unprocessable when it is not due any more
 */
export const putBackLines = command<Lines, PaymentListSheet>({
  name: 'payments.put_back_lines',
  scope: scopeOfList,
  async run({ tx, actor, now }, { listId, lineIds }) {
    const before = await draftToChange(tx, listId);
    await lockDrawingUp(tx, before.programmeId);
    try {
      requireAll(await putBack(tx, listId, lineIds), lineIds, 'held');
    } catch (error) {
      const broken = brokenConstraint(error);
      if (broken === 'payment_list_lines_instalment_once') {
        throw paymentProblem.instalment_listed(say('line_listed'));
      }
      if (broken === 'payment_list_lines_due') throw problem.unprocessable(say('line_not_due'));
      throw error;
    }
    await insertMaker(tx, listId, actor.id, now);
    await addUp(tx, listId);
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: { ...result, lineIds } };
  },
});

function requireAll(moved: number, lineIds: readonly string[], state: 'included' | 'held'): void {
  if (moved === new Set(lineIds).size) return;
  throw problem.conflict(say(`lines_${state}`, { lines: lineIds.length, moved }));
}

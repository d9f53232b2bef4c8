import { type Command, command, type Db, newId, problem, type Scope, type Tx } from '../../platform/index.ts';
import { paymentProblem } from '../problems.ts';
import { listById, scopeOf } from '../queries.ts';
import { say } from '../words.ts';
import { BATCH, cancelNext } from './carry-out.ts';
import { decide, findCancellation, insertProposal, lockCancellation, unpaidOf } from './store.ts';
import type { Cancellation, CancelVouchers, Instalments } from './types.ts';

/** What somebody proposes. */
export interface NewCancellation {
  readonly listId: string;
  /** Left out: whatever is unpaid of the list. */
  readonly lineIds?: readonly string[] | undefined;
  readonly instalments: Instalments;
  readonly reason: string;
}

interface OfCancellation {
  readonly cancellationId: string;
}

const missing = () => problem.not_found('There is no such record.');
const subjectOf = ({ listId }: Pick<Cancellation, 'listId'>) => ({ type: 'payment_list', id: listId });

/** Where a cancellation belongs: where its list does. @throws not_found */
export async function cancellationScope(db: Db, { cancellationId }: OfCancellation): Promise<Scope> {
  const found = await findCancellation(db, cancellationId);
  if (!found) throw missing();
  return scopeOf(await listById(db, found.listId));
}

/**
 * Proposes that lines of a released list are not paid any more. Nothing happens before somebody else confirms it.
 * @throws not_found; conflict when the list is not released; unprocessable when a line is not on it; nothing_to_cancel
 */
export const proposeCancellation = command<NewCancellation, Cancellation>({
  name: 'payments.propose_cancellation',
  scope: async (db, { listId }) => scopeOf(await listById(db, listId)),
  async run({ tx, actor, now }, { listId, lineIds, instalments, reason }) {
    const { state } = await listById(tx, listId);
    if (state !== 'released' && state !== 'closed')
      throw problem.conflict(say('cancel_of_released', { state: say(`list_state_${state}`) }), { state });
    const chosen = lineIds ? [...new Set(lineIds)] : null;
    const unpaid = await unpaidOf(tx, listId, chosen);
    if (chosen && unpaid?.lines !== chosen.length) {
      throw problem.unprocessable(say('lines_not_cancellable'), { unpaid: unpaid?.lines ?? 0 }, [
        {
          pointer: '/body/lineIds',
          detail: say('lines_to_cancel'),
        },
      ]);
    }
    if (!unpaid) throw paymentProblem.nothing_to_cancel(say('nothing_unpaid'));
    const id = newId();
    await insertProposal(tx, { id, listId, lineIds: chosen, instalments, reason, proposedBy: actor.id, ...unpaid }, now);
    const result = await existing(tx, id);
    return { result, subject: subjectOf(result), after: result, reason };
  },
});

/**
 * Confirms what somebody else proposed, and cancels: vouchers, whose codes are dead, and lines; the money is the funds' again. What is
 * paid meanwhile stays paid. A long list is finished in the background.
 * @param cancelVouchers makes vouchers worth nothing
 * @param batch lines that one transaction cancels at most
 * @throws not_found; conflict when it was decided already; separation_of_duties
 */
export const confirmCancellation = (cancelVouchers: CancelVouchers, batch = BATCH): Command<OfCancellation, Cancellation> =>
  command({
    name: 'payments.confirm_cancellation',
    scope: cancellationScope,
    async run({ tx, actor, now }, { cancellationId }) {
      const before = await open(tx, cancellationId);
      await decide(tx, cancellationId, 'confirmed', actor.id, now);
      const hasMore = await cancelNext({ tx, now }, cancelVouchers, before, batch);
      const result = await existing(tx, cancellationId);
      const followUps = hasMore ? [{ job: 'payments.cancel_lines', payload: { cancellationId } }] : [];
      return { result, subject: subjectOf(result), before, after: result, reason: before.reason, followUps };
    },
  });

/** Takes a proposal back, one's own or another's. @throws not_found; conflict when it was decided already */
export const withdrawCancellation = command<OfCancellation, Cancellation>({
  name: 'payments.withdraw_cancellation',
  scope: cancellationScope,
  async run({ tx, actor, now }, { cancellationId }) {
    const before = await open(tx, cancellationId);
    await decide(tx, cancellationId, 'withdrawn', actor.id, now);
    const result = await existing(tx, cancellationId);
    return { result, subject: subjectOf(result), before, after: result };
  },
});

/** Goes on with a confirmed cancellation. @returns whether there may be more */
export const cancelLines = (cancelVouchers: CancelVouchers, batch = BATCH): Command<OfCancellation, boolean> =>
  command({
    name: 'payments.cancel_lines',
    scope: cancellationScope,
    async run({ tx, now }, { cancellationId }) {
      const before = await lockCancellation(tx, cancellationId);
      if (!before) throw missing();
      const result = before.state === 'confirmed' && (await cancelNext({ tx, now }, cancelVouchers, before, batch));
      return { result, subject: subjectOf(before), before, after: await existing(tx, cancellationId), reason: before.reason };
    },
  });

async function open(tx: Tx, id: string): Promise<Cancellation> {
  const found = await lockCancellation(tx, id);
  if (!found) throw missing();
  if (found.state !== 'proposed')
    throw problem.conflict(say('cancellation_decided', { state: say(`cancellation_state_${found.state}`) }), { state: found.state });
  return found;
}

async function existing(tx: Tx, id: string): Promise<Cancellation> {
  const found = await findCancellation(tx, id);
  if (!found) throw missing();
  return found;
}

import { drawableIn } from '../../funding/index.ts';
import { post } from '../../ledger/index.ts';
import { beginAgainOn, type CommandContext, command, Money } from '../../platform/index.ts';
import { listToMove, scopeOfList } from '../commands/list-command.ts';
import { paymentProblem } from '../problems.ts';
import { sheetOf } from '../queries.ts';
import { moveList } from '../store.ts';
import type { PaymentList, PaymentListSheet } from '../types.ts';
import { say } from '../words.ts';
import { authorityOf, hindranceOf } from './awaited-store.ts';
import { insertHand } from './hand-store.ts';
import { whyNot } from './refusals.ts';

/** A signature as somebody gives it. */
export interface Approval {
  readonly listId: string;
  /** Of the lines that they read. */
  readonly digest: string;
  /** In whose place; left out is in one's own right. */
  readonly forUserId?: string | undefined;
}

/**
 * Signs a submitted list. The last signature that it needs approves it and commits the money.
 * @throws not_found; conflict when it is not submitted; digest_mismatch when the caller signs other lines than these; not_your_turn,
 *   over_limit, not_a_deputy; separation_of_duties; insufficient_funds, which leaves the last signature ungiven
 */
export const approveList = command<Approval, PaymentListSheet>({
  name: 'payments.approve_list',
  scope: scopeOfList,
  async run(context, { listId, digest, forUserId = null }) {
    const { tx, actor, now } = context;
    const before = await listToMove(tx, listId, 'approved');
    if (digest !== before.digest) {
      throw paymentProblem.digest_mismatch(say('digest_shown'));
    }
    const authority = await authorityOf(tx, listId, actor.id, forUserId, now);
    if (!authority) throw whyNot(await hindranceOf(tx, listId, actor.id, now), forUserId !== null);
    await insertHand(tx, listId, actor.id, now, { hand: 'approver', digest, ...authority });
    if (!(await wantsMore(context, listId))) {
      await commit(context, before);
      await moveList(tx, listId, 'approved');
    }
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result };
  },
});

const wantsMore = async ({ tx, now, actor }: CommandContext, listId: string): Promise<boolean> =>
  (await hindranceOf(tx, listId, actor.id, now)).wanted.length > 0;

/** Commits to a list what it draws from each of its funds, all or nothing. @throws insufficient_funds */
async function commit({ tx, now }: CommandContext, { id, programmeId, funds }: PaymentList): Promise<void> {
  const subject = { type: 'payment_list', id };
  // Funds are drawn on in one order by everybody, so that two lists never wait for each other.
  for (const { fundId, total } of funds) {
    const amount = Money.of(total.amount, total.currency);
    const before = await drawableIn(tx, fundId);
    if (before.compare(amount) < 0) throw tooLittle(fundId, before, amount);
    // Another list may take the money between the look and the posting; the next try sees what it left.
    await post(tx, now, [{ event: 'approval', programmeId, fundId, subject, amount }]).catch(
      beginAgainOn(['accounts_not_overdrawn'], 'a fund was drawn on meanwhile'),
    );
    // The posting holds the fund still, so this is exact: what is set aside for fees was not drawn on either.
    const after = await drawableIn(tx, fundId);
    if (after.isNegative) throw tooLittle(fundId, after.plus(amount), amount);
  }
}

const tooLittle = (fundId: string, available: Money, needed: Money) =>
  paymentProblem.insufficient_funds(say('fund_too_little', said(available, needed)), { fundId, ...said(available, needed) });

const said = (available: Money, needed: Money) => ({
  available: available.toString(),
  needed: needed.toString(),
  currency: needed.currency,
});

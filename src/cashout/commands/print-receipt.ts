import { authoriseRead } from '../../access/index.ts';
import { beginAgainOn, command, problem } from '../../platform/index.ts';
import { findPayout } from '../store/payouts.ts';
import { countPrinting, findPrintable } from '../store/receipts.ts';
import type { Receipt } from '../types.ts';

/** An agent is known on paper by the end of their identifier, and by no name. */
const AGENT_DIGITS = 8;

/**
 * A receipt of a pay-out at a counter, for the agent who made it and the supervisors of the office. Every one but the first is a copy and says so.
 * @throws not_found when there is no such pay-out, or it was delivered by hand
 */
export const printReceipt = command<{ payoutId: string }, Receipt>({
  name: 'cashout.print_receipt',
  // Who paid counts beside where it was paid, and only the pay-out says so.
  scope: () => undefined,
  async run({ tx, actor, now }, { payoutId }) {
    const found = await findPayout(tx, payoutId);
    const printable = await findPrintable(tx, payoutId);
    if (!found || !printable) throw problem.not_found('There is no such record.');
    authoriseRead(actor, 'cashout.print_receipt', found.scope, printable.agentId);
    const number = await countPrinting(tx, payoutId, actor.id, now).catch(
      beginAgainOn(['receipts_pkey'], 'somebody else printed it at the same time'),
    );
    const { agentId, paidAt, ...shown } = printable;
    const result = {
      ...shown,
      paidAt: paidAt.toISOString(),
      agentNumber: agentId.slice(-AGENT_DIGITS).toUpperCase(),
      number,
      isCopy: number > 1,
    };
    return { result, subject: { type: 'payout', id: payoutId }, scope: found.scope, after: { receipt: number } };
  },
});

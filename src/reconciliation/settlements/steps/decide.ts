import { feeBeyond, postFee } from '../../../cashout/index.ts';
import { reverseEntries } from '../../../ledger/index.ts';
import { brokenConstraint, type CommandContext, command, Money, newId, problem } from '../../../platform/index.ts';
import type { Settlement, SettlementSheet } from '../types.ts';
import { feeSharesOf } from './fee-store.ts';
import { sheetOf } from './queries.ts';
import { scopeOfSettlement, settlementToMove, takeStep } from './step.ts';
import { linesOf, moveSettlement } from './store.ts';

interface OfSettlement {
  readonly settlementId: string;
}

const subjectOf = (id: string) => ({ type: 'settlement', id });

/** Hands a draft on to be approved. @throws not_found; conflict when it is no draft; separation_of_duties */
export const submitSettlement = command<OfSettlement, SettlementSheet>({
  name: 'reconciliation.submit_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId }) {
    const before = await settlementToMove(context, settlementId);
    await takeStep(context, before, 'submitted');
    await moveSettlement(context.tx, settlementId, 'submitted');
    const result = await sheetOf(context.tx, settlementId);
    return { result, subject: subjectOf(settlementId), before, after: result };
  },
});

/**
 * Agrees that the post is paid. What its invoice asks for its work is posted now, and so owed from now on.
 * @throws not_found; conflict when it is not submitted, or the fee of the invoice is in the books already; fee_beyond_share and
 *   fee_beyond_fund; settlement_beyond_limit; separation_of_duties
 */
export const approveSettlement = command<OfSettlement, SettlementSheet>({
  name: 'reconciliation.approve_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId }) {
    const before = await settlementToMove(context, settlementId);
    await takeStep(context, before, 'approved');
    await postFeeOf(context, before);
    await moveSettlement(context.tx, settlementId, 'approved');
    const result = await sheetOf(context.tx, settlementId);
    return { result, subject: subjectOf(settlementId), before, after: result };
  },
});

async function postFeeOf({ tx, actor, now }: CommandContext, settlement: Settlement): Promise<void> {
  const { id, programmeId, fundId, reference, from, to } = settlement;
  const shares = (await linesOf(tx, id))
    .filter(({ fee }) => !fee.isZero)
    .map(({ officeId, fee }) => ({ id: newId(), officeId, amount: fee }));
  if (shares.length === 0) return;
  const amount = Money.sum(
    shares.map((share) => share.amount),
    settlement.amount.currency,
  );
  try {
    await postFee(tx, { id: newId(), programmeId, fundId, reference, from, to, amount, settlementId: id, by: actor.id, at: now }, shares);
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken === 'post_fees_once' || broken === 'post_fees_reference_once')
      throw problem.conflict('The fee of this invoice is in the books already. Settle what it asks for without its fee.');
    throw feeBeyond(broken) ?? error;
  }
}

/** Refuses a submitted settlement: what it claimed can be claimed again. @throws not_found; conflict; separation_of_duties */
export const rejectSettlement = command<OfSettlement & { readonly reason: string }, SettlementSheet>({
  name: 'reconciliation.reject_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId, reason }) {
    const before = await settlementToMove(context, settlementId);
    await takeStep(context, before, 'rejected', reason);
    await moveSettlement(context.tx, settlementId, 'rejected');
    const result = await sheetOf(context.tx, settlementId);
    return { result, subject: subjectOf(settlementId), before, after: result, reason };
  },
});

/**
 * Calls off a settlement that the bank has not carried out. The fee that its approval posted is taken back.
 * @throws not_found; conflict when it is paid or over, or a line of the bank is matched with it; separation_of_duties
 */
export const cancelSettlement = command<OfSettlement & { readonly reason: string }, SettlementSheet>({
  name: 'reconciliation.cancel_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId, reason }) {
    const { tx, now } = context;
    const before = await settlementToMove(context, settlementId);
    await takeStep(context, before, 'cancelled', reason);
    await moveSettlement(tx, settlementId, 'cancelled');
    for (const subjectId of await feeSharesOf(tx, settlementId))
      await reverseEntries(tx, now, { subjectId, fundId: before.fundId, reason });
    const result = await sheetOf(tx, settlementId);
    return { result, subject: subjectOf(settlementId), before, after: result, reason };
  },
});

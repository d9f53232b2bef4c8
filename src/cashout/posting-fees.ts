import { post } from '../ledger/index.ts';
import type { Problem, Tx } from '../platform/index.ts';
import { feeRefusal } from './problems.ts';
import { type FeeShare, insertFee, type NewFee } from './store/fees.ts';
import { say } from './words/index.ts';

/**
 * Records what the post asks for its work, and posts each office's share of it.
 * @throws as {@link insertFee}, and Error by constraint `accounts_not_overdrawn` when the fund does not hold as much
 */
export async function postFee(tx: Tx, fee: NewFee, shares: readonly FeeShare[]): Promise<void> {
  await insertFee(tx, fee, shares);
  const { programmeId, fundId, at } = fee;
  await post(
    tx,
    at,
    shares.map(({ id, officeId, amount }) => ({
      event: 'fee' as const,
      programmeId,
      fundId,
      officeId,
      subject: { type: 'post_fee_share', id },
      amount,
    })),
  );
}

/** The refusal that stands for a constraint about how much a fund gives to fees; undefined for any other. */
export function feeBeyond(constraint: string | undefined): Problem | undefined {
  if (constraint === 'post_fees_within_share') return feeRefusal.fee_beyond_share(say('fee_beyond_share'));
  if (constraint === 'accounts_not_overdrawn') return feeRefusal.fee_beyond_fund(say('fee_beyond_fund'));
  return undefined;
}

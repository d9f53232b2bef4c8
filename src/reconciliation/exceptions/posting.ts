import { type LedgerEvent, post, type Transfer } from '../../ledger/index.ts';
import { Money, type Tx } from '../../platform/index.ts';
import { bookReturned } from '../settlements/steps/return.ts';
import { endClaim, insertClaim } from './decision-store.ts';
import { endedClaim, endsClaim } from './rules.ts';
import type { Decision, DecisionKind } from './types.ts';

/** What each decision posts. A claim that is repaid is released, for the post is owed the pay-out again, and the cash is the fund's. */
const events: Readonly<Record<Exclude<DecisionKind, 'reopening' | 'write_off' | 'returned_by_bank' | 'not_ours'>, readonly LedgerEvent[]>> =
  {
    claim_on_post: ['claim'],
    cash_recovered: ['cash_recovery'],
    claim_recovered: ['recovery'],
    claim_repaid: ['claim_released', 'cash_recovery'],
    claim_withdrawn: ['claim_released'],
  };

const eventsOf = ({ kind, officeId }: Decision): readonly LedgerEvent[] => {
  if (kind === 'reopening' || kind === 'returned_by_bank' || kind === 'not_ours') return [];
  // The post is owed what it took; the bank has it already.
  if (kind === 'write_off') return [officeId ? 'loss' : 'bank_loss'];
  return events[kind];
};

/**
 * Carries out what was approved: makes or ends its claim, and posts.
 * @throws Error by constraint `accounts_not_overdrawn` when the fund does not hold what it would bear
 */
export async function carryOut(tx: Tx, at: Date, programmeId: string, decision: Decision): Promise<void> {
  const { id, kind, amount, fundId, officeId } = decision;
  if (kind === 'returned_by_bank') return bookReturned(tx, at, decision);
  if (!amount || !fundId) return;
  if (kind === 'claim_on_post') await insertClaim(tx, id, at);
  const claimId = endsClaim(kind) ? await endClaim(tx, decision, endedClaim[kind], at) : id;
  const subject = kind.startsWith('claim') ? { type: 'claim', id: claimId ?? id } : { type: 'exception_decision', id };
  const transfer = { programmeId, fundId, subject, amount: Money.of(amount.amount, amount.currency), ...(officeId ? { officeId } : {}) };
  await post(
    tx,
    at,
    eventsOf(decision).map((event): Transfer => ({ event, ...transfer })),
  );
}

import { command, Money, newId, type ProblemPlace, placesWrong, problem, type Tx } from '../../../platform/index.ts';
import type { Stated } from '../../types.ts';
import { claimOfException, decisionsOf, groundsOf, insertDecision, lockException, moveException } from '../decision-store.ts';
import { exceptionById, scopeOfException, sheetOf } from '../lookup.ts';
import { exceptionProblem, heldToRules } from '../problems.ts';
import { endsClaim, postable } from '../rules.ts';
import { keepSteps } from '../steps.ts';
import type { ClaimEnding, ExceptionSheet, PostedResolution } from '../types.ts';
import { settled } from './resolve-exception.ts';

export interface NewProposal {
  readonly exceptionId: string;
  readonly resolution: PostedResolution | ClaimEnding;
  /** What is at stake, when left out. A claim ends whole. */
  readonly amount?: Stated;
  /** Where the cash was of no voucher. */
  readonly fundId?: string;
  /** The bank's reference, where cash came back. */
  readonly reference?: string;
  readonly note: string;
}

interface Terms {
  readonly amount: Money;
  /** None where the money is not ours. */
  readonly fundId: string | null;
  readonly officeId: string | null;
}

/**
 * Proposes what would be posted to resolve an exception, or to end its claim. Somebody else approves it.
 * @throws not_found; exception_settled; decision_waits; claim_ended; exceeds_stake; listed_since; voucher_collectable; unprocessable for a resolution that
 *   the kind does not take, or what is missing; separation_of_duties to who had a hand in it
 */
export const proposeResolution = command<NewProposal, ExceptionSheet>({
  name: 'reconciliation.propose_resolution',
  scope: scopeOfException,
  async run({ tx, actor, now }, proposal) {
    const { exceptionId, resolution: kind, note, reference = null } = proposal;
    const locked = await lockException(tx, exceptionId);
    const before = await exceptionById(tx, exceptionId, now);
    if (!endsClaim(kind) && locked?.state !== 'open') throw settled(locked?.state);
    if (endsClaim(kind) && (await decisionsOf(tx, exceptionId)).some(({ state }) => state === 'proposed')) throw settled('proposed');
    const needsReference = kind === 'cash_recovered' || kind === 'claim_repaid';
    if (needsReference !== (reference !== null))
      throw misfit(
        '/reference',
        needsReference ? 'Name the transfer by which it came back, as the bank does.' : 'Nothing came back. Leave this out.',
      );
    const terms = endsClaim(kind) ? await termsOfClaim(tx, proposal) : await termsOf(tx, before.kind, kind, proposal);
    const id = newId();
    await heldToRules(insertDecision(tx, { id, exceptionId, kind, reference, note, ...terms }, actor.id, now));
    if (!endsClaim(kind)) await moveException(tx, exceptionId, 'proposed', null);
    const facts = { proposal: id, resolution: kind, amount: terms.amount.toString(), currency: terms.amount.currency };
    await keepSteps(tx, { at: now, by: actor.id, what: 'proposed', reason: note }, [{ id: exceptionId, facts }]);
    const after = await sheetOf(tx, exceptionId, now);
    return { result: after, subject: { type: 'exception', id: exceptionId }, before, after, reason: `${kind}: ${note}`.slice(0, 500) };
  },
});

const misfit = (pointer: string, detail: string) => {
  const places: ProblemPlace[] = [{ pointer, detail }];
  return placesWrong(places);
};

function amountIn(stated: Stated, currency: string): Money {
  if (stated.currency !== currency) throw misfit('/amount/currency', `The fund is in ${currency}.`);
  try {
    const amount = Money.of(stated.amount, currency);
    if (!amount.isZero && !amount.isNegative) return amount;
  } catch (error) {
    throw misfit('/amount/amount', (error as Error).message);
  }
  throw misfit('/amount/amount', 'An amount above zero.');
}

/** All that a line of the bank is of: it is sent back, or somebody else's, whole. */
function wholeOf(stated: Stated | undefined, stake: Stated | null): Money {
  if (!stake) throw misfit('/resolution', 'Only a line of the bank is resolved so.');
  const whole = Money.of(stake.amount, stake.currency);
  if (stated && (stated.currency !== stake.currency || !amountIn(stated, stake.currency).equals(whole)))
    throw misfit('/amount', `The line is resolved whole, with ${whole} ${stake.currency}. Leave this out.`);
  return whole;
}

async function termsOf(
  tx: Tx,
  exceptionKind: keyof typeof postable,
  kind: PostedResolution,
  { exceptionId, amount, fundId }: NewProposal,
): Promise<Terms> {
  if (!postable[exceptionKind].includes(kind))
    throw misfit(
      '/resolution',
      postable[exceptionKind].length > 0
        ? `An exception of this kind is resolved by ${postable[exceptionKind].join(' or ')}, or without posting anything.`
        : 'An exception of this kind posts nothing. Resolve it without.',
    );
  const grounds = await groundsOf(tx, exceptionId, fundId);
  if (!grounds) throw problem.not_found('There is no such record.');
  const { currency, atStake, stake, ofBank, officeId } = grounds;
  if (kind === 'not_ours') return { amount: wholeOf(amount, stake), fundId: null, officeId: null };
  if (grounds.fundId === null || (fundId !== undefined && fundId !== grounds.fundId))
    throw misfit(
      '/fundId',
      fundId === undefined ? 'The cash was of no voucher of ours. Name the fund that bears it.' : 'The cash was not of this fund.',
    );
  if (!amount && atStake === null) throw misfit('/amount', 'The exception does not say how much is at stake. Say how much you propose.');
  if (kind === 'returned_by_bank') return { amount: wholeOf(amount, stake), fundId: grounds.fundId, officeId: null };
  const money = amount ? amountIn(amount, currency) : Money.of(atStake ?? '0', currency);
  return {
    amount: money,
    fundId: grounds.fundId,
    officeId: kind === 'cash_recovered' || (kind === 'write_off' && ofBank) ? null : officeId,
  };
}

async function termsOfClaim(tx: Tx, { exceptionId, amount }: NewProposal): Promise<Terms> {
  const claim = await claimOfException(tx, exceptionId);
  if (claim?.state !== 'open') throw exceptionProblem.claim_ended('Claim it from the post first, or have its exception opened again.');
  const whole = Money.of(claim.amount.amount, claim.amount.currency);
  if (amount && !amountIn(amount, whole.currency).equals(whole))
    throw misfit(
      '/amount',
      `A claim ends whole, with ${whole} ${whole.currency}. To claim another amount, have the exception opened again.`,
    );
  return { amount: whole, fundId: claim.fundId, officeId: claim.officeId };
}

import { brokenConstraint, type CommandContext, command, newId, type Outcome, problem } from '../../platform/index.ts';
import { handoverProblem } from '../problems.ts';
import type { HandDelivered, WitnessAnswer } from '../types.ts';
import { type Answer, deliveryById, insertAnswer } from '../witness-store.ts';
import { say } from '../words.ts';

/**
 * The witness of a delivery says whether they saw the receipt being signed; nobody says it for them, and it stands.
 * @throws not_found to anybody but the witness; delivery_decided when they have answered, or the delivery was voided
 */
export const answerAsWitness = command<WitnessAnswer & { readonly payoutId: string }, HandDelivered>({
  name: 'handovers.answer_as_witness',
  // Who is the witness counts, and only the delivery says so.
  scope: () => undefined,
  async run(context, { payoutId, ...said }) {
    const { delivery, scope } = await deliveryById(context.tx, payoutId);
    if (delivery.witnessId !== context.actor.id) throw problem.not_found('There is no such record.');
    if (delivery.answer !== 'unanswered') throw handoverProblem.delivery_decided(say('witness_answered'));
    const outcome = await note(context, delivery, { answer: said.answer, reason: 'reason' in said ? said.reason : null });
    return { ...outcome, scope };
  },
});

/**
 * Somebody of finance takes a delivery to be true that its witness disputes or does not answer for.
 * @throws not_found; delivery_decided when its witness has confirmed it, it was accepted, voided, or proved by the code; separation_of_duties to who
 *   delivered or witnessed it
 */
export const acceptDelivery = command<{ payoutId: string; reason: string }, HandDelivered>({
  name: 'handovers.accept_delivery',
  scope: async (db, { payoutId }) => (await deliveryById(db, payoutId)).scope,
  async run(context, { payoutId, reason }) {
    const { delivery } = await deliveryById(context.tx, payoutId);
    if (delivery.witnessId === null || delivery.answer === 'confirmed' || delivery.acceptedBy !== null)
      throw handoverProblem.delivery_decided(say('delivery_not_waiting'));
    return note(context, delivery, { answer: 'accepted', reason });
  },
});

async function note(
  { tx, actor, now }: CommandContext,
  before: HandDelivered,
  said: Pick<Answer, 'answer' | 'reason'>,
): Promise<Outcome<HandDelivered>> {
  const { payoutId, voidedAt } = before;
  if (voidedAt !== null) throw handoverProblem.delivery_decided(say('delivery_voided'));
  await insertAnswer(tx, { id: newId(), payoutId, ...said, by: actor.id, at: now }).catch((error: unknown) => {
    if (!['delivery_answers_of_witness', 'delivery_answers_accepted_once'].includes(brokenConstraint(error) ?? '')) throw error;
    throw handoverProblem.delivery_decided(say('delivery_answered'));
  });
  const { delivery: after } = await deliveryById(tx, payoutId);
  return { result: after, subject: { type: 'payout', id: payoutId }, before, after, reason: said.reason ?? undefined };
}

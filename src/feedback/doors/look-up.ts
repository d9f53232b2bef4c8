import { passerBy } from '../../access/index.ts';
import { command, type Ground, hasDammDigit, networkOf, problem } from '../../platform/index.ts';
import { findCaseByReference } from '../case-store.ts';
import { ownStateOf, rates } from '../rules.ts';
import { sealOf } from '../sealing.ts';
import { isSecretOf } from '../secret.ts';
import type { FeedbackOutcome } from '../types.ts';
import { say } from '../words.ts';
import type { FeedbackDoor } from './submit.ts';

const nothing = () => problem.not_found(say('answer_not_found'));

const readOutcome = command<{ reference: string; secret: string }, FeedbackOutcome>({
  name: 'feedback.look_up',
  scope: () => ({}),
  async run({ tx, keyRing }, { reference, secret }) {
    const found = await findCaseByReference(tx, reference);
    if (!isSecretOf(keyRing, found?.shown.id, secret) || !found) throw nothing();
    const { id, state, receivedAt, programmeId, isSensitive } = found.shown;
    const own = ownStateOf(state);
    // Who entered a sensitive case, or holds the telephone that it was sent from, has the secret too.
    const reply =
      !isSensitive && own === 'answered' && found.dataKey && found.reply ? sealOf(keyRing, id, found.dataKey).openReply(found.reply) : null;
    return {
      result: { reference, state: own, reply, receivedAt },
      subject: { type: 'feedback_case', id },
      scope: { programme: programmeId },
    };
  },
});

/**
 * Tells whoever has a reference and its secret how far it is, and the answer of an ordinary case.
 * @throws not_found, in the same words whether the reference or the secret is wrong; too_many_requests
 */
export async function lookUp(
  { execute }: Ground,
  { limits, perAddress }: FeedbackDoor,
  given: { reference: string; secret: string },
  { address, requestId }: { address: string; requestId: string },
): Promise<FeedbackOutcome> {
  await limits.take(rates.address(perAddress), networkOf(address));
  if (!hasDammDigit(given.reference)) throw nothing();
  await limits.take(rates.lookUps, given.reference);
  return execute(readOutcome, given, { requestId, actor: passerBy });
}

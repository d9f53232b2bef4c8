import { createHash } from 'node:crypto';
import { faultsOfPlainText, ownNames } from '../../messaging/index.ts';
import { command, type Db, type KeyRing, newId, placesWrong, problem } from '../../platform/index.ts';
import { addStep } from '../case-store.ts';
import { feedbackProblem } from '../problems.ts';
import { reasonFor, sealOf } from '../sealing.ts';
import { subjectOf } from '../seeing.ts';
import { findTelling, insertTelling, settleTelling, type Telling } from '../telling-store.ts';
import { say } from '../words.ts';
import { caseCommand } from './case-command.ts';
import { keyOf } from './life.ts';

const digestOf = (sealed: Buffer): Buffer => createHash('sha256').update(sealed).digest();

/**
 * Tells the person what came of a case, or writes down that it was said.
 * @throws not_found; feedback_state before it is answered; unprocessable when there is no telephone, or the answer says more than a phone should show
 */
export const tellOutcome = caseCommand<{ caseId: string; how: 'sms' | 'phone' | 'in_person' }>(
  'feedback.tell',
  async ({ tx, actor, now, keyRing }, found, { caseId, how }) => {
    const { state, programmeId, isSensitive } = found.shown;
    if (state !== 'answered' && state !== 'closed') throw feedbackProblem.feedback_state(say('answer_first'), { state });
    const tellingId = newId();
    if (how !== 'sms') {
      await insertTelling(tx, { id: tellingId, caseId, how, by: actor.id, toldAt: now, replyDigest: null }, now);
      return { step: 'told' };
    }
    // A telephone is in many hands, and its owner's may be the hand that the case is about.
    if (isSensitive) {
      throw placesWrong([{ pointer: '/how', detail: say('tell_in_private') }]);
    }
    const seal = sealOf(keyRing, caseId, keyOf(found));
    if (!found.content || !seal.openContent(found.content).contact?.phone) {
      throw placesWrong([{ pointer: '/how', detail: say('tell_otherwise') }]);
    }
    if (!found.reply) throw feedbackProblem.feedback_forgotten(say('answer_gone'));
    const faults = faultsOfPlainText(seal.openReply(found.reply), await ownNames(tx, programmeId));
    if (faults.length > 0) throw problem.unprocessable(say('answer_tells'), {}, faults);
    await insertTelling(tx, { id: tellingId, caseId, how, by: actor.id, toldAt: null, replyDigest: digestOf(found.reply) }, now);
    return { step: 'told', reason: 'By SMS', followUps: [{ job: 'feedback.send_outcome', payload: { tellingId } }] };
  },
);

/**
 * The message of a telling: the answer that was there when somebody asked for it, if it still stands, in an ordinary case, and says no more than a
 * telephone should show.
 * @returns undefined when it is not to be sent
 */
export async function messageOf(db: Db, keyRing: KeyRing, found: Telling): Promise<{ to: string; text: string } | undefined> {
  const { caseId, programmeId, state, isSensitive, dataKey, content, reply, replyDigest } = found;
  if (isSensitive || (state !== 'answered' && state !== 'closed')) return undefined;
  if (!dataKey || !content || !reply || !replyDigest?.equals(digestOf(reply))) return undefined;
  const seal = sealOf(keyRing, caseId, dataKey);
  const [to, text] = [seal.openContent(content).contact?.phone, seal.openReply(reply)];
  if (!to || faultsOfPlainText(text, await ownNames(db, programmeId)).length > 0) return undefined;
  return { to, text };
}

/** Writes down that the message has gone, or that it cannot. */
export const noteTold = command<{ tellingId: string; wasSent: boolean }, boolean>({
  name: 'feedback.note_told',
  async scope(db: Db, { tellingId }) {
    const found = await findTelling(db, tellingId);
    return found ? { programme: found.programmeId } : {};
  },
  async run({ tx, actor, now, keyRing }, { tellingId, wasSent }) {
    const found = await findTelling(tx, tellingId);
    const result = found !== undefined && (await settleTelling(tx, tellingId, wasSent, now));
    if (result && !wasSent) {
      const seal = reasonFor(keyRing, found.caseId, found.dataKey, 'The message was not sent');
      await addStep(tx, found.caseId, 'told', actor.id, now, seal);
    }
    return { result, subject: subjectOf(found?.caseId ?? tellingId), after: { wasSent } };
  },
});

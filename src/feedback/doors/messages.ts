import { system } from '../../access/index.ts';
import { languageOfPhone, normalPhone } from '../../beneficiaries/index.ts';
import type { InboundMessage } from '../../messaging/index.ts';
import { command, type Db, type Ground, newId, Problem, type RateLimit, type RateLimits } from '../../platform/index.ts';
import { isKeptMessage, isKnownMessage } from '../case-store.ts';
import { receive } from '../commands/receive.ts';
import { isOnlyDigits, languageOf, rates } from '../rules.ts';
import { programmeOfLine } from '../settings-store.ts';
import type { Told } from '../types.ts';

/** A text may be long; more than this is cut. */
const LONGEST = 5_000;

/** What becomes of a message: a case, or nothing where it is known. Begun under the identifier that the gateway gave it. */
const keepMessage = command<{ index: Buffer; told: Told; confirms: boolean }, { isNew: boolean }>({
  name: 'feedback.receive_message',
  scope: (_db, { told }) => ({ programme: told.programmeId }),
  async run(context, { index, told, confirms }) {
    if (await isKnownMessage(context.tx, index)) return { result: { isNew: false }, subject: { type: 'feedback_messages', id: newId() } };
    const { caseId } = await receive(context, told, index);
    const followUps = confirms ? [{ job: 'feedback.confirm_message', payload: { caseId } }] : [];
    return { result: { isNew: true }, subject: { type: 'feedback_case', id: caseId }, after: { channel: 'sms' }, followUps };
  },
});

async function isWithin(limits: RateLimits, rate: RateLimit, subject: string): Promise<boolean> {
  try {
    await limits.take(rate, subject);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_requests') return false;
    throw error;
  }
}

type Addressed = InboundMessage & { readonly programmeId: string };

/** Whose each message is. @returns undefined when nobody has said it of one of them */
async function addressed(db: Db, gatewayId: string, messages: readonly InboundMessage[]): Promise<Addressed[] | undefined> {
  const programmes = new Map<string | undefined, string | undefined>();
  for (const { to } of messages) if (!programmes.has(to)) programmes.set(to, await programmeOfLine(db, gatewayId, to));
  const all = messages.flatMap((message) => {
    const programmeId = programmes.get(message.to);
    return programmeId ? [{ ...message, programmeId }] : [];
  });
  return all.length === messages.length ? all : undefined;
}

/**
 * Keeps what people sent to a gateway, each message as a case, however many somebody sends. A message that is nothing but digits is let go of: it is a
 * code, or half of one.
 * @returns false, with none of them kept, when nobody has said whose the messages to one of the numbers are
 */
export async function takeMessages(
  { db, execute, keyRing }: Ground,
  limits: RateLimits,
  gatewayId: string,
  messages: readonly InboundMessage[],
  requestId: string,
): Promise<boolean> {
  const all = await addressed(db, gatewayId, messages);
  if (!all) return false;
  for (const { id, from, text, programmeId } of all) {
    const index = keyRing.blindIndex('feedback-message', `${gatewayId}/${id}`);
    // What comes again takes nothing from what is answered in a day.
    if (isOnlyDigits(text) || (await isKeptMessage(db, index))) continue;
    const confirms = await isWithin(limits, rates.confirmationsTo, from);
    const phone = normalPhone(from);
    const wanted = phone === undefined ? undefined : await languageOfPhone(db, keyRing, programmeId, phone);
    const told: Told = {
      programmeId,
      channel: 'sms',
      language: wanted ?? languageOf(text),
      category: 'other',
      text: text.slice(0, LONGEST),
      isAnonymous: false,
      contact: { phone: phone ?? from },
    };
    try {
      await execute(keepMessage, { index, told, confirms }, { actor: system, requestId });
    } catch (error) {
      // Nothing but a code in many words: the gateway is not asked to send it again.
      if (!(error instanceof Problem && error.code === 'unprocessable')) throw error;
    }
  }
  return true;
}

import { openPerson } from '../beneficiaries/index.ts';
import type { KeyRing } from '../platform/index.ts';
import type { Delivery, Gateway } from './gateway.ts';
import { verdictOn } from './rules.ts';
import { textOf } from './texts/compose.ts';
import { segmentsOf } from './texts/segments.ts';
import { type PendingMessage, type Sending, WITHHELD } from './types.ts';

/** Messages that are on their way at one time. */
const CONCURRENCY = 8;

/** Sends messages, several at a time, and says what came of each. Neither phone nor text nor code outlives the call. */
export async function sendAll(keyRing: KeyRing, gateway: Gateway, messages: readonly PendingMessage[]): Promise<Sending[]> {
  const sendings: Sending[] = [];
  const queue = messages.values();
  const line = async () => {
    for (const message of queue) sendings.push(await send(keyRing, gateway, message));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, line));
  return sendings;
}

async function send(keyRing: KeyRing, gateway: Gateway, message: PendingMessage): Promise<Sending> {
  const { id, attempts, recipientId } = message;
  const unsent = (reason: string): Sending => ({
    id,
    state: 'failed',
    attempted: false,
    gateway: gateway.name,
    reference: null,
    segments: null,
    reason,
  });
  if (message.isWithheld) return unsent(WITHHELD);
  if (message.isNeedless) return unsent('not_payable');
  if (message.putOff) return { ...unsent(message.putOff), state: 'pending' };
  let to: string | undefined;
  let text: string;
  // One record that does not open must not keep the others from their codes.
  try {
    to = openPerson(keyRing, recipientId, message, ['phones'])?.phones[0];
    if (!to) return unsent('no_phone');
    text = textOf(keyRing, message);
  } catch {
    return unsent('unreadable');
  }
  const delivery = await answerOf(gateway, {
    to,
    text,
    reference: id,
    ...(message.senderName === null ? {} : { from: message.senderName }),
  });
  return { id, attempted: true, gateway: gateway.name, segments: segmentsOf(text).segments, ...verdictOn(delivery, attempts + 1) };
}

/** What a gateway said, or undefined: whatever it throws may quote the message, so none of it goes further. */
export async function answerOf(gateway: Gateway, sms: Parameters<Gateway['send']>[0]): Promise<Delivery | undefined> {
  try {
    return await gateway.send(sms);
  } catch {
    return undefined;
  }
}

import { openPerson } from '../../beneficiaries/index.ts';
import type { KeyRing } from '../../platform/index.ts';
import type { Delivery, Gateway, Sms } from '../gateways/gateway.ts';
import type { Turn } from '../gateways/store.ts';
import { FAILURES_ALLOWED, isAnswer, pauseBefore, verdictOn } from '../rules.ts';
import { textOf } from '../texts/compose.ts';
import { segmentsOf } from '../texts/segments.ts';
import { type PendingMessage, type Sending, WITHHELD } from '../types.ts';

/** What came of a batch. */
export interface Sent {
  readonly sendings: readonly Sending[];
  /** How many the gateway answered, and how many came to nothing. */
  readonly answered: number;
  readonly nothing: number;
  /** For how long the gateway asked to be left alone, in milliseconds; 0 when it did not. */
  readonly pauseMs: number;
}

/** For how long a gateway that asks to go slower is left alone where it does not say. */
const ASKED_PAUSE_MS = 1_000;
/** Shorter than a timer can wait. */
const TICK_MS = 2;

/**
 * Sends messages that this worker has taken, each at its moment and several at a time, and says what came of each. Neither phone nor text nor
 * code outlives the call. What there is no time for, or no gateway any more, is given back as it was.
 * @param mayGoOn whether another may be begun
 */
export async function sendAll(
  keyRing: KeyRing,
  gateway: Gateway,
  messages: readonly PendingMessage[],
  { waitMs, everyMs }: Turn,
  mayGoOn: () => boolean,
): Promise<Sent> {
  const begin = performance.now() + waitMs;
  const sendings: Sending[] = [];
  const seen = { answered: 0, nothing: 0, inARow: 0, pauseMs: 0 };
  const note = (delivery: Delivery) => {
    const answered = isAnswer(delivery);
    seen.answered += Number(answered);
    seen.nothing += Number(!answered);
    seen.inARow = answered ? 0 : seen.inARow + 1;
    if (delivery.outcome === 'later') seen.pauseMs = Math.max(seen.pauseMs, delivery.pauseMs ?? ASKED_PAUSE_MS);
  };
  const queue = messages.entries();
  const line = async () => {
    for (const [i, message] of queue) {
      await untilMoment(begin + i * everyMs);
      const goesOn = seen.inARow < FAILURES_ALLOWED && seen.pauseMs === 0 && mayGoOn();
      sendings.push(goesOn ? await send(keyRing, gateway, message, note) : { ...unsent(message), state: 'pending' });
    }
  };
  await Promise.all(Array.from({ length: Math.min(gateway.concurrency, messages.length) }, line));
  return { sendings, answered: seen.answered, nothing: seen.nothing, pauseMs: seen.pauseMs };
}

async function untilMoment(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait >= TICK_MS) await new Promise((resolve) => setTimeout(resolve, wait));
}

const unsent = ({ id, listId }: PendingMessage) =>
  ({ id, listId, state: 'failed', attempted: false, reference: null, segments: null, reason: null, pauseMs: 0 }) as const;

async function send(keyRing: KeyRing, gateway: Gateway, message: PendingMessage, note: (delivery: Delivery) => void): Promise<Sending> {
  const { id, listId, attempts, turnedAway, recipientId } = message;
  const reason = reasonAgainst(message);
  if (reason) return { ...unsent(message), reason };
  if (message.putOff) return { ...unsent(message), state: 'pending', reason: message.putOff };
  let to: string | undefined;
  let text: string;
  // One record that does not open must not keep the others from their codes.
  try {
    to = openPerson(keyRing, recipientId, message, ['phones'])?.phones[0];
    if (!to) return { ...unsent(message), reason: 'no_phone' };
    text = textOf(keyRing, message);
  } catch {
    return { ...unsent(message), reason: 'unreadable' };
  }
  const sms: Sms = { to, text, reference: id, ...(message.senderName === null ? {} : { from: message.senderName }) };
  const delivery = await gateway.send(sms);
  note(delivery);
  const pauseMs = pauseBefore(attempts + turnedAway + 1, Math.random());
  return { id, listId, segments: segmentsOf(text).segments, pauseMs, ...verdictOn(delivery, attempts + 1) };
}

/** Why a message is not to be sent at all. */
function reasonAgainst({ isReplaced, isPayable, isWithheld }: PendingMessage): string | undefined {
  if (isReplaced) return 'replaced';
  if (!isPayable) return 'not_payable';
  return isWithheld ? WITHHELD : undefined;
}

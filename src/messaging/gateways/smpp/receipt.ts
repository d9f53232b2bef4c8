import type { Pdu } from 'smpp';
import { asReference, type Receipt } from '../gateway.ts';

const RECEIPT = 0x04;
const KIND = 0x3c;

// By number (SMPP 3.4, 5.2.28) and as the text of a receipt writes them (its appendix B).
const meanings: Readonly<Record<string, Receipt['status']>> = {
  2: 'delivered', DELIVRD: 'delivered', 3: 'undelivered', EXPIRED: 'undelivered', 4: 'undelivered', DELETED: 'undelivered',
  5: 'undelivered', UNDELIV: 'undelivered', 8: 'undelivered', REJECTD: 'undelivered',
}; // biome-ignore format: one table

/** What a centre reports of a message; undefined when it is on its way still, or when this is no report. */
export function receiptIn({
  esm_class = 0,
  short_message,
  message_payload,
  receipted_message_id,
  message_state,
}: Pdu): Receipt | undefined {
  if ((esm_class & KIND) !== RECEIPT) return undefined;
  const text = textOf(short_message) || textOf(message_payload);
  const reference = asReference(receipted_message_id ?? /\bid:(\S+)/.exec(text)?.[1]);
  const status = meanings[message_state ?? /\bstat:(\w+)/.exec(text)?.[1] ?? ''];
  return reference && status ? { reference, status } : undefined;
}

const textOf = (message: Pdu['short_message']): string =>
  message === undefined ? '' : (Buffer.isBuffer(message) ? message : message.message).toString();

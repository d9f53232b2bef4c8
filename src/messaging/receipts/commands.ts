import { command } from '../../platform/index.ts';
import { eventsByList } from '../events.ts';
import type { Receipt } from '../gateways/gateway.ts';
import { settle, settleKept } from './settle.ts';
import { forgetBefore } from './store.ts';

/** Takes in what a gateway reports. Whether it is that gateway has been looked at before. */
export const takeReceipts = command<{ readonly gatewayId: string; readonly receipts: readonly Receipt[] }, null>({
  name: 'messaging.take_receipts',
  scope: () => ({}),
  async run({ tx, now }, { gatewayId, receipts }) {
    const moved = await settle(tx, now, gatewayId, receipts);
    const others = await eventsByList(tx, moved);
    return { result: null, subject: { type: 'gateway', id: gatewayId }, after: { receipts: receipts.length }, others };
  },
});

/** Takes in receipts that were kept until it was known which messages they are of. */
export const matchReceipts = command<{ readonly gatewayId: string; readonly references: readonly string[] }, null>({
  name: 'messaging.match_receipts',
  scope: () => ({}),
  async run({ tx, now }, { gatewayId, references }) {
    const moved = await settleKept(tx, now, gatewayId, references);
    const others = await eventsByList(tx, moved);
    return { result: null, subject: { type: 'gateway', id: gatewayId }, after: { receipts: references.length }, others };
  },
});

/** Forgets receipts that have waited too long for a message: the gateway's names for telephones are not ours to keep. */
export const forgetReceipts = command<{ readonly before: Date }, null>({
  name: 'messaging.forget_receipts',
  scope: () => ({}),
  async run({ tx }, { before }) {
    const forgotten = await forgetBefore(tx, before);
    return { result: null, subject: { type: 'message_receipts', id: before.toISOString() }, after: { forgotten } };
  },
});

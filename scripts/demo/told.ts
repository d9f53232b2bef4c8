import type { App } from '../../src/app.ts';
import type { Receiver } from './receiver.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { waitFor } from './wait.ts';

/** Another system asks to be told; one administrator says where, another switches it on. @returns the webhook */
export async function haveTold(stage: Stage, { staff, administrator, programmeId }: Pilot, receiver: Receiver): Promise<string> {
  stage.chapter('Another system asks to be told');
  const second = await staff.hire(administrator, 'administrator', 'Wassila Webhooks');
  await staff.signInAgain();
  const { webhook, secret } = await administrator.api.call('createWebhook', {
    params: { programmeId },
    body: {
      url: await receiver.open(),
      events: ['payment_list.released', 'voucher.paid', 'voucher.expired', 'exception.opened', 'export.ready'],
      description: 'The books of the agency',
    },
  });
  receiver.secret = secret;
  const ask = { params: { webhookId: webhook.id }, headers: { 'if-match': `"${webhook.version}"` } };
  const own = await administrator.api.refusal('enableWebhook', ask);
  stage.check('who set it up does not switch it on', own?.code, 'separation_of_duties');
  const on = await second.api.call('enableWebhook', ask);
  stage.check('a colleague does', on.state, 'on');
  return webhook.id;
}

interface World {
  readonly app: App;
  readonly receiver: Receiver;
  readonly webhookId: string;
  /** Since when it is told. */
  readonly since: Date;
}

/** What the other system was told is what happened; what it did not take is sent again. */
export async function compareTold(
  stage: Stage,
  { administrator, programmeId, finance, reconciler, auditor }: Pilot,
  world: World,
): Promise<void> {
  const { app, receiver, webhookId, since } = world;
  stage.chapter('What the other system was told');
  const isLater = (moment: string | null | undefined): boolean => new Date(moment ?? 0) >= since;
  const expected = { 'payment_list.released': 0, 'voucher.paid': 0, 'voucher.expired': 0, 'exception.opened': 0, 'export.ready': 1 };
  for await (const { paidAt } of finance.api.all('listPayouts', { params: { programmeId } }))
    if (isLater(paidAt)) expected['voucher.paid'] += 1;
  for await (const { openedAt } of reconciler.api.all('listExceptions', { params: { programmeId } }))
    if (isLater(openedAt)) expected['exception.opened'] += 1;
  for await (const { id, state } of finance.api.all('listPaymentLists', { params: { programmeId } })) {
    for await (const { state: voucher } of finance.api.all('listVouchers', { params: { listId: id } }))
      if (voucher === 'expired') expected['voucher.expired'] += 1;
    if (state === 'released') expected['payment_list.released'] += 1;
  }
  // One was opened again, and told of again.
  expected['exception.opened'] += 1;
  // The first list was released before it asked.
  expected['payment_list.released'] -= 1;
  const told = () => Object.fromEntries(Object.keys(expected).map((type) => [type, receiver.count(type)]));
  await app.jobs.trigger('webhooks.collect');
  await waitFor(
    async () => told(),
    (counts) => Object.entries(expected).every(([type, count]) => (counts[type] ?? 0) >= count),
  );
  stage.show(Object.entries(told()).map(([type, count]) => [type, String(count)]));
  stage.check('it was told of everything, each once, and under a signature', told(), expected);
  stage.check('and of nobody', JSON.stringify(receiver.events).match(/serial|code|name|phone/i), null);

  const forged = await receiver.take({ type: 'payment_list.released' });
  stage.check('what is not signed is not believed', forged, 400);

  receiver.isDown = true;
  const ping = { params: { webhookId } };
  const delivery = await administrator.api.call('pingWebhook', ping);
  const at = { params: { webhookId, deliveryId: delivery.id } };
  const sheet = () => auditor.api.call('getWebhookDelivery', at);
  const failed = await waitFor(sheet, ({ log }) => log.length > 0);
  stage.check(
    'what it does not take waits in the log',
    failed.log.map(({ status }) => status),
    [500],
  );
  receiver.isDown = false;
  await administrator.api.call('resendWebhookDelivery', at);
  const sent = await waitFor(sheet, ({ log }) => log.length > 1);
  stage.check(
    'sent again, it arrives',
    sent.log.map(({ status }) => status),
    [500, 204],
  );
}

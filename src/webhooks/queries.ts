import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, pageRequestById } from '../platform/index.ts';
import { missing } from './commands.ts';
import { attemptsOf, bodyOf, eventOfDelivery, findDelivery, pageOfDeliveries } from './delivery-store.ts';
import { findWebhook, pageOfWebhooks } from './store.ts';
import type { Webhook, WebhookDelivery, WebhookDeliverySheet } from './types.ts';

type Paging = { readonly limit?: number; readonly cursor?: string };

/** A programme's webhooks, newest first. @throws not_found */
export async function listWebhooks(db: Db, actor: Actor, programmeId: string, query: Paging): Promise<Page<Webhook>> {
  authoriseRead(actor, 'webhooks.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfWebhooks(db, programmeId, limit, after);
}

/** @throws not_found when there is none within the actor's scope */
export async function readWebhook(db: Db, actor: Actor, id: string): Promise<Webhook> {
  authoriseRead(actor, 'webhooks.read');
  const found = await findWebhook(db, id);
  if (!found) throw missing();
  authoriseRead(actor, 'webhooks.read', { programme: found.webhook.programmeId });
  return found.webhook;
}

/** The log of a webhook, newest first. @throws not_found */
export async function listDeliveries(
  db: Db,
  actor: Actor,
  webhookId: string,
  query: Paging & { readonly state?: WebhookDelivery['state'] },
): Promise<Page<WebhookDelivery>> {
  await readWebhook(db, actor, webhookId);
  const { limit, after } = pageRequest(query, (key) => /^\d{1,18}$/.test(key));
  return pageOfDeliveries(db, webhookId, query.state, limit, after);
}

/** One delivery with what was sent and every attempt. @throws not_found */
export async function readDelivery(db: Db, actor: Actor, webhookId: string, id: string): Promise<WebhookDeliverySheet> {
  await readWebhook(db, actor, webhookId);
  const delivery = await findDelivery(db, webhookId, id);
  const event = delivery && (await eventOfDelivery(db, id));
  if (!event) throw missing();
  return { delivery, body: bodyOf(event), log: await attemptsOf(db, id) };
}

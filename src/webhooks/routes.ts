import { type Ground, type OutgoingRules, type Routes, Versioned, versionIn } from '../platform/index.ts';
import {
  changeWebhook,
  createWebhook,
  enableWebhook,
  endWebhook,
  pauseWebhook,
  pingWebhook,
  resumeWebhook,
  rotateSecret,
} from './commands.ts';
import { resendAllFailed, resendDelivery } from './delivery-commands.ts';
import { listDeliveries, listWebhooks, readDelivery, readWebhook } from './queries.ts';
import type { Webhook } from './types.ts';

type Operation =
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'changeWebhook'
  | 'enableWebhook'
  | 'pauseWebhook'
  | 'resumeWebhook'
  | 'endWebhook'
  | 'rotateWebhookSecret'
  | 'pingWebhook'
  | 'listWebhookDeliveries'
  | 'getWebhookDelivery'
  | 'resendWebhookDelivery'
  | 'resendFailedDeliveries';

const versioned = (webhook: Webhook) => new Versioned(webhook, webhook.version);

/** @param rules where events may go */
export function webhookRoutes({ db, execute }: Ground, rules: OutgoingRules): Routes<Operation> {
  const create = createWebhook(rules);
  const change = changeWebhook(rules);
  return {
    createWebhook: ({ params, body, ...call }) => execute(create, { ...params, ...body }, call),
    listWebhooks: ({ actor, params, query }) => listWebhooks(db, actor, params.programmeId, query),
    getWebhook: async ({ actor, params }) => versioned(await readWebhook(db, actor, params.webhookId)),
    changeWebhook: async ({ params, body, ifMatch, ...call }) =>
      versioned(await execute(change, { ...params, version: versionIn(ifMatch), change: body }, call)),
    enableWebhook: ({ params, ifMatch, ...call }) => execute(enableWebhook, { ...params, version: versionIn(ifMatch) }, call),
    pauseWebhook: ({ params, ...call }) => execute(pauseWebhook, params, call),
    resumeWebhook: ({ params, ...call }) => execute(resumeWebhook, params, call),
    endWebhook: ({ params, ...call }) => execute(endWebhook, params, call),
    rotateWebhookSecret: ({ params, body, ...call }) => execute(rotateSecret, { ...params, overlapHours: body.overlapHours ?? 24 }, call),
    pingWebhook: ({ params, ...call }) => execute(pingWebhook, params, call),
    listWebhookDeliveries: ({ actor, params, query }) => listDeliveries(db, actor, params.webhookId, query),
    getWebhookDelivery: ({ actor, params }) => readDelivery(db, actor, params.webhookId, params.deliveryId),
    resendWebhookDelivery: ({ params, ...call }) => execute(resendDelivery, params, call),
    resendFailedDeliveries: ({ params, body, ...call }) => execute(resendAllFailed, { ...params, ...body }, call),
  };
}

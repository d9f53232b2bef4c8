import { raiseAlert } from '../access/index.ts';
import { command, problem } from '../platform/index.ts';
import { missing, type OfWebhook, sending, subjectOf, webhookScope } from './commands.ts';
import { findDelivery, forgetDeliveries, resendFailed, resendOne } from './delivery-store.ts';
import { foldFacts } from './facts.ts';
import { moveOn, takeStretch } from './progress-store.ts';
import { type Choice, type Lease, leaseDeliveries, lockHealth, recordAttempts } from './queue-store.ts';
import { healthAfter, isSlow, pauseAfter } from './rules.ts';
import { findWebhook, updateHealth, updateWebhook } from './store.ts';
import type { Attempt, WebhookDelivery } from './types.ts';
import { say } from './words.ts';

/** For how long a worker has the deliveries that it takes: longer than all of them together may last. */
const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How long the log is kept. */
export const KEPT_MS = 30 * DAY_MS;

const all = { type: 'webhooks', id: 'all' };

/** Reads what has been committed since, and makes deliveries of it. @returns whether there may be more */
export const collectFacts = command<Record<string, never>, boolean>({
  name: 'webhooks.collect',
  scope: () => ({}),
  async run({ tx, now }) {
    const stretch = await takeStretch(tx, new Date(now.getTime() - KEPT_MS));
    const deliveries = await foldFacts(tx, now, stretch);
    await moveOn(tx, stretch);
    const after = { toldBelow: stretch.until, deliveries };
    return { result: stretch.isFull, subject: all, after, followUps: deliveries > 0 ? [sending] : [] };
  },
});

/** Takes what is to be sent to one receiver next; null when nothing can be sent now. */
export const takeDeliveries = command<{ readonly choice: Choice }, Lease | null>({
  name: 'webhooks.take_deliveries',
  scope: () => ({}),
  async run({ tx, now }, { choice }) {
    const lease = await leaseDeliveries(tx, now, new Date(now.getTime() + LEASE_MS), choice);
    return {
      result: lease ?? null,
      subject: lease ? subjectOf(lease.webhookId) : all,
      after: { deliveries: lease?.deliveries.map(({ id }) => id) ?? [] },
    };
  },
});

/** Records what came of them, and pauses a webhook whose receiver fails for long or wants no more. */
export const recordDeliveries = command<OfWebhook & { readonly attempts: readonly Attempt[] }, null>({
  name: 'webhooks.record_attempts',
  scope: () => ({}),
  async run({ tx, now }, { webhookId, attempts }) {
    const dead = await recordAttempts(tx, now, attempts);
    const health = healthAfter(await lockHealth(tx, webhookId), attempts, now);
    await updateHealth(tx, now, webhookId, health, isSlow(attempts));
    const webhook = (await findWebhook(tx, webhookId))?.webhook;
    const reason = webhook?.state === 'on' ? pauseAfter(health, attempts, now) : undefined;
    if (webhook && reason) {
      await updateWebhook(tx, { ...webhook, state: 'paused', pauseReason: reason });
      await raiseAlert(tx, now, {
        kind: 'webhooks.paused',
        subject: subjectOf(webhookId),
        programmeId: webhook.programmeId,
        facts: { reason, failures: health.failures },
      });
    }
    const after = { attempts: attempts.map(({ deliveryId, outcome, status }) => ({ deliveryId, outcome, status })), dead };
    return { result: null, subject: subjectOf(webhookId), ...(webhook ? { scope: { programme: webhook.programmeId } } : {}), after };
  },
});

/** Sends one again, under the same identifier. @throws not_found; conflict while it is being sent */
export const resendDelivery = command<OfWebhook & { deliveryId: string }, WebhookDelivery>({
  name: 'webhooks.resend',
  scope: webhookScope,
  async run({ tx, now }, { webhookId, deliveryId }) {
    const before = await findDelivery(tx, webhookId, deliveryId);
    if (!before) throw missing();
    if (!(await resendOne(tx, now, webhookId, deliveryId))) throw problem.conflict(say('delivery_under_way'));
    const after = (await findDelivery(tx, webhookId, deliveryId)) ?? before;
    return { result: after, subject: { type: 'webhook_delivery', id: deliveryId }, before, after, followUps: [sending] };
  },
});

/** Sends everything again that failed since a moment. @throws not_found */
export const resendAllFailed = command<OfWebhook & { since: string }, { resent: number }>({
  name: 'webhooks.resend',
  scope: webhookScope,
  async run({ tx, now }, { webhookId, since }) {
    const resent = await resendFailed(tx, now, webhookId, new Date(since));
    return { result: { resent }, subject: subjectOf(webhookId), after: { since, resent }, followUps: resent > 0 ? [sending] : [] };
  },
});

/** So many deliveries are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 5_000;

/** Forgets the log of thirty days ago. @returns whether there may be more */
export const forgetOld = command<Record<string, never>, boolean>({
  name: 'webhooks.forget',
  scope: () => ({}),
  async run({ tx, now }) {
    const forgotten = await forgetDeliveries(tx, new Date(now.getTime() - KEPT_MS), FORGOTTEN_AT_ONCE);
    return { result: forgotten === FORGOTTEN_AT_ONCE, subject: all, after: { forgotten } };
  },
});

import { raiseAlert } from '../access/index.ts';
import {
  type Command,
  type CommandContext,
  command,
  type Db,
  isAllowed,
  malformed,
  newId,
  type Outcome,
  type OutgoingRules,
  problem,
  type Scope,
} from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { findDelivery, insertPing } from './delivery-store.ts';
import { makersAfter } from './makers.ts';
import { beginLooking } from './progress-store.ts';
import { sealAsPrevious, sealSecret } from './secrets.ts';
import { newSecret } from './signing.ts';
import { findWebhook, insertWebhook, lockWebhook, replaceSecret, updateHealth, updateWebhook } from './store.ts';
import type { NewWebhook, StoredWebhook, Webhook, WebhookChange, WebhookDelivery } from './types.ts';
import { say } from './words.ts';

const HOUR_MS = 3_600_000;

export const missing = () => problem.not_found('There is no such record.');
export const subjectOf = (id: string) => ({ type: 'webhook', id });

/** Names one webhook. */
export interface OfWebhook {
  readonly webhookId: string;
}

/** Where a webhook belongs. @throws not_found */
export async function webhookScope(db: Db, { webhookId }: OfWebhook): Promise<Scope> {
  const found = await findWebhook(db, webhookId);
  if (!found) throw missing();
  return { programme: found.webhook.programmeId };
}

async function locked({ tx }: Pick<CommandContext, 'tx'>, webhookId: string): Promise<StoredWebhook> {
  const found = await lockWebhook(tx, webhookId);
  if (!found) throw missing();
  if (found.webhook.state === 'ended') throw problem.conflict(say('webhook_ended'));
  return found;
}

/** @throws invalid_request when nothing of ours may be sent there */
function refuseAddress(url: string, rules: OutgoingRules): void {
  if (URL.canParse(url) && isAllowed(new URL(url), rules)) return;
  throw malformed([{ pointer: '/body/url', detail: say('webhook_address_unfit') }]);
}

const changed = async (tx: CommandContext['tx'], before: Webhook, wanted: Webhook, reason?: string): Promise<Outcome<Webhook>> => {
  await updateWebhook(tx, wanted);
  const after = (await findWebhook(tx, before.id))?.webhook ?? wanted;
  return { result: after, subject: subjectOf(before.id), before, after, ...(reason ? { reason } : {}) };
};

/** A webhook and the secret that is told this once. */
export interface Told {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Sets a webhook up, switched off. @throws not_found; invalid_request when it may not go there */
export const createWebhook = (rules: OutgoingRules): Command<NewWebhook & { programmeId: string }, Told> =>
  command({
    name: 'webhooks.create',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now, keyRing }, { programmeId, url, events, description }) {
      await programmeById(tx, programmeId);
      refuseAddress(url, rules);
      const [id, secret] = [newId(), newSecret()];
      const made = { id, programmeId, url, events, description, createdBy: actor.id, createdAt: now.toISOString() };
      await insertWebhook(tx, made, sealSecret(keyRing, id, secret));
      const webhook = (await findWebhook(tx, id))?.webhook;
      if (!webhook) throw missing();
      return { result: { webhook, secret }, subject: subjectOf(id), after: webhook };
    },
  });

type ChangeInput = OfWebhook & { readonly version: number; readonly change: WebhookChange };

/**
 * Changes a webhook that is still as the caller read it. Another address, or other events, switch it off until somebody enables it who had no
 * hand in them.
 * @throws not_found; invalid_request; conflict when it has changed since, or has ended
 */
export const changeWebhook = (rules: OutgoingRules) =>
  command<ChangeInput, Webhook>({
    name: 'webhooks.change',
    scope: webhookScope,
    async run({ tx, actor }, { webhookId, version, change }) {
      const { webhook: before } = await locked({ tx }, webhookId);
      if (before.version !== version) throw problem.conflict(say('webhook_changed'));
      if (change.url !== undefined) refuseAddress(change.url, rules);
      const wanted = { ...before, ...change };
      return changed(tx, before, { ...wanted, ...makersAfter(before, wanted, actor.id) });
    },
  });

/**
 * Switches a webhook on. What happens from now on is told; where it was on before, so is what happened since.
 * @throws not_found; separation_of_duties to whoever had a hand in it; conflict when it is not off, or has changed since
 */
export const enableWebhook = command<OfWebhook & { version: number }, Webhook>({
  name: 'webhooks.enable',
  scope: webhookScope,
  async run({ tx, actor, now }, { webhookId, version }) {
    const { webhook: before } = await locked({ tx }, webhookId);
    if (before.version !== version) throw problem.conflict(say('webhook_changed'));
    if (before.state !== 'off') throw problem.conflict(say('webhook_not_off'));
    await beginLooking(tx);
    await updateHealth(tx, now, webhookId, { failures: 0, failingSince: null, closedUntil: null }, false);
    await raiseAlert(tx, now, { kind: 'webhooks.enabled', subject: subjectOf(webhookId), by: actor.id, programmeId: before.programmeId });
    return changed(tx, before, { ...before, state: 'on', confirmedBy: actor.id, since: before.since ?? now.toISOString() });
  },
});

/** Sends nothing for now; what happens waits. @throws not_found; conflict when it is not on */
export const pauseWebhook = command<OfWebhook, Webhook>({
  name: 'webhooks.pause',
  scope: webhookScope,
  async run({ tx }, { webhookId }) {
    const { webhook: before } = await locked({ tx }, webhookId);
    if (before.state !== 'on') throw problem.conflict(say('webhook_not_on'));
    return changed(tx, before, { ...before, state: 'paused', pauseReason: 'by_hand' });
  },
});

/** Goes on with what waited, at once. @throws not_found; conflict when it is not paused */
export const resumeWebhook = command<OfWebhook, Webhook>({
  name: 'webhooks.resume',
  scope: webhookScope,
  async run({ tx, now }, { webhookId }) {
    const { webhook: before } = await locked({ tx }, webhookId);
    if (before.state !== 'paused') throw problem.conflict(say('webhook_not_paused'));
    await updateHealth(tx, now, webhookId, { failures: 0, failingSince: null, closedUntil: null }, false);
    return changed(tx, before, { ...before, state: 'on', pauseReason: null });
  },
});

/** @throws not_found; conflict when it has ended */
export const endWebhook = command<OfWebhook, Webhook>({
  name: 'webhooks.end',
  scope: webhookScope,
  async run({ tx }, { webhookId }) {
    const { webhook: before } = await locked({ tx }, webhookId);
    return changed(tx, before, { ...before, state: 'ended', pauseReason: null });
  },
});

/** Makes a new secret; the one before signs beside it for a while. @throws not_found; conflict when it has ended */
export const rotateSecret = command<OfWebhook & { overlapHours: number }, Told>({
  name: 'webhooks.rotate_secret',
  scope: webhookScope,
  async run({ tx, now, keyRing }, { webhookId, overlapHours }) {
    const stored = await locked({ tx }, webhookId);
    const { webhook: before } = stored;
    const secret = newSecret();
    const until = new Date(now.getTime() + overlapHours * HOUR_MS);
    const previous = overlapHours > 0 ? { sealed: sealAsPrevious(keyRing, stored), until } : null;
    await replaceSecret(tx, webhookId, sealSecret(keyRing, webhookId, secret), previous);
    const webhook = (await findWebhook(tx, webhookId))?.webhook ?? before;
    return { result: { webhook, secret }, subject: subjectOf(webhookId), before, after: webhook };
  },
});

/** Has an event sent that says nothing. @throws not_found; conflict when it has ended */
export const pingWebhook = command<OfWebhook, WebhookDelivery>({
  name: 'webhooks.ping',
  scope: webhookScope,
  async run({ tx, now }, { webhookId }) {
    const { webhook } = await locked({ tx }, webhookId);
    const ids = { eventId: newId(), deliveryId: newId(), webhookId, programmeId: webhook.programmeId };
    await insertPing(tx, now, ids);
    const result = await findDelivery(tx, webhookId, ids.deliveryId);
    if (!result) throw missing();
    return { result, subject: subjectOf(webhookId), after: { ping: ids.eventId }, followUps: [sending] };
  },
});

/** Sends what is due. */
export const sending = { job: 'webhooks.send', payload: {} };

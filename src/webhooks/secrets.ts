import type { KeyRing, RoomColumns, UnderMaster } from '../platform/index.ts';
import type { StoredWebhook } from './types.ts';

const secret = {
  table: 'webhooks',
  column: 'secret',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `webhook/${id}`,
  purpose: 'webhook-secret',
} as const satisfies UnderMaster;
const previousSecret = {
  table: 'webhooks',
  column: 'previous_secret',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `webhook/${id}/previous`,
  purpose: 'webhook-previous-secret',
} as const satisfies UnderMaster;

/** This room's columns of bytes. */
export const webhookColumns: RoomColumns = { sealed: [secret, previousSecret] };

export const sealSecret = (keyRing: KeyRing, webhookId: string, plain: string): Buffer =>
  keyRing.seal(secret.purpose, secret.place({ id: webhookId }), plain);

const openSecret = (keyRing: KeyRing, { webhook: { id }, secret: sealed }: StoredWebhook): string =>
  keyRing.open(secret.purpose, secret.place({ id }), sealed);

/** The secret that counts now, sealed to be kept as the one before. */
export const sealAsPrevious = (keyRing: KeyRing, stored: StoredWebhook): Buffer =>
  keyRing.seal(previousSecret.purpose, previousSecret.place({ id: stored.webhook.id }), openSecret(keyRing, stored));

/** The secrets that sign at a moment, the newest first. */
export function secretsAt(keyRing: KeyRing, stored: StoredWebhook, now: Date): string[] {
  const { webhook, previousSecret: before } = stored;
  const isOverlap = before !== null && webhook.previousSecretUntil !== null && new Date(webhook.previousSecretUntil) > now;
  const newest = openSecret(keyRing, stored);
  return isOverlap ? [newest, keyRing.open(previousSecret.purpose, previousSecret.place({ id: webhook.id }), before)] : [newest];
}

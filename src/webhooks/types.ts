import type { components } from '../contract/api.ts';

export type Webhook = components['schemas']['Webhook'];
export type NewWebhook = components['schemas']['NewWebhook'];
export type WebhookChange = components['schemas']['WebhookChange'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type WebhookDeliverySheet = components['schemas']['WebhookDeliverySheet'];
export type WebhookAttempt = components['schemas']['WebhookAttempt'];
export type Outcome = WebhookAttempt['outcome'];

/** A webhook as it is kept. */
export interface StoredWebhook {
  readonly webhook: Webhook;
  /** Sealed. */
  readonly secret: Buffer;
  /** Sealed; null where nothing was rotated, or the overlap was ended. */
  readonly previousSecret: Buffer | null;
}

/** A delivery that a worker has, with what is to be sent. */
export interface TakenDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly body: string;
}

/** What came of one attempt. */
export interface Attempt {
  readonly deliveryId: string;
  readonly at: Date;
  readonly milliseconds: number;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly answer: string | null;
  /** How long the receiver asks to be left alone, in milliseconds; 0 where it does not ask. */
  readonly pauseMs: number;
}

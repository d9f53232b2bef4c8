export type MessagesBy = 'gateway' | 'day' | 'kind' | 'language' | 'reason';

/** How messages fared. */
export interface SmsRow {
  /** Null of those that no gateway has been asked to send yet, and of the outbox. */
  readonly gatewayId: string | null;
  readonly gatewayName: string | null;
  /** The day on which the message was made. */
  readonly day: string | null;
  readonly kind: 'code' | 'reminder' | null;
  /** The one that its person preferred when it was made. */
  readonly language: 'ar' | 'fr' | 'en' | null;
  /** Why it failed or did not arrive; null of the others. */
  readonly reason: string | null;
  readonly queued: number;
  /** What left the queue: taken by a gateway, or given up. */
  readonly sent: number;
  /** What a gateway took. */
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly failed: number;
  /** Failed or not delivered, and nobody has told the person another way. */
  readonly dead: number;
  readonly segments: number;
  /** Segments at the programme's price of today; null where it has none. */
  readonly cost: string | null;
  readonly costCurrency: string | null;
  /** From a gateway's taking it to the receipt, of what was delivered: the end of the part in which it lies. */
  readonly medianReceiptSeconds: number | null;
}
export const smsColumns = [
  'gatewayId',
  'gatewayName',
  'day',
  'kind',
  'language',
  'reason',
  'queued',
  'sent',
  'accepted',
  'delivered',
  'undelivered',
  'failed',
  'dead',
  'segments',
  'cost',
  'costCurrency',
  'medianReceiptSeconds',
] as const;

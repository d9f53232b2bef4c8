import type { components } from '../contract/api.ts';
import type { Composed } from './texts/compose.ts';
import type { PutOff } from './texts/put-off.ts';

/** Why a message is not sent when its recipient, or whom the money is for, has taken their consent back. */
export const WITHHELD = 'consent_withdrawn';

/** A message that waits to be sent, with all that its text is made of. Personal fields are still sealed. */
export interface PendingMessage extends Composed {
  readonly id: string;
  readonly listId: string;
  readonly attempts: number;
  /** How often in a row a gateway that takes others has turned it away. */
  readonly turnedAway: number;
  /** What the phone shows as the sender; null for the gateway's own number. */
  readonly senderName: string | null;
  readonly recipientId: string;
  readonly data_key: Buffer | null;
  readonly phones: Buffer | null;
  /** Whether a consent has been taken back that sending it depends on. */
  readonly isWithheld: boolean;
  /** Whether there is another code since. */
  readonly isReplaced: boolean;
  /** Whether the voucher can still be paid, or reminded of. */
  readonly isPayable: boolean;
  /** Why it waits longer; null when it may go. */
  readonly putOff: PutOff | null;
}

/** What came of a message that a worker had taken. */
export interface Sending {
  readonly id: string;
  readonly listId: string;
  readonly state: 'pending' | 'accepted' | 'failed';
  /** Whether it counts as an attempt. */
  readonly attempted: boolean;
  readonly reference: string | null;
  readonly segments: number | null;
  readonly reason: string | null;
  /** For how long it waits before it is tried again, in milliseconds; 0 for one that was not tried. */
  readonly pauseMs: number;
}

/** A message as it is shown: neither the text nor the phone is kept. */
export type Message = components['schemas']['Message'];
export type MessageCounts = components['schemas']['MessageCounts'];
export type DeadReason = components['schemas']['DeadReason'];
export type DealtWithHow = components['schemas']['DealtWithHow'];

/** Lines of a payment list from one position to another, both included. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

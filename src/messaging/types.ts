import type { MessageState } from './rules.ts';
import type { Composed } from './texts/compose.ts';
import type { PutOff } from './texts/put-off.ts';

/** Why a message is not sent when its recipient, or whom the money is for, has taken their consent back. */
export const WITHHELD = 'consent_withdrawn';

/** A message that waits to be sent, with all that its text is made of. Personal fields are still sealed. */
export interface PendingMessage extends Composed {
  readonly id: string;
  readonly attempts: number;
  /** What the phone shows as the sender; null for the gateway's own number. */
  readonly senderName: string | null;
  readonly recipientId: string;
  readonly data_key: Buffer | null;
  readonly phones: Buffer | null;
  /** Whether a consent has been taken back that sending it depends on. */
  readonly isWithheld: boolean;
  /** Whether nobody needs it any more. */
  readonly isNeedless: boolean;
  /** Why it waits longer; null when it may go. */
  readonly putOff: PutOff | null;
}

/** What came of sending a message. */
export interface Sending {
  readonly id: string;
  readonly state: MessageState;
  /** Whether it was handed to the gateway at all. */
  readonly attempted: boolean;
  readonly gateway: string;
  readonly reference: string | null;
  readonly segments: number | null;
  readonly reason: string | null;
}

/** A message as it is shown: neither the text nor the phone is kept. */
export interface Message {
  readonly id: string;
  readonly voucherId: string;
  readonly serial: string;
  readonly state: MessageState;
  readonly attempts: number;
  readonly reason: string | null;
  readonly segments: number | null;
  readonly createdAt: string;
  readonly acceptedAt: string | null;
}

/** Lines of a payment list from one position to another, both included. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

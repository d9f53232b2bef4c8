/** A text for one phone. */
export interface Sms {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** What the phone shows as the sender; the gateway's own otherwise. */
  readonly from?: string;
  /** Ours. The same message sent again carries the same one, so that a gateway can recognise it. */
  readonly reference: string;
}

/**
 * What came of handing a message over. `refused`: this number, for good. `sender_refused`: the sender that the message came with. `later`: the gateway
 * asks to go slower. Surely not taken either: `down`, the gateway answers and does not let us in, or not with this one; `unreached`, it cannot be
 * connected to. `unknown`: it may have been taken. Words of a gateway go no further: they may quote the phone.
 */
export type Delivery =
  | {
      readonly outcome: 'accepted';
      /** Under which the gateway knows it. */
      readonly reference: string;
    }
  | { readonly outcome: 'later'; readonly pauseMs?: number }
  | { readonly outcome: 'refused' | 'sender_refused' | 'down' | 'unreached' | 'unknown' };

/** An answer as it counts for a message: where that came with no sender of its own, the one that was refused is the gateway's, and so is the trouble. */
export const answerTo = ({ from }: Sms, delivery: Delivery): Delivery =>
  delivery.outcome === 'sender_refused' && from === undefined ? { outcome: 'down' } : delivery;

/** What a gateway reports of a message that it had accepted. */
export interface Receipt {
  /** The gateway's, or ours. */
  readonly reference: string;
  readonly status: 'delivered' | 'undelivered';
  /** When, as the gateway says. */
  readonly at?: Date | undefined;
}

/** A message that somebody sent to a number of ours. */
export interface InboundMessage {
  /** The gateway's. The same message has the same one however often it comes. */
  readonly id: string;
  /** Who sent it, as the gateway writes the number. */
  readonly from: string;
  /** The number that it was sent to, where the gateway says. */
  readonly to: string | undefined;
  readonly text: string;
}

/** What a gateway tells on a connection of ours. */
export interface Incoming {
  /** Keeps receipts; a gateway is told that we have them only then. */
  receipts(receipts: readonly Receipt[]): Promise<void>;
  /** Keeps what people send. @returns false, with none kept, where nobody has said whose they are, or nobody has confirmed the gateway */
  messages(messages: readonly InboundMessage[]): Promise<boolean>;
}

/** A way to send text messages. */
export interface Gateway {
  /** Messages that may be on their way at one time. */
  readonly concurrency: number;
  /** Never throws: what goes wrong is an answer too. */
  send(sms: Sms): Promise<Delivery>;
  /** Keeps open whatever receipts come in by, where that is not our own door. */
  listen?(): void;
  /** Lets go of its connections. */
  close(): Promise<void>;
}

/** A reference that is kept: what stands for a telephone elsewhere may be no telephone itself, nor a text. */
export const asReference = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;
};

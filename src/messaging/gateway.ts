/** A text for one phone. */
export interface Sms {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** What the phone shows as the sender, where the aggregator can; its own number otherwise. */
  readonly from?: string;
  /** Ours. The same message sent again carries the same one, so that an aggregator can recognise it. */
  readonly reference: string;
}

/** What a gateway said. */
export type Delivery =
  | { readonly accepted: true; readonly reference: string }
  | {
      readonly accepted: false;
      /** Whether sending it again is useless. */
      readonly permanent: boolean;
      /** A word of ours, never the gateway's, which may quote the phone. */
      readonly reason: 'refused' | 'refused_for_now';
    };

/** A way to send text messages. */
export interface Gateway {
  readonly name: string;
  /** @throws Error when nobody can tell whether the message was taken */
  send(sms: Sms): Promise<Delivery>;
}

// What we use of the npm package `smpp`, which comes without types.
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { LookupFunction, Server as NetServer, Socket } from 'node:net';

  export interface Pdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly message_id?: string;
    readonly system_id?: string;
    readonly password?: string;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly source_addr?: string;
    readonly source_addr_ton?: number;
    readonly destination_addr?: string;
    readonly dest_addr_ton?: number;
    readonly sar_msg_ref_num?: number;
    readonly sar_segment_seqnum?: number;
    readonly sar_total_segments?: number;
    readonly short_message?: Buffer | { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
    readonly message_payload?: Buffer | { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    response(options?: Readonly<Record<string, unknown>>): Pdu;
  }

  export type Fields = Readonly<Record<string, unknown>>;
  type Command = (fields: Fields, answered?: (answer: Pdu) => void) => boolean;

  export class Session extends EventEmitter {
    readonly socket: Socket;
    bind_transceiver: Command;
    submit_sm: Command;
    deliver_sm: Command;
    enquire_link: Command;
    unbind: Command;
    send(pdu: Pdu): boolean;
    close(): void;
    destroy(): void;
  }

  export interface ConnectOptions {
    readonly host: string;
    readonly port: number;
    readonly tls?: boolean;
    readonly servername?: string;
    readonly lookup?: LookupFunction;
  }

  const smpp: {
    connect(options: ConnectOptions): Session;
    createServer(listener: (session: Session) => void): NetServer;
    readonly encodings: Readonly<
      Record<'ASCII' | 'UCS2', { match(text: string): boolean; encode(text: string): Buffer; decode(bytes: Buffer): string }>
    >;
  };
  export default smpp;
}

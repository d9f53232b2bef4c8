/// <reference path="../../src/messaging/gateways/smpp/smpp.d.ts" />
import type { AddressInfo, Server } from 'node:net';
import smpp, { type Pdu, type Session } from 'smpp';

/** A message centre, which takes everything until it is told to misbehave. */
export class Centre {
  readonly submitted: Pdu[] = [];
  readonly binds: Pdu[] = [];
  readonly sessions: Session[] = [];
  bindStatus = 0;
  onSubmit: (pdu: Pdu, session: Session) => void = (pdu, session) =>
    void session.send(pdu.response({ message_id: `id-${this.submitted.length}` }));
  readonly #server: Server;

  constructor() {
    this.#server = smpp.createServer((session) => {
      this.sessions.push(session);
      session.on('error', () => {});
      session.on('bind_transceiver', (pdu: Pdu) => {
        this.binds.push(pdu);
        session.send(pdu.response({ command_status: this.bindStatus }));
      });
      session.on('submit_sm', (pdu: Pdu) => {
        this.submitted.push(pdu);
        this.onSubmit(pdu, session);
      });
      session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
      session.on('unbind', (pdu: Pdu) => {
        session.send(pdu.response());
        session.close();
      });
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const session of this.sessions) session.destroy();
    this.#server.close();
  }
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { receive } from '../../docs/examples/verify-webhook.ts';
import type { Clock } from '../../src/platform/index.ts';

/** Another system that is told what happens, and believes nothing that is not signed. */
export class Receiver {
  readonly #server = createServer();
  readonly #seen = new Set<string>();
  /** What was told, each event once. */
  readonly events: { readonly type: string; readonly data: Record<string, unknown> }[] = [];
  /** Shared with the platform. */
  secret = '';
  /** Out of order: answers 500 and takes nothing. */
  isDown = false;
  #address = '';

  /** @param clock what its clock shows; the story moves on by months */
  constructor(clock: Clock) {
    this.#server.on('request', async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      if (this.isDown) return void response.writeHead(500).end();
      try {
        const headers = request.headers as Record<string, string | undefined>;
        const event = receive(this.secret, headers, body, (id) => this.#isSeen(id), Math.floor(clock.now().getTime() / 1000));
        if (event) this.events.push(event);
        response.writeHead(204).end();
      } catch {
        response.writeHead(400).end();
      }
    });
  }

  #isSeen(id: string): boolean {
    if (this.#seen.has(id)) return true;
    this.#seen.add(id);
    return false;
  }

  /** @returns its address, on this machine */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#address = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks`;
    return this.#address;
  }

  /** Takes what a stranger sends, who has no secret to sign with. @returns the status that it answers */
  async take(event: object): Promise<number> {
    return (await fetch(this.#address, { method: 'POST', body: JSON.stringify(event) })).status;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** How many events of a type came. */
  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }
}

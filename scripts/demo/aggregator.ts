import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { outboxFile } from '../../src/messaging/index.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

/** Receipts that one report holds. */
const AT_ONCE = 500;
const HEADER = 'x-signature';

interface Sms {
  readonly to: string;
  readonly text: string;
}

/** Whoever carries the messages: takes them on this machine, lays them into the inbox, and signs for each that arrived. */
export class Aggregator {
  readonly #server = createServer();
  readonly #inbox: string;
  readonly #arrived: string[] = [];
  readonly #secret = randomBytes(24).toString('base64url');
  #receipts = '';

  /** @param dataDir where people read their messages */
  constructor(dataDir: string) {
    this.#inbox = outboxFile(dataDir);
    this.#server.on('request', async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const { to, text } = JSON.parse(body) as Sms;
      const id = randomUUID();
      await appendFile(this.#inbox, `${JSON.stringify({ to, text, reference: id })}\n`, { mode: 0o600 });
      this.#arrived.push(id);
      response.writeHead(202).end(JSON.stringify({ id }));
    });
  }

  /** Is set up as the platform's gateway by one administrator, and switched on by another. */
  async connect(stage: Stage, { staff, administrator }: Pilot, platformUrl: string): Promise<void> {
    await mkdir(dirname(this.#inbox), { recursive: true, mode: 0o700 });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const other = await staff.hire(administrator, 'administrator', 'Messages administrator');
    // The contract leaves open what the settings of each kind are.
    const settings = {
      url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sms`,
      body: { to: '{to}', text: '{text}' },
      reference: '/id',
      receipts: {
        list: '/reports',
        reference: '/id',
        status: '/status',
        delivered: ['DELIVRD'],
        undelivered: ['UNDELIV'],
        signature: { header: HEADER },
      },
    } as never;
    const credentials = { receiptSecret: this.#secret };
    const { id } = await administrator.api.call('addGateway', {
      body: { name: 'Aggregator', kind: 'http', position: 1, perSecond: 1_000, settings, credentials },
    });
    this.#receipts = `${platformUrl}/v1/gateways/${id}/receipts`;
    const headers = { 'if-match': '"1"' };
    const alone = await administrator.api.refusal('changeGateway', { params: { gatewayId: id }, headers, body: { enabled: true } });
    stage.check('nobody leads messages anywhere alone', alone?.code, 'separation_of_duties');
    await other.api.call('changeGateway', { params: { gatewayId: id }, headers, body: { enabled: true } });
  }

  /** Reports what has arrived since the last time. @returns how many receipts were taken */
  async report(): Promise<number> {
    let taken = 0;
    for (let some = this.#arrived.splice(0, AT_ONCE); some.length > 0; some = this.#arrived.splice(0, AT_ONCE)) {
      const body = JSON.stringify({ reports: some.map((id) => ({ id, status: 'DELIVRD' })) });
      const headers = { 'content-type': 'application/json', [HEADER]: createHmac('sha256', this.#secret).update(body).digest('hex') };
      const { ok } = await fetch(this.#receipts, { method: 'POST', body, headers });
      if (ok) taken += some.length;
    }
    return taken;
  }

  /** Takes what a stranger reports, who has no secret to sign with. @returns the status that the platform answers */
  async forged(): Promise<number> {
    const body = JSON.stringify({ reports: this.#arrived.slice(0, 1).map((id) => ({ id, status: 'UNDELIV' })) });
    return (await fetch(this.#receipts, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

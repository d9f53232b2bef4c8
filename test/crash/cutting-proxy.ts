import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire to PostgreSQL that counts what the client says and can be cut after any message. */
export interface CuttingProxy {
  readonly port: number;
  /**
   * Counts from now on, and cuts once so many messages have reached the server: nothing passes any more, in either direction.
   * @param onCut called at that moment
   */
  cutAfter(messages: number, onCut: () => void): void;
  /** Resolves when the server has let go of every connection, and so committed or rolled back. */
  released(): Promise<void>;
  close(): void;
}

/** How long the next message is (PostgreSQL protocol 3.0: a type, which the first message lacks, then its length), or undefined. */
function lengthOfFirst(bytes: Buffer, hasType: boolean): number | undefined {
  const at = hasType ? 1 : 0;
  if (bytes.length < at + 4) return undefined;
  const length = at + bytes.readUInt32BE(at);
  return bytes.length < length ? undefined : length;
}

export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  const servers: Socket[] = [];
  let left = Number.POSITIVE_INFINITY;
  let onCut = () => {};
  let isCut = false;

  const proxy: Server = createServer((client) => {
    const server = connect(port, host);
    servers.push(server);
    let waiting: Buffer = Buffer.alloc(0);
    let started = false;
    const cut = () => {
      isCut = true;
      onCut();
      client.destroy();
      server.end();
    };
    client.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const length = lengthOfFirst(waiting, started);
        if (length === undefined || isCut) return;
        if (left === 0) return cut();
        server.write(waiting.subarray(0, length));
        waiting = waiting.subarray(length);
        started = true;
        left -= 1;
        if (left === 0) return cut();
      }
    });
    server.on('data', (chunk: Buffer) => void (isCut || client.write(chunk)));
    client.on('end', () => server.end());
    server.on('close', () => client.destroy());
    client.on('error', () => server.end());
    server.on('error', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as AddressInfo).port,
    cutAfter(messages, then) {
      left = messages;
      onCut = then;
    },
    async released() {
      await Promise.all(servers.map((server) => server.closed || once(server, 'close')));
    },
    close: () => void proxy.close(),
  };
}

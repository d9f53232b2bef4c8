import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A wire between a client and a server, with everything that happens to wires. */
export interface FaultyWire {
  readonly port: number;
  /** What went wrong on it so far. */
  readonly faults: { dropped: number; cut: number; stalled: number };
  /** The server is somewhere else from now on. */
  leadTo(port: number): void;
  /** Lets so many answers in a hundred reach nobody: the request arrives, is carried out, and the connection breaks at the first byte that comes back. */
  dropAnswers(percent: number): void;
  /** Breaks every connection that stands. */
  cut(): void;
  /** Nothing passes for a while, in either direction, and nobody is told. */
  stall(milliseconds: number): Promise<void>;
  close(): void;
}

/** @param random from 0 to 1, for which answers are dropped */
export async function faultyWire(upstream: number, random: () => number): Promise<FaultyWire> {
  const faults = { dropped: 0, cut: 0, stalled: 0 };
  const standing = new Set<Socket>();
  let [target, percent, isStalled] = [upstream, 0, false];

  const wire = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    for (const socket of [client, server]) {
      standing.add(socket);
      if (isStalled) socket.pause();
      socket.setNoDelay(true).on('error', () => socket.destroy());
      socket.on('close', () => {
        standing.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (bytes) => void server.write(bytes));
    server.on('data', (bytes) => {
      if (random() * 100 >= percent) return void client.write(bytes);
      faults.dropped += 1;
      client.destroy();
    });
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');

  return {
    port: (wire.address() as AddressInfo).port,
    faults,
    leadTo(port) {
      target = port;
    },
    dropAnswers(share) {
      percent = share;
    },
    cut() {
      faults.cut += standing.size / 2;
      for (const socket of standing) socket.destroy();
    },
    async stall(milliseconds) {
      isStalled = true;
      faults.stalled += 1;
      for (const socket of standing) socket.pause();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      isStalled = false;
      for (const socket of standing) socket.resume();
    },
    close() {
      for (const socket of standing) socket.destroy();
      wire.close();
    },
  };
}

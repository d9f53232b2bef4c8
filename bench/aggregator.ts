import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// An aggregator in a process of its own: it takes everything, and remembers what it was asked.

/** What it has seen. */
export interface Seen {
  readonly port: number;
  readonly requests: number;
  readonly references: number;
  /** References that came with more than one text or phone. */
  readonly changed: number;
  /** From the first request to the last, in seconds. */
  readonly seconds: number;
}

let first = 0;
let last = 0;
let requests = 0;
let changed = 0;
const bodies = new Map<string, string>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const { reference } = JSON.parse(body.toString()) as { reference: string };
    const digest = createHash('sha1').update(body).digest('base64');
    const known = bodies.get(reference);
    if (known === undefined) bodies.set(reference, digest);
    else if (known !== digest) changed += 1;
    requests += 1;
    last = performance.now();
    first ||= last;
    response.writeHead(202, { 'content-type': 'application/json' }).end(`{"id":"agg-${reference}"}`);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => tell());
const tell = () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, requests, references: bodies.size, changed, seconds: (last - first) / 1000 } satisfies Seen);
};
process.on('message', (order) => {
  if (order === 'tell') return tell();
  first = last = requests = changed = 0;
  bodies.clear();
});

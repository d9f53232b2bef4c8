import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { sealCredentials } from '../src/messaging/gateways/credentials.ts';
import { freePort, type KeyRing, newId } from '../src/platform/index.ts';
import { fillQueue } from '../test/support/queue.ts';
import type { Seen } from './aggregator.ts';
import { note, sayFigures } from './figures.ts';
import { makePaymentFrame } from './payment-frame.ts';
import { postgresTime } from './processes.ts';
import type { BenchServer } from './server.ts';
import { onStage, type Stage } from './stage.ts';

const MESSAGES = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
/** For the figure itself. */
const MEASURED = Math.min(MESSAGES, 20_000);
const CONNECTIONS = 16;
/** At which shares of the queue the worker is killed, and the Redis that tells it when. */
const KILLS = [0.2, 0.5, 0.8];
const WAIT_MS = 200;

/**
 * Messages with codes through the generic gateway by one worker, beside a bare client that posts the same bodies to the same aggregator. Then a queue
 * whose worker and Redis are killed on the way: what was lost, and what was said twice.
 */
async function main({ client, keyRing, serve }: Stage): Promise<void> {
  const aggregator = fork(fileURLToPath(new URL('./aggregator.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  let server: BenchServer | undefined;
  let redis: ChildProcess | undefined;
  const seen = async (order: 'tell' | 'forget' = 'tell'): Promise<Seen> => {
    const told = once(aggregator, 'message');
    if (order === 'forget') aggregator.send('forget');
    aggregator.send('tell');
    return ((await told) as [Seen])[0];
  };
  try {
    const { port } = ((await once(aggregator, 'message')) as [Seen])[0];
    const frame = { ...(await makePaymentFrame(client)), wilaya: '16' };
    await addGateway(client, keyRing, port);
    const left = async () => Number((await client.query(`select count(*) from messages where state = 'pending'`)).rows[0].count);

    const floor = await bare(port, MEASURED);
    note('bare client, messages/s', floor.toFixed(0));

    await seen('forget');
    await fillQueue(client, keyRing, frame, MEASURED);
    const database = await postgresTime(client);
    server = await serve();
    const before = { server: server.computed(), database: database() };
    while ((await left()) > 0) await nap();
    const measured = await seen();
    const perSecond = measured.requests / measured.seconds;
    note('one worker, messages/s', `${perSecond.toFixed(0)} (${measured.requests} in ${measured.seconds.toFixed(1)} s)`);
    note('  to the bare client', (perSecond / floor).toFixed(2));
    note(
      '  worker + database computed per message, µs',
      [server.computed() - before.server, database() - before.database].map(perMessage).join(' + '),
    );
    note('  memory of the worker, MiB', server.memory().toFixed(0));
    await server.stop();

    await seen('forget');
    await client.query('truncate messages cascade');
    await fillQueue(client, keyRing, frame, MESSAGES);
    const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
    const started = performance.now();
    for (const share of [...KILLS, 1]) {
      const redisPort = await freePort();
      if (hasRedis) redis = spawn('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
      server = await serve(hasRedis ? { REDIS_URL: `redis://127.0.0.1:${redisPort}` } : {});
      while ((await left()) > MESSAGES * (1 - share)) await nap();
      await server.kill();
      redis?.kill('SIGKILL');
    }
    const all = await seen();
    note(`queue of ${MESSAGES}, killed ${KILLS.length} times${hasRedis ? ' with its Redis' : ''}, seconds`, seconds(started));
    note('  lost', String(MESSAGES - all.references));
    note('  sent twice, each the same text under the same reference', String(all.requests - all.references));
    note('  repeats that said something else', String(all.changed));
    sayFigures();
  } finally {
    aggregator.kill();
    redis?.kill('SIGKILL');
    await server?.kill();
  }
}

const nap = () => new Promise((resolve) => setTimeout(resolve, WAIT_MS));
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);
const perMessage = (sum: number): string => ((sum / MEASURED) * 1e6).toFixed(0);

async function addGateway(client: pg.Client, keyRing: KeyRing, port: number): Promise<void> {
  const id = newId();
  const settings = {
    url: `http://127.0.0.1:${port}/sms`,
    headers: { authorization: 'Bearer {secret.token}' },
    body: { to: '{to}', text: '{text}', reference: '{reference}' },
    reference: '/id',
    connections: CONNECTIONS,
  };
  await client.query(
    `with made as (insert into gateways (id, name, kind, position, per_second, settings, credentials, enabled, changed_by, enabled_by, created_by, created_at)
      values ($1, 'Bench', 'http', 1, 10000, $2, $3, true, array[$1::uuid], gen_random_uuid(), $1, now()) returning id)
    insert into gateway_paces (gateway_id) select id from made`,
    [id, settings, sealCredentials(keyRing, id, { token: 'secret-token' })],
  );
}

/** Posts as many bodies of the same kind as fast as a bare client can, on as many connections. @returns messages a second */
async function bare(port: number, messages: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const text = 'Votre code : 123 456 789. Montant : 15000.00 DZD. Réf. 12345678901234. Retrait au bureau de poste jusqu’au 31/12/2026.';
  const post = (n: number) =>
    new Promise<void>((resolve, reject) => {
      const body = JSON.stringify({ to: `+2136${String(n).padStart(8, '0')}`, text, reference: randomUUID() });
      const headers = {
        authorization: 'Bearer secret-token',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const asked = request({ port, host: '127.0.0.1', method: 'POST', path: '/sms', headers, agent }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        JSON.parse(Buffer.concat(chunks).toString());
        resolve();
      });
      asked.on('error', reject);
      asked.end(body);
    });
  const queue = Array.from({ length: messages }, (_none, n) => n).values();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const n of queue) await post(n);
    }),
  );
  agent.destroy();
  return messages / ((performance.now() - started) / 1000);
}

await onStage(main);

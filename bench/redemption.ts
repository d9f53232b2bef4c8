import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { table } from '../scripts/support/table.ts';
import type { KeyRing } from '../src/platform/index.ts';
import { codeOf } from '../src/vouchers/index.ts';
import { floorTransaction, prepareFloor } from './floor.ts';
import { HttpConnection } from './http-connection.ts';
import { type Load, load } from './load.ts';
import { measure, type Result, type Sample } from './measure.ts';
import { postgresTime } from './processes.ts';
import { fillHistory, prepareHistory } from './redemption-history.ts';
import type { BenchServer } from './server.ts';
import { onStage, type Stage } from './stage.ts';

const VOUCHERS = 100_000;
const CONCURRENCIES = [1, 16, 64];
const SECONDS = 6;
/** What a worker beside the server is told of sealing, by what the table calls it: as it is set by default, and so rarely that it counts as never. */
const SEALING = { off: '3600', on: '5' } as const;
/** Long enough that the sealer comes twice. */
const SEALED_SECONDS = 12;
/** Paid vouchers that are looked back on, with `--history`: at first, and then unless another number is given. */
const HISTORY_BEFORE = 10_000;
const HISTORY_AFTER = 2_000_000;
const HISTORY_CLIENTS = 16;

/**
 * Redemptions over HTTP, with every check, the posting and the audit event, beside what the same PostgreSQL on the same
 * machine does of the plainest transaction there is, first without the audit trail being sealed meanwhile and then with it. The server runs
 * in a process of its own, as in production, and so does the worker that seals. With `--history`, and a number if it is to be another, instead
 * whether they stay as quick however many vouchers were paid before.
 */
async function main(): Promise<void> {
  await onStage(async (stage) => {
    const { client, keyRing, serve } = stage;
    process.stdout.write(`Loading ${VOUCHERS} vouchers…\n`);
    const loaded = await load(client, VOUCHERS, Math.max(...CONCURRENCIES));
    await prepareFloor(client);
    const server = await serve({ SANAD_ROLE: 'api' });
    const redemptions = redeemer(server.port, loaded, keyRing);
    process.stdout.write('Warming up…\n');
    await measure(16, 3, redemptions.next);
    redemptions.close();
    const rows = process.argv.includes('--history')
      ? await acrossHistory(client, server, redemptions)
      : await besideTheFloor(stage, server, redemptions);
    process.stdout.write(`\n${table(rows)}\n\n`);
    const { rows: paid } = await client.query<{ paid: string }>('select count(*) as paid from payouts');
    process.stdout.write(`${paid[0]?.paid} pay-outs in the books.\n`);
  });
}

type Redeemer = ReturnType<typeof redeemer>;

async function besideTheFloor({ client, url, serve }: Stage, api: BenchServer, redemptions: Redeemer): Promise<string[][]> {
  const postgresComputed = await postgresTime(client);
  const rows = [
    ['clients', 'floor/s', 'floor p50', 'floor p99', 'sealer', 'redeemed/s', 'p50 ms', 'p99 ms', 'ratio', 'sealed', 'API µs', 'PG µs'],
  ];
  for (const clients of CONCURRENCIES) {
    const floor = await floorAt(url, clients);
    for (const sealer of ['off', 'on'] as const) {
      const worker = await serve({ SANAD_ROLE: 'all', AUDIT_SEAL_SECONDS: SEALING[sealer], DATABASE_POOL_SIZE: '10' });
      try {
        // A worker seals once when it starts.
        await allSealed(client);
        const [before, apiBefore, postgresBefore] = [await leaves(client), api.computed(), postgresComputed()];
        const redeemed = await measure(clients, SEALED_SECONDS, redemptions.next);
        const each = (seconds: number) => ((seconds * 1e6) / redeemed.count).toFixed(0);
        const computed = [each(api.computed() - apiBefore), each(postgresComputed() - postgresBefore)];
        const sealed = (await leaves(client)) - before;
        redemptions.close();
        const ratio = (redeemed.perSecond / floor.perSecond).toFixed(2);
        rows.push([String(clients), ...figures(floor), sealer, ...figures(redeemed), ratio, String(sealed), ...computed]);
      } finally {
        await worker.stop();
      }
    }
  }
  return rows;
}

/** With few vouchers paid before and with very many: how much slower it becomes, and what a redemption costs the processor. */
async function acrossHistory(client: pg.Client, api: BenchServer, redemptions: Redeemer): Promise<string[][]> {
  const [, asked] = process.argv.slice(process.argv.indexOf('--history'));
  const postgresComputed = await postgresTime(client);
  const rows = [['paid before', 'redeemed/s', 'p50 ms', 'p99 ms', 'of the first', 'API µs', 'PG µs']];
  let paid = 0;
  let first: Result | undefined;
  await prepareHistory(client);
  for (const upTo of [HISTORY_BEFORE, Number(asked ?? HISTORY_AFTER)]) {
    process.stdout.write(`Filling up to ${upTo} paid vouchers…\n`);
    await fillHistory(client, paid, upTo);
    paid = upTo;
    // What the filling left to write is not the redemptions'.
    await client.query('checkpoint');
    await measure(HISTORY_CLIENTS, 3, redemptions.next);
    const [apiBefore, postgresBefore] = [api.computed(), postgresComputed()];
    const redeemed = await measure(HISTORY_CLIENTS, SEALED_SECONDS, redemptions.next);
    const each = (seconds: number) => ((seconds * 1e6) / redeemed.count).toFixed(0);
    redemptions.close();
    first ??= redeemed;
    const ratio = (redeemed.perSecond / first.perSecond).toFixed(2);
    rows.push([String(paid), ...figures(redeemed), ratio, each(api.computed() - apiBefore), each(postgresComputed() - postgresBefore)]);
  }
  return rows;
}

/** Events that have become leaves of the tree. */
async function leaves(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from audit_leaves');
  return rows[0]?.count ?? 0;
}

async function allSealed(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from audit_events');
  while ((await leaves(client)) < (rows[0]?.count ?? 0)) await new Promise((resolve) => setTimeout(resolve, 200));
}

const figures = ({ perSecond, p50, p99 }: Result): string[] => [perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1)];

async function floorAt(url: string, clients: number): Promise<Result> {
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const connection = new pg.Client(url);
      await connection.connect();
      return connection;
    }),
  );
  const result = await measure(clients, SECONDS, (client) => floorTransaction(connections[client] as pg.Client));
  await Promise.all(connections.map((connection) => connection.end()));
  return result;
}

/** Redeems the vouchers one after another; the code of each is known before the clock starts. */
function redeemer(
  port: number,
  { vouchers, agents }: Load,
  keyRing: KeyRing,
): { next(client: number): Promise<Sample | null>; close(): void } {
  // A server hangs up on a connection that stays silent, so each is opened when its client begins.
  const connections: (HttpConnection | undefined)[] = [];
  const codes = vouchers.map(({ id, key_version, counter }) => codeOf(keyRing, { id, keyVersion: key_version, counter }));
  let taken = 0;
  return {
    async next(client) {
      const [voucher, code, teller] = [vouchers[taken], codes[taken], agents[client]];
      taken += 1;
      if (!voucher || !teller) return null;
      const connection = connections[client] ?? (await HttpConnection.open(port));
      connections[client] = connection;
      const body = JSON.stringify({
        officeId: teller.officeId,
        locator: { serial: voucher.serial },
        code,
        documentType: 'passport',
        documentLastFour: '1234',
      });
      const headers = `Authorization: Bearer ${teller.token}\r\nIdempotency-Key: ${randomUUID()}`;
      const started = performance.now();
      const answer = await connection.post('/v1/payouts', headers, body);
      if (answer.status !== 201) throw new Error(`a redemption answered ${answer.status}: ${answer.body}`);
      return { milliseconds: performance.now() - started };
    },
    close: () => {
      for (const connection of connections.splice(0)) connection?.close();
    },
  };
}

await main();

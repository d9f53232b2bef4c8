import { randomUUID } from 'node:crypto';
import { note, sayFigures } from './figures.ts';
import { insertFloor } from './insert-floor.ts';
import { makePaymentFrame, oweGrants, type PaymentFrame } from './payment-frame.ts';
import { postgresTime } from './processes.ts';
import type { BenchServer } from './server.ts';
import { onStage, type Stage } from './stage.ts';

const LINES = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
const MILLION = 1_000_000;
const WAIT_MS = 100;

/** What a step of a list took. */
interface Taken {
  readonly seconds: number;
  /** Processor time of the server, and of the database, in seconds. */
  readonly computed: number;
  readonly database: number;
}

interface Payments extends Pick<Stage, 'client' | 'keyRing'> {
  readonly server: BenchServer;
  readonly frame: PaymentFrame;
}

/**
 * A list through its life, through the API of a server in a process of its own: built, submitted, approved and released, beside what a bare
 * insert of as many rows costs the same PostgreSQL. `--million` goes on to a list of a million lines.
 */
async function main(): Promise<void> {
  await onStage(async ({ client, keyRing, serve }) => {
    const server = await serve();
    const frame = await makePaymentFrame(client);
    await call(server, frame.finance, `/funds/${frame.fundId}/contributions`, {
      amount: { amount: '99999999999.00', currency: 'DZD' },
      receivedOn: '2026-01-01',
      reference: 'BENCH',
    });
    const payments: Payments = { server, client, keyRing, frame };
    note('idle before anything, MiB', server.memory().toFixed(0));
    const small = await lifeOf(payments, LINES);
    const database = await postgresTime(client);
    const before = database();
    const floor = await insertFloor(client, LINES);
    note(`bare insert of ${LINES} rows, rows/s`, (LINES / floor).toFixed(0));
    note('  database computed per row, µs', (((database() - before) / LINES) * 1e6).toFixed(0));
    note('release to a bare insert', (small.release.seconds / floor).toFixed(1));
    note('all of it to a bare insert', (small.all / floor).toFixed(1));
    if (process.argv.includes('--million')) {
      const large = await lifeOf(payments, MILLION);
      note('cost per line of a million to this', (large.all / MILLION / (small.all / LINES)).toFixed(2));
      note('  of their release', (large.release.seconds / MILLION / (small.release.seconds / LINES)).toFixed(2));
    }
    sayFigures();
  });
}

interface List {
  readonly id: string;
  readonly state: string;
  readonly line_count: number;
  readonly digest: string | null;
}

/** Takes a list of so many lines from nothing to released. @returns how long its release took, and all of it, in seconds */
async function lifeOf({ server, client, keyRing, frame }: Payments, lines: number): Promise<{ release: Taken; all: number }> {
  const planId = await oweGrants(client, keyRing, frame, lines);
  const database = await postgresTime(client);
  let all = 0;
  const listOf = async (): Promise<List> => {
    const { rows } = await client.query<List>('select id, state, line_count, digest from payment_lists where name = $1', [planId]);
    return rows[0] ?? { id: '', state: 'building', line_count: 0, digest: null };
  };
  const step = async (name: string, until: string, token: string, path: string, body: object = {}): Promise<Taken> => {
    const before = { server: server.computed(), database: database(), at: performance.now() };
    let memory = 0;
    await call(server, token, path, body);
    for (let list = await listOf(); list.state !== until; list = await listOf()) {
      if (list.state !== 'building' && list.state !== 'releasing') throw new Error(`the list became ${list.state}`);
      memory = Math.max(memory, server.memory());
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    const seconds = (performance.now() - before.at) / 1000;
    const taken = { seconds, computed: server.computed() - before.server, database: database() - before.database };
    note(`${name}, lines/s`, `${(lines / seconds).toFixed(0)} (${lines} in ${seconds.toFixed(2)} s)`);
    note(
      '  server + database computed per line, µs',
      [taken.computed, taken.database].map((sum) => ((sum / lines) * 1e6).toFixed(0)).join(' + '),
    );
    note('  most memory of the server, MiB', Math.max(memory, server.memory()).toFixed(0));
    all += seconds;
    return taken;
  };
  await step('build', 'draft', frame.maker, `/programmes/${frame.programmeId}/payment-lists`, { name: planId, planIds: [planId] });
  const { id } = await listOf();
  await step('submit', 'submitted', frame.maker, `/payment-lists/${id}/submit`);
  const { digest, line_count } = await listOf();
  if (line_count !== lines) throw new Error(`of ${lines} instalments ${line_count} are on the list`);
  await step('approve', 'approved', frame.approver, `/payment-lists/${id}/approve`, { digest });
  const release = await step('release', 'released', frame.finance, `/payment-lists/${id}/release`);
  // What has to be sent now is another figure: bench/redemption.ts.
  await client.query('delete from messages where list_id = $1', [id]);
  await client.query('vacuum analyze payment_list_lines, vouchers, messages');
  return { release, all };
}

async function call(server: BenchServer, token: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(Object.keys(body).length > 0 ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

await main();

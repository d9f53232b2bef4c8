import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { note, sayFigures } from './figures.ts';
import { makePaymentFrame, type PaymentFrame } from './payment-frame.ts';
import { postgresTime } from './processes.ts';
import { makeOffices, payCases, writeStatement } from './reconciliation-cases.ts';
import { checkFindings } from './reconciliation-check.ts';
import type { BenchServer } from './server.ts';
import { onStage } from './stage.ts';
import { statementFloor } from './statement-floor.ts';

const LINES = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
const MILLION = 1_000_000;
const WAIT_MS = 50;

interface Stage {
  readonly folder: string;
  readonly server: BenchServer;
  readonly client: pg.Client;
  readonly frame: PaymentFrame;
  readonly offices: readonly string[];
}

/**
 * The post's statement against as many pay-outs, two lines in a hundred with a defect of some kind: uploaded to a server in a process of its
 * own, staged, matched and named, beside what a bare COPY of the same lines costs the same PostgreSQL. `--million` goes on to a million lines.
 */
async function main(): Promise<void> {
  await onStage(async ({ folder, client, serve }) => {
    const server = await serve();
    const frame = await makePaymentFrame(client);
    const stage: Stage = { folder, server, client, frame, offices: await makeOffices(client) };
    note('idle before anything, MiB', server.memory().toFixed(0));
    const small = await reconcile(stage, 1, LINES);
    if (process.argv.includes('--million')) {
      const large = await reconcile(stage, 2, MILLION);
      note('cost per line of a million to this, in seconds', (large.seconds / small.seconds).toFixed(2));
      note('  in processor time', (large.computed / small.computed).toFixed(2));
      note('  each to a bare COPY of its lines', (large.toFloor / small.toFloor).toFixed(2));
    }
    sayFigures();
  });
}

/** What one line cost, in seconds, and to a bare COPY. */
interface Cost {
  readonly seconds: number;
  readonly computed: number;
  readonly toFloor: number;
}

async function reconcile({ folder, server, client, frame, offices }: Stage, series: number, count: number): Promise<Cost> {
  await payCases(client, frame, offices, series, count);
  const [earlier, path] = [join(folder, 'earlier.csv'), join(folder, 'statement.csv')];
  await writeStatement(earlier, series, count, true);
  await reconciled(client, await upload(server, frame, earlier, 'Earlier', '2026-02-01', '2026-02-28'), () => {});
  const lines = await writeStatement(path, series, count);
  const database = await postgresTime(client);
  const before = { server: server.computed(), database: database(), at: performance.now() };
  let memory = 0;
  const id = await upload(server, frame, path, `Statement ${series}`, '2026-03-01', '2026-03-31');
  const stages = await reconciled(client, id, () => {
    memory = Math.max(memory, server.memory());
  });
  const seconds = (performance.now() - before.at) / 1000;
  const computed = [server.computed() - before.server, database() - before.database] as const;
  note('statement, lines/s', `${(lines / seconds).toFixed(0)} (${lines} in ${seconds.toFixed(2)} s)`);
  for (const [name, at] of Object.entries(stages)) note(`  ${name} after, s`, ((at - before.at) / 1000).toFixed(2));
  note('  server + database computed per line, µs', computed.map((sum) => ((sum / lines) * 1e6).toFixed(0)).join(' + '));
  note('  most memory of the server, MiB', memory.toFixed(0));
  const floor = await statementFloor(client, join(folder, 'postgres'), id);
  note('bare COPY of these lines, lines/s', (lines / floor).toFixed(0));
  note('  statement to a bare COPY', (seconds / floor).toFixed(1));
  const found = await checkFindings(client, id, series, count);
  note(
    'every defect found and named, and no false match',
    `${Object.values(found).reduce((sum, one) => sum + one)} of ${Object.keys(found).length} kinds`,
  );
  return { seconds: seconds / lines, computed: (computed[0] + computed[1]) / lines, toFloor: seconds / floor };
}

/** Waits until a statement is reconciled. @returns when each stage began, in the order that it was seen */
async function reconciled(client: pg.Client, id: string, meanwhile: () => void): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (;;) {
    const { rows } = await client.query<{ state: string; stage: string | null }>(
      `select s.state, (select r.stage from matching_runs r where r.statement_id = s.id order by r.number desc limit 1) as stage
      from statements s where s.id = $1`,
      [id],
    );
    const { state = 'received', stage = null } = rows[0] ?? {};
    if (state === 'refused') throw new Error('the statement was refused');
    const name =
      state === 'staged' && stage ? { clearing: 'staged', matching: 'matching', naming: 'naming', missing: 'missing' }[stage] : state;
    if (name) seen[name] ??= performance.now();
    if (state === 'reconciled') return seen;
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

async function upload(
  { port }: BenchServer,
  { programmeId, finance }: PaymentFrame,
  path: string,
  name: string,
  from: string,
  to: string,
): Promise<string> {
  const query = new URLSearchParams({ name, from, to });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/programmes/${programmeId}/statements?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${finance}`, 'content-type': 'text/csv', 'idempotency-key': randomUUID() },
    body: await openAsBlob(path),
  });
  const body = (await answer.json()) as { statement?: { id: string } };
  if (!body.statement) throw new Error(`the upload answered ${answer.status}: ${JSON.stringify(body)}`);
  return body.statement.id;
}

await main();

import type pg from 'pg';
import { table } from '../scripts/support/table.ts';
import { signIn } from './enrolment-frame.ts';
import { HttpConnection } from './http-connection.ts';
import { type History, makeHistory } from './reports-history.ts';
import { plainly } from './reports-plain.ts';
import type { BenchServer } from './server.ts';
import { onStage } from './stage.ts';

const PAYOUTS = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 2_000_000);
const TIMES = 25;
const LIMIT_MS = 300;

const DAY_MS = 86_400_000;
const today = (): string => new Date().toISOString().slice(0, 10);
const monthAgo = (): string => new Date(Date.now() - 30 * DAY_MS).toISOString().slice(0, 10);

const views = [
  'funnel',
  'funnel?wilayaNumber=16',
  'unpaid-codes',
  'unpaid-codes?groupBy=list',
  'time-to-cash',
  'time-to-cash?groupBy=office',
  'time-to-cash?groupBy=month',
  'office-load',
  'office-load?groupBy=day',
  'office-load?groupBy=hour',
  'sms-delivery',
  'sms-delivery?groupBy=day',
  'duplicates',
  'duplicate-decisions',
  'exceptions',
  'budget',
];

/** Other reports of a programme. */
const reports = [`office-days?from=${monthAgo()}&to=${today()}`, 'exceptions/ageing', 'feedback-report'];
/** What proves the books, and therefore adds up all of them each time: it is held to no limit. */
const proofs = ['identities', 'ledger-periods/next'];

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** How long something takes once it is warm: half of the times, and nineteen of twenty, in milliseconds. */
async function warm(work: () => Promise<unknown>, times = TIMES, before = 7): Promise<{ p50: number; p95: number }> {
  for (let i = 0; i < before; i += 1) await work();
  const taken: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  taken.sort((one, other) => one - other);
  return { p50: at(taken, 0.5), p95: at(taken, 0.95) };
}

async function measure(server: BenchServer, client: pg.Client, { programmeId, fundId }: History): Promise<string[][]> {
  // Not before: whoever looks has not been idle since the history began to be made.
  const token = await signIn(client, programmeId, 'finance_officer');
  // Each measurement has a connection of its own: what is counted plainly in between takes longer than the server keeps one that is idle.
  const timed = async (path: string, times?: number, before?: number): Promise<{ p50: number; p95: number }> => {
    const connection = await HttpConnection.open(server.port);
    const ask = async () => {
      const { status, body } = await connection.get(path, `Authorization: Bearer ${token}`);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
    };
    return warm(ask, times, before).finally(() => connection.close());
  };
  const rows = [['view', 'p50 ms', 'p95 ms', `under ${LIMIT_MS} ms`, 'plain SQL ms', 'times faster']];
  for (const view of [...views.map((name) => `operations/${name}`), ...reports]) {
    const { p50, p95 } = await timed(`/v1/programmes/${programmeId}/${view}`);
    const plain = plainly[view.replace('operations/', '')];
    const baseline = plain && (await warm(() => client.query(plain, [programmeId]), 1, 0)).p50;
    rows.push([
      view,
      p50.toFixed(1),
      p95.toFixed(1),
      p95 < LIMIT_MS ? 'yes' : 'NO',
      baseline ? baseline.toFixed(0) : '',
      baseline ? (baseline / p50).toFixed(0) : '',
    ]);
    process.stdout.write(`${rows.at(-1)?.join('  ')}\n`);
  }
  const { p50, p95 } = await timed(`/v1/funds/${fundId}/report`, 5);
  rows.push(["a donor's report", p50.toFixed(1), p95.toFixed(1), p95 < LIMIT_MS ? 'yes' : 'NO', '', '']);
  for (const proof of proofs) {
    const taken = await timed(`/v1/programmes/${programmeId}/${proof}`, 1, 0);
    rows.push([proof, taken.p50.toFixed(0), '', 'proof', '', '']);
  }
  return rows;
}

/** So many pay-outs are written in one statement where it is asked what noting one costs. */
const NOTED = 1000;

/** What noting a pay-out adds to it, in milliseconds, beside the whole insert with everything that the database checks of one. */
async function costOfNoting(client: pg.Client): Promise<{ noted: number; whole: number }> {
  await client.query('begin');
  await client.query(
    `create temporary table chosen on commit drop as select id, collector_id, amount from vouchers where state = 'activated' limit ${NOTED}`,
  );
  await client.query(`update vouchers set state = 'redeemed' where id in (select id from chosen)`);
  const { rows } = await client.query(
    `explain (analyze, format json) insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at,
      paid_on)
    select gen_random_uuid(), id, md5('office1')::uuid, id, collector_id, amount, 'DZD', 'passport', '1234', now(), (now() at time zone 'Africa/Algiers')::date from chosen`,
  );
  await client.query('rollback');
  const [plan] = rows[0]['QUERY PLAN'];
  const trigger = plan.Triggers.find(({ 'Trigger Name': name }: Record<string, string>) => name === 'noted');
  return { noted: trigger.Time / NOTED, whole: plan['Execution Time'] / NOTED };
}

/** How many changes are added to what is kept in a second. */
async function speedOfFolding(client: pg.Client): Promise<number> {
  await client.query(`update vouchers set state = 'locked' where id in (select id from vouchers where state = 'activated' limit 10000)`);
  const started = performance.now();
  const { rows } = await client.query<{ folded: number }>('select fold_operations(20000, now()) as folded');
  return (rows[0]?.folded ?? 0) / ((performance.now() - started) / 1000);
}

/** Every view of the work at so many pay-outs, through the API of a server in a process of its own, beside counting everything each time. */
async function main(): Promise<void> {
  await onStage(async ({ client, serve }) => {
    const started = performance.now();
    const history = await makeHistory(client, PAYOUTS);
    const made = performance.now();
    process.stdout.write(`a history of ${history.payouts} pay-outs was made in ${((made - started) / 1000).toFixed(0)} s\n`);
    await client.query('set statement_timeout = 0');
    await client.query('select rebuild_operations($1)', [history.programmeId]);
    await client.query('vacuum analyze operations_kept, operations_people');
    const { rows: kept } = await client.query<{ rows: number; size: string }>(
      `select (select count(*)::int from operations_kept) as rows, pg_size_pretty(sum(pg_total_relation_size(relid))) as size
      from pg_partition_tree('operations_kept')`,
    );
    const folded = ((performance.now() - made) / 1000).toFixed(1);
    process.stdout.write(`counted anew from nothing in ${folded} s: ${kept[0]?.rows} figures, ${kept[0]?.size}\n`);
    const { noted, whole } = await costOfNoting(client);
    process.stdout.write(`noting a pay-out takes ${noted.toFixed(3)} ms of the ${whole.toFixed(3)} ms that its row takes\n`);
    process.stdout.write(`${(await speedOfFolding(client)).toFixed(0)} changes a second are added to what is kept\n`);
    const server = await serve();
    process.stdout.write(`\n${table(await measure(server, client, history))}\n`);
  });
}

await main();

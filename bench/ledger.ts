import type pg from 'pg';
import { table } from '../scripts/support/table.ts';
import { exportLedger } from '../src/ledger/export.ts';
import { readBalances, readTrialBalance } from '../src/ledger/queries.ts';
import { readStatement } from '../src/ledger/statement.ts';
import { type Actor, applicationRole, Database, newId } from '../src/platform/index.ts';
import { onStage } from './stage.ts';

const POSTINGS = Number(process.argv[2] ?? 2_000_000);
const TIMES = 5;

/** How long the books take to be read when they are long: a year of pay-outs of one fund at forty offices, before and after eleven months are closed. */
async function main(): Promise<void> {
  await onStage(async ({ url, client }) => {
    const [programmeId, fundId] = [newId(), newId()];
    await write(client, programmeId, fundId);
    const database = new Database({ url, role: applicationRole, poolSize: 4 });
    const db = database.reader;
    const auditor: Actor = { id: newId(), kind: 'user', grants: [{ role: 'auditor', scope: {} }], secondFactorAt: null };
    const { rows: accounts } = await client.query(`select id from accounts where kind = 'vouchers_outstanding'`);
    const outstanding = accounts[0].id;
    const readings: readonly [what: string, read: () => Promise<unknown>][] = [
      ['balances of the fund in the middle of the year', () => readBalances(db, auditor, fundId, '2026-06-30T12:00:00Z')],
      ['balances of the fund now', () => readBalances(db, auditor, fundId, undefined)],
      ['trial balance at the end of the year', () => readTrialBalance(db, auditor, programmeId, { at: '2026-12-31T12:00:00Z' })],
      ['trial balance of December', () => readTrialBalance(db, auditor, programmeId, { from: '2026-12-01', to: '2026-12-31' })],
      [
        'statement of the busiest account, first page of June',
        () => readStatement(db, auditor, outstanding, { from: '2026-06-01', limit: 200 }),
      ],
    ];
    const rows = [['what', 'open, ms', 'eleven months closed, ms']];
    const open = [];
    for (const [, read] of readings) open.push(await timed(read));
    await closeMonths(client, programmeId, fundId);
    for (const [i, [what, read]] of readings.entries()) rows.push([what, open[i] ?? '', await timed(read)]);
    const started = performance.now();
    let bytes = 0;
    for await (const chunk of (await exportLedger(db, auditor, programmeId, {})).chunks) bytes += chunk.length;
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${table(rows)}\ngeneral ledger as CSV: ${(bytes / 1024 ** 2).toFixed(0)} MiB in ${seconds.toFixed(1)} s, `);
    process.stdout.write(
      `${(POSTINGS / seconds).toFixed(0)} postings/s, ${(process.memoryUsage().rss / 1024 ** 2).toFixed(0)} MiB resident\n`,
    );
    await database.close();
  });
}

/** The median of some runs, in milliseconds. */
async function timed(read: () => Promise<unknown>): Promise<string> {
  const taken: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    const started = performance.now();
    await read();
    taken.push(performance.now() - started);
  }
  return (taken.sort((one, other) => one - other)[Math.floor(TIMES / 2)] ?? 0).toFixed(1);
}

// Past the triggers, which look at every entry by itself: the rows are what they would let in.
async function write(client: pg.Client, programmeId: string, fundId: string): Promise<void> {
  await client.query('set session_replication_role = replica');
  await client.query(
    `insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit,
      created_by, created_at) values ($1, 'BENCH', 'Bench', 'DZD', 'Africa/Algiers', '2026-01-01', '2026-12-31', 60, 0.8, 0.2, $1, now())`,
    [programmeId],
  );
  await client.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at) values ($1, $2, 'Donor', 'AG-1', 'DZD', $1, now())`,
    [fundId, programmeId],
  );
  await client.query(
    `insert into accounts (id, kind, fund_id, currency, office_id)
    select gen_random_uuid(), 'vouchers_outstanding', $1::uuid, 'DZD', null
    union all select gen_random_uuid(), 'payable_to_post', $1, 'DZD', gen_random_uuid() from generate_series(1, 40)`,
    [fundId],
  );
  await client.query(
    `with offices as (select array_agg(id) as ids from accounts where kind = 'payable_to_post'),
      entries as (insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id)
        select gen_random_uuid(), '2026-01-01'::timestamptz + n * (interval '364 days' / $3), 'payout', $1, $2, 'payout', gen_random_uuid()
        from generate_series(1, $3) n returning id, at)
    insert into postings (entry_id, leg, account_id, amount, currency, at)
    select e.id, leg, case leg when 1 then (select id from accounts where kind = 'vouchers_outstanding') else ids[1 + abs(hashtext(e.id::text)) % 40] end,
      case leg when 1 then 15000 else -15000 end, 'DZD', e.at
    from entries e cross join offices cross join generate_series(1, 2) leg`,
    [programmeId, fundId, POSTINGS / 2],
  );
  await client.query('set session_replication_role = origin');
  await client.query('vacuum analyze');
}

async function closeMonths(client: pg.Client, programmeId: string, fundId: string): Promise<void> {
  for (let month = 1; month <= 11; month += 1) {
    await client.query(
      `with p as (insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
          select gen_random_uuid(), $1, $2::int, s, (s + interval '1 month')::date - 1, s::timestamp at time zone 'Africa/Algiers',
            (s + interval '1 month')::timestamp at time zone 'Africa/Algiers', now() from make_date(2026, $2::int, 1) s returning id)
      insert into ledger_closings select id, 1, id, '2027-01-01', '[{"check": "identities", "holds": true}]' from p`,
      [programmeId, month],
    );
    await client.query(
      `insert into ledger_closing_balances select p.id, 1, a.id, balance_until(a.id, p.until_at) from ledger_periods p join accounts a on a.fund_id = $2
      where p.programme_id = $1 and p.number = $3`,
      [programmeId, fundId, month],
    );
    await client.query(`update ledger_periods set state = 'closed' where programme_id = $1 and number = $2`, [programmeId, month]);
  }
  await client.query('vacuum analyze');
}

await main();

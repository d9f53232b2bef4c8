import type pg from 'pg';
import { table } from '../scripts/support/table.ts';
import { createApp } from '../src/app.ts';
import { assistanceJobs } from '../src/assistance/index.ts';
import { applicationRole, createLogger, newId, readConfig, ShiftedClock } from '../src/platform/index.ts';
import { postgresTime } from './processes.ts';
import { onStage } from './stage.ts';

const PEOPLE = Number(process.argv[2] ?? 1_000_000);

/** So many people enrolled and found eligible, each in a household of their own, and a stipend that is to be made out for them. */
async function prepare(client: pg.Client, startsOn: string, endsOn: string): Promise<string> {
  const [programme, plan, scorecard] = [newId(), newId(), newId()];
  await client.query('begin');
  await client.query(
    `insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit,
      created_by, created_at) values ($1, 'BENCH', 'Bench', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 0.2, $1, '2020-01-01')`,
    [programme],
  );
  await client.query(
    `insert into approval_rules (programme_id, version, from_amount, step, role, signatures) values ($1, 1, 0, 1, 'approver', 1)`,
    [programme],
  );
  // The rows come ready-made, past the triggers that watch over how they come about.
  await client.query('set local session_replication_role = replica');
  await client.query(`insert into wilayas values ('16', 'DZ-16', 'DZ001', 'Alger', 'الجزائر', null, '1984-02-04')`);
  await client.query(`insert into scorecards values ($1, $2, 1, '{"threshold": 0}', $1, '2020-01-01')`, [scorecard, programme]);
  await client.query(
    `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, starts_on, ends_on, every, due_at, is_open,
      scorecard_id, created_by, created_at)
    values ($1, $2, 1, 'stipend', 'Bench', 'rent', $3, 'DZD', $4, $5, 'month', 'start', false, $6, $1, '2020-01-01')`,
    [
      plan,
      programme,
      {
        rule: 'by_household_size',
        amounts: [
          { fromSize: 1, amount: '10000.00' },
          { fromSize: 4, amount: '15000.00' },
        ],
      },
      startsOn,
      endsOn,
      scorecard,
    ],
  );
  await client.query(
    `create temporary table people on commit drop as select n, (lpad(to_hex(n), 12, '0') || substr(md5(n::text), 1, 20))::uuid as id,
      gen_random_uuid() as household from generate_series(1, ${PEOPLE}) n`,
  );
  await client.query(
    `insert into households (id, programme_id, reference, size, created_at) select household, $1, n, 1 + n % 8, '2020-01-01' from people`,
    [programme],
  );
  await client.query(
    `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, registered_by, registered_at)
    select id, lpad(n::text, 10, '0'), household, 'head', 'female', 'fr', '16', 'Alger', $1, '2020-01-01' from people`,
    [programme],
  );
  await client.query(
    `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) select $1, id, 'enrolled', $1, '2020-01-01' from people`,
    [programme],
  );
  await client.query(
    `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, findings, assessed_at)
    select $1, id, 1, 'eligible', 1, '', '2020-01-01' from people`,
    [scorecard],
  );
  await client.query('commit');
  await client.query('vacuum analyze households, beneficiaries, enrolments, assessments');
  return plan;
}

/** Makes out the instalments that fall due of a great stipend, beside a bare insert of the same rows. */
async function main(): Promise<void> {
  const rows = [['what', 'rows', 'seconds', 'rows/s', 'PostgreSQL computed', 'MiB']];
  let computed = () => Number.NaN;
  const timed = async (what: string, count: number, work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    const before = computed();
    await work();
    const seconds = (performance.now() - started) / 1000;
    const spent = `${(computed() - before).toFixed(1)} s`;
    const memory = (process.memoryUsage().rss / 1024 ** 2).toFixed(0);
    rows.push([what, String(count), seconds.toFixed(1), (count / seconds).toFixed(0), spent, memory]);
    return seconds;
  };
  await onStage(async ({ folder, url, client, keys }) => {
    computed = await postgresTime(client);
    const clock = new ShiftedClock();
    const month = (n: number) => {
      const now = clock.now();
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n, 1)).toISOString().slice(0, 10);
    };
    const plan = await prepare(client, month(1), month(13));
    const config = readConfig({ SANAD_ENV: 'test', SANAD_DATA_DIR: folder, ...keys });
    const app = createApp({ config, address: { url, role: applicationRole, poolSize: 4 }, clock, logger: createLogger('error') });
    const [job] = assistanceJobs({ db: app.database.reader, execute: app.execute, clock });
    const generate = async () => job?.run({});
    const due = async (): Promise<number> =>
      Number((await client.query(`select count(*) from instalments where plan_id = $1 and state = 'due'`, [plan])).rows[0].count);

    clock.skip(Date.parse(`${month(1)}T12:00:00Z`) - clock.now().getTime());
    await timed('joined, and first period made out', PEOPLE, generate);
    clock.skip(31 * 86_400_000);
    const made = await timed('next period made out', PEOPLE, generate);
    if ((await due()) !== 2 * PEOPLE) throw new Error(`there are ${await due()} instalments, and not two for each`);
    // The same rows under the same keys, indexes and checks of a row, without deciding anything.
    await client.query('create table bare (like instalments including all)');
    const bare = await timed('bare insert of the same rows', PEOPLE, () =>
      client.query('insert into bare select * from instalments where plan_id = $1 and period = 2', [plan]),
    );
    clock.skip(21 * 86_400_000);
    await timed('a week of outage later, nothing twice', 0, async () => {
      await generate();
      await generate();
    });
    const rate = PEOPLE / made;
    process.stdout.write(
      `\n${table(rows)}\n\nGeneration takes ${(made / bare).toFixed(2)} times a bare insert, ${rate.toFixed(0)} a second.\n`,
    );
    await app.close();
  });
}

await main();

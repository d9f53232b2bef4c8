import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ShiftedClock } from './clock.ts';
import { Database } from './database.ts';
import { newId } from './ids.ts';
import { connectJobs, Interrupted, type Job, type Jobs } from './jobs.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { sql } from './sql.ts';

const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

async function answers(url: string): Promise<boolean> {
  const connection = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  connection.on('error', () => undefined);
  try {
    return (await connection.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    connection.disconnect();
  }
}

const servers = [
  { name: 'PostgreSQL', url: undefined, up: true },
  { name: 'Redis', url: redisUrl, up: await answers(redisUrl) },
];

const person = 'Amina Benali +213550000001';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(servers)('jobs on $name', ({ name, url, up }) => {
  let clone: TestDatabase;
  let database: Database;
  let clock: ShiftedClock;
  const log: string[] = [];
  const open: Jobs[] = [];

  beforeAll(async () => {
    clone = await cloneDatabase();
    database = new Database(clone.address);
    clock = new ShiftedClock();
  });
  beforeEach(({ skip }) => skip(!up, `no ${name} answers at ${url}`));
  afterAll(async () => {
    await Promise.all(open.map((jobs) => jobs.close()));
    await database.close();
    if (url && up) await forget(url, clone.name);
    await clone.drop();
  });

  /** Another process, as far as the queue can tell. */
  function connect(redis = url): Jobs {
    const logger = createLogger('info', { write: (line) => log.push(line) });
    const jobs = connectJobs({
      database,
      address: clone.address,
      redisUrl: redis,
      clock,
      logger,
      metrics: createMetrics(false),
      prefix: clone.name,
    });
    open.push(jobs);
    return jobs;
  }

  async function leave(jobs: Jobs): Promise<void> {
    open.splice(open.indexOf(jobs), 1);
    await jobs.close();
  }

  /** Records a follow-up as the command runner does. */
  async function record(
    job: string,
    payload: Record<string, string> = {},
  ): Promise<{ id: string; job: string; payload: Record<string, string> }> {
    const id = newId();
    await database.transaction((tx) => tx.insert('follow_ups', [{ id, job, payload, created_at: clock.now() }]));
    return { id, job, payload };
  }

  const left = (id: string) =>
    database.reader.first<{ attempts: number; last_error: string | null; due_at: Date | null }>(
      sql`select attempts, last_error, due_at from follow_ups where id = ${id}`,
    );

  it('carry out what was recorded, with its payload, and then forget it', async () => {
    const ran: unknown[] = [];
    const jobs = connect();
    await jobs.work([{ name: 'tell', run: async (payload) => void ran.push(payload) }]);
    const followUps = await Promise.all(['1', '2', '3'].map((row) => record('tell', { row })));
    await jobs.start(followUps);
    await jobs.drained();
    expect(ran).toHaveLength(3);
    expect(ran).toEqual(expect.arrayContaining([{ row: '1' }, { row: '2' }, { row: '3' }]));
    await leave(jobs);
  });

  it('lose nothing when the queue never hears of it', async () => {
    let ran = 0;
    const jobs = connect();
    await jobs.work([
      {
        name: 'lost',
        run: async () => {
          ran += 1;
        },
      },
    ]);
    const { id } = await record('lost'); // and never started, as after a crash between commit and queue
    await pause(300);
    expect(ran).toBe(0);
    clock.skip(31_000);
    await jobs.drained();
    expect(ran).toBe(1);
    expect(await left(id)).toBeUndefined();
    await leave(jobs);
  });

  it('lose nothing when the queue loses everything', async () => {
    const ran: string[] = [];
    const asking = connect();
    await asking.start([await record('wiped')]);
    if (url) await forget(url, clone.name);
    else
      await clone.owner.query(`do $$ declare t text; begin for t in select tablename from pg_tables where schemaname = 'bullmq'
      and tablename !~ 'migration' loop execute format('truncate bullmq.%I cascade', t); end loop; end $$`);
    const working = connect();
    await working.work([
      { name: 'wiped', run: async () => void ran.push('wiped') },
      { name: 'tick', everySeconds: 1, run: async () => void ran.push('tick') },
    ]);
    clock.skip(31_000);
    await working.drained();
    expect(ran).toContain('wiped');
    await expect.poll(() => ran.includes('tick'), { timeout: 5_000 }).toBe(true);
    await leave(asking);
    await leave(working);
  });

  it('try again after a pause that grows, and keep nothing personal of what went wrong', async () => {
    let tries = 0;
    const jobs = connect();
    const { id, ...followUp } = await record('fails');
    await jobs.work([
      {
        name: 'fails',
        run: async () => {
          tries += 1;
          if (tries < 3) throw new TypeError(`no such number: ${person}`);
        },
      },
    ]);
    await jobs.start([{ id, ...followUp }]);
    for (const attempts of [1, 2]) {
      await expect.poll(async () => (await left(id))?.attempts, { timeout: 8_000 }).toBe(attempts);
      const row = await left(id);
      expect(row?.last_error).toBe('TypeError');
      const pause = (row?.due_at?.getTime() ?? 0) - clock.now().getTime();
      expect(pause).toBeLessThanOrEqual(1_000 * attempts);
      expect(pause).toBeGreaterThan(1_000 * attempts - 900);
      clock.skip(2_000);
    }
    await jobs.drained();
    expect(tries).toBe(3);
    expect(await everythingIn(url)).not.toMatch(/Benali|213550000001/);
    expect(log.join('')).toContain('job failed');
    await leave(jobs);
  });

  it('keep to their rhythm, once for all processes together', async () => {
    let ran = 0;
    const tick: Job = {
      name: 'tick',
      everySeconds: 1,
      run: async () => {
        ran += 1;
      },
    };
    const processes = [connect(), connect()];
    for (const jobs of processes) await jobs.work([tick]);
    await pause(3_500);
    for (const jobs of processes) await leave(jobs);
    expect(ran).toBeGreaterThanOrEqual(2);
    expect(ran).toBeLessThanOrEqual(5);
  });

  it('finish what runs before they leave', async () => {
    let finished = false;
    const jobs = connect();
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await jobs.work([
      {
        name: 'long',
        run: async () => {
          begun();
          await pause(500);
          finished = true;
        },
      },
    ]);
    const followUp = await record('long');
    await jobs.start([followUp]);
    await beginning;
    await leave(jobs);
    expect(finished).toBe(true);
    expect(await left(followUp.id)).toBeUndefined();
  });

  it('leave long work to another process when theirs ends', async () => {
    const jobs = connect();
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await jobs.work([
      {
        name: 'endless',
        async run(_payload, closing) {
          begun();
          while (!closing?.aborted) await pause(10);
          throw new Interrupted();
        },
      },
    ]);
    const followUp = await record('endless');
    await jobs.start([followUp]);
    await beginning;
    await leave(jobs);
    expect(await left(followUp.id)).toEqual({ attempts: 0, last_error: null, due_at: null });
    const other = connect();
    let ran = 0;
    await other.work([
      {
        name: 'endless',
        run: async () => {
          ran += 1;
        },
      },
    ]);
    clock.skip(31_000);
    await other.drained();
    expect(ran).toBe(1);
    await leave(other);
  });

  it('hold nobody up while the queue cannot be reached', async () => {
    const jobs = connect('redis://127.0.0.1:1');
    const followUp = await record('waits');
    const begun = Date.now();
    await jobs.work([{ name: 'waits', run: async () => undefined }]);
    for (let i = 0; i < 5; i += 1) await jobs.start([followUp]);
    await leave(jobs);
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(await left(followUp.id)).toMatchObject({ attempts: 0 });
    await database.transaction((tx) => tx.run(sql`delete from follow_ups where id = ${followUp.id}`));
  });

  /** All that the queue's server holds of this test, as text. */
  async function everythingIn(redis: string | undefined): Promise<string> {
    if (!redis) {
      const { rows } =
        await clone.owner.query(`select string_agg(query_to_xml(format('select * from bullmq.%I', tablename), true, true, '')::text, '')
        as text from pg_tables where schemaname = 'bullmq'`);
      return rows[0].text;
    }
    const connection = new Redis(redis);
    const keys = await connection.keys(`${clone.name}:*`);
    const texts = await Promise.all(
      keys.map(async (key) => {
        const type = await connection.type(key);
        if (type === 'hash') return JSON.stringify(await connection.hgetall(key));
        if (type === 'stream') return JSON.stringify(await connection.xrange(key, '-', '+'));
        return type === 'string' ? connection.get(key) : '';
      }),
    );
    connection.disconnect();
    return texts.join('');
  }
});

async function forget(url: string, prefix: string): Promise<void> {
  const connection = new Redis(url);
  const keys = await connection.keys(`${prefix}:*`);
  if (keys.length > 0) await connection.del(keys);
  connection.disconnect();
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../../scripts/support/table.ts';
import { readBooks, readMessages, sealed, verify } from './books.ts';
import { type FaultyWire, faultyWire } from './faulty-wire.ts';
import { type Mortal, platformProcess, redisProcess } from './mortal.ts';
import { telephones } from './outbox.ts';
import { type MortalPostgres, mortalPostgres } from './postgres.ts';
import { emptyLedger, work } from './tellers.ts';
import { makeWorld, type World } from './world.ts';

/** The suite runs each fault once; `npm run chaos` goes round so many times. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 1);
const LONG = ROUNDS > 1;
const PEOPLE = LONG ? 60 : 16;
/** Answers in a hundred that never reach the counter, though what was asked has been done. */
const DROPPED = 15;
const CLIENTS = 8;

describe('pay-outs while everything that can die dies', () => {
  let [postgres, database, api, worker, http, world] = [] as unknown as [MortalPostgres, FaultyWire, Mortal, Mortal, FaultyWire, World];
  let redis: Mortal | undefined;

  /** What happens, in the order in which it does; each while a list is being sent and paid out. */
  const faults: readonly (readonly [name: string, happen: () => Promise<void>])[] = [
    ['kill -9 the API', () => api.killAndRevive()],
    ['kill -9 Redis', async () => redis?.killAndRevive()],
    ['stall the network to PostgreSQL', () => database.stall(LONG ? 4_000 : 1_500)],
    [
      'kill -9 PostgreSQL',
      async () => {
        await postgres.killAndRevive();
        database.leadTo(postgres.port());
      },
    ],
    ['cut every connection to PostgreSQL', async () => database.cut()],
    ['stall the network to the API', () => http.stall(LONG ? 3_000 : 500)],
    ['kill -9 the worker', () => worker.killAndRevive()],
  ];

  beforeAll(async () => {
    postgres = await mortalPostgres(await mkdtemp(join(tmpdir(), 'sanad-chaos-')), LONG);
    redis = await redisProcess(LONG);
    const redisUrl = redis && `redis://127.0.0.1:${redis.port}`;
    world = await makeWorld(postgres, faults.length * ROUNDS, PEOPLE, redisUrl);
    database = await faultyWire(postgres.port(), Math.random);
    const settings = { ...world.settings, DATABASE_URL: postgres.url(database.port), DATABASE_POOL_SIZE: '12' };
    api = await platformProcess('api', settings);
    worker = await platformProcess('worker', settings);
    http = await faultyWire(api.port, Math.random);
    http.dropAnswers(DROPPED);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([api?.stop(), worker?.stop()]);
    for (const wire of [http, database]) wire?.close();
    await world?.close();
    await redis?.stop();
    await postgres?.stop();
  });

  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const until = async (what: string, done: () => Promise<boolean> | boolean, seconds: number): Promise<boolean> => {
    for (const end = Date.now() + seconds * 1_000; Date.now() < end; await pause(25)) if (await done()) return true;
    if (LONG) throw new Error(`${what} did not come about within ${seconds} seconds`);
    return false;
  };

  it('are each in the books once, none twice, and none that was acknowledged is lost', { timeout: 3_600_000 }, async () => {
    const [ledger, phones] = [emptyLedger(), telephones(world.platform.dataDir)];
    let isOver = false;
    const clients = Array.from({ length: CLIENTS }, (_, n) => {
      const [here, there] = [world.tellers[n % 4], world.tellers[(n + 1) % 4]];
      if (!here || !there) return expect.fail('there are four tellers');
      return work(`http://127.0.0.1:${http.port}`, [here, there], phones.next, ledger, () => isOver);
    });
    const started = Date.now();
    let released = 0;
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, happen] of faults) {
        await world.release();
        released += PEOPLE;
        // In the middle of it: some of the list have their cash, others do not; and a worker dies while it sends.
        if (name === 'kill -9 the worker') await pause(Math.random() * 200);
        else await until(`the beginning of a list (${name})`, () => ledger.acknowledged.size >= released - PEOPLE * 0.8, LONG ? 120 : 4);
        await happen();
      }
    await until('everybody having their cash', () => ledger.acknowledged.size === world.vouchers, LONG ? 240 : 4);
    isOver = true;
    await Promise.all(clients);

    const url = postgres.url();
    await sealed(url);
    const [books, messages] = [await readBooks(url), await readMessages(url)];
    await Promise.all([api.stop(), worker.stop()]);
    const verified = await verify(world.settings, url);
    const seconds = (Date.now() - started) / 1_000;
    const unheard = [...books.payouts.keys()].filter((serial) => !ledger.acknowledged.has(serial));
    process.stdout.write(
      `\n${table([
        ['seconds', seconds.toFixed(1)],
        ['vouchers', String(world.vouchers)],
        ['requests of counters', String(ledger.requests)],
        ['  repeated under their key', String(ledger.repeats)],
        ['  answers that never arrived', String(http.faults.dropped)],
        ['kills of the API', String(api.deaths)],
        ['kills of the worker', String(worker.deaths)],
        ['kills of PostgreSQL', String(postgres.deaths)],
        ['kills of Redis', redis ? String(redis.deaths) : 'none here'],
        ['connections cut', String(database.faults.cut)],
        ['stalls of the network', String(database.faults.stalled + http.faults.stalled)],
        ['pay-outs acknowledged', String(ledger.acknowledged.size)],
        ['pay-outs in the books', String(books.counts.payouts)],
        ['  acknowledged and not there', String([...ledger.acknowledged.keys()].filter((serial) => !books.payouts.has(serial)).length)],
        ['  there twice', String([...books.payouts.values()].filter(({ length }) => length > 1).length)],
        ['messages accepted', String(messages.accepted)],
        ['  that arrived twice, word for word', String(phones.messages.repeated)],
        ['  that wait', String(messages.pending)],
        ['sanad verify', verified.status === 0 ? 'clean' : verified.said],
      ])}\n${[...ledger.refused].map(([code, n]) => `  ${code} ${n}`).join('\n')}\n\n`,
    );

    // Every acknowledged pay-out is the one in the books, and there is no other of its voucher.
    for (const [serial, id] of ledger.acknowledged) expect(books.payouts.get(serial), serial).toEqual([id]);
    expect([...ledger.contradicted]).toEqual([]);
    const { payouts } = books.counts;
    expect(books.counts).toEqual({ redeemed: payouts, payouts, entries: payouts, postings: payouts, events: payouts, answers: payouts });
    // Nobody handed over cash for these, for the counter gave up before it heard: at most one for each that was in the middle of it.
    expect(unheard.length).toBeLessThanOrEqual(LONG ? 0 : CLIENTS * 2);
    expect([...ledger.refused.keys()].filter((code) => !['already_paid', 'gave_up'].includes(code))).toEqual([]);
    expect(verified, verified.said).toMatchObject({ status: 0 });
    // Each message was accepted, or waits and will be taken; a repeat says what the first said.
    expect(messages).toMatchObject({ failed: 0, missing: 0 });
    expect(messages.accepted + messages.pending).toBe(world.vouchers);
    expect(phones.messages).toMatchObject({ different: 0 });
    if (LONG) expect([ledger.acknowledged.size, messages.pending]).toEqual([world.vouchers, 0]);
    expect(ledger.acknowledged.size).toBeGreaterThan(world.vouchers / 2);
    expect([ledger.repeats, http.faults.dropped].every((n) => n > 0)).toBe(true);
  });
});

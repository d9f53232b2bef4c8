import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { rotate } from '../../src/keys-cli.ts';
import { ConfigError, sql } from '../../src/platform/index.ts';
import { admitKeys } from '../../src/server.ts';
import { keysOf, processBeside, type SealedWorld, sealedWorld } from './sealed-world.ts';

const DAY_MS = 86_400_000;
const out = { print: () => {}, say: () => {} };

describe('a process that starts', () => {
  let world: SealedWorld;
  const started: App[] = [];
  beforeAll(async () => {
    world = await sealedWorld();
  }, 120_000);
  afterAll(async () => {
    for (const app of started) await app.close();
    await world.platform.close();
  });

  const keyed = (environment: Readonly<Record<string, string>>): App => {
    const app = processBeside(world.platform, environment);
    started.push(app);
    return app;
  };
  const complaintOf = (environment: Readonly<Record<string, string>>): Promise<string> =>
    admitKeys(keyed(environment), world.platform.clock).then(
      () => '',
      (error) => {
        if (error instanceof ConfigError) return error.message;
        throw error;
      },
    );
  const known = async () =>
    (await world.platform.owner.query('select version from known_keys order by 1')).rows.map(({ version }) => version);

  it('is told what a database needs whose keys nobody has noted', async () => {
    const complaint = await complaintOf(keysOf([2]));
    expect(complaint).toMatch(/^SANAD_MASTER_KEYS: version 1 is missing and still needed; add it again/);
    expect(complaint).toContain('beneficiaries.data_key: 18, until "sanad keys rotate" has run');
    expect(complaint).toContain('codes of vouchers: 3, until ');
    expect(complaint).not.toContain('beneficiaries.names');
    expect(await known()).toEqual([]);
  });

  it('notes the key that it seals under, and the index key, once', async () => {
    expect(await complaintOf(keysOf([1]))).toBe('');
    expect(await known()).toEqual([0, 1]);
    // Another version that waits on the key ring is not in use yet.
    expect(await complaintOf(keysOf([1, 2], 1))).toBe('');
    expect(await known()).toEqual([0, 1]);
    const { rows } = await world.platform.owner.query(`select subject_id from audit_events where command = 'keys.adopt' order by 1`);
    expect(rows.map(({ subject_id: id }) => id)).toEqual(['index', 'master/1']);
  });

  it('asks the database one thing when no key is missing', async () => {
    const app = keyed(keysOf([1]));
    const asked: string[] = [];
    const { reader } = app.database;
    const counting = {
      all: <Row>(statement: Parameters<typeof reader.all>[0]) => {
        asked.push(statement.text);
        return reader.all<Row>(statement);
      },
      first: <Row>(statement: Parameters<typeof reader.first>[0]) => {
        asked.push(statement.text);
        return reader.first<Row>(statement);
      },
    };
    await admitKeys({ ...app, database: { reader: counting } as unknown as App['database'] }, world.platform.clock);
    expect(asked).toHaveLength(1);
  });

  it('does not with another key under the same number, or another index key', async () => {
    const other = randomBytes(32).toString('base64');
    expect(await complaintOf({ ...keysOf([1]), SANAD_MASTER_KEYS: `1:${other}` })).toMatch(/^SANAD_MASTER_KEYS: version 1 is another key/);
    expect(await complaintOf({ ...keysOf([1]), SANAD_INDEX_KEY: other })).toMatch(/^SANAD_INDEX_KEY: is another key/);
  });

  it('does not without a version that something is sealed under', async () => {
    expect(await complaintOf(keysOf([2]))).toContain('version 1 is missing and still needed');
    expect(await known()).toEqual([0, 1]);
  });

  it('does not after a rotation either, as long as codes and answers are live', async () => {
    const next = keyed(keysOf([1, 2]));
    await admitKeys(next, world.platform.clock);
    expect(await known()).toEqual([0, 1, 2]);
    expect(await rotate(next, world.platform.clock, out)).toBe(0);
    const complaint = await complaintOf(keysOf([2]));
    expect(complaint).toContain('version 1 is missing and still needed');
    expect(complaint).toMatch(/idempotency_keys\.answer: \d+, until 20\d\d-\d\d-\d\d \d\d:\d\d UTC at the latest/);
    expect(complaint).toMatch(/codes of vouchers: 3, until 20\d\d-\d\d-\d\d \d\d:\d\d UTC at the latest/);
    expect(complaint).toMatch(/codes of self-registrations: 1, until /);
    expect(complaint).not.toContain('beneficiaries');
  });

  it('does when all that is over, and the version is forgotten', async () => {
    const { platform, vouchers, agent, frame } = world;
    platform.clock.skip(70 * DAY_MS);
    for (const job of ['vouchers.expire', 'platform.forget_idempotency_keys', 'intake.expire_self_registrations'])
      await platform.app.jobs.trigger(job);
    await platform.settled();
    const next = keyed(keysOf([2]));
    await expect.poll(() => admitKeys(next, platform.clock).then(() => 'started', String), { timeout: 20_000 }).toBe('started');
    expect(await known()).toEqual([0, 2]);
    const { rows } = await platform.owner.query(`select subject_id from audit_events where command = 'keys.retire'`);
    expect(rows).toEqual([{ subject_id: 'master/1' }]);

    // A code of then is nobody's code, and no fault of the machine.
    const { counter } =
      (await next.database.reader.first<{ counter: string }>(sql`select count(*) as counter from vouchers where state = 'expired'`)) ?? {};
    expect(counter).toBe('3');
    const answer = await supertest(next.http)
      .post('/v1/payouts')
      .set('Authorization', `Bearer ${agent.token}`)
      .set('Idempotency-Key', 'after-the-retirement')
      .send({
        officeId: frame.officeId,
        locator: { serial: vouchers[0]?.serial },
        code: vouchers[0]?.code,
        documentType: 'passport',
        documentLastFour: '0042',
      });
    expect([answer.status, answer.body.code]).toEqual([422, 'code_refused']);
    expect(await complaintOf(keysOf([1, 2]))).toBe('');
    expect(await known()).toEqual([0, 2]);
  });
});

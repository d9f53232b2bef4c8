import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ShiftedClock } from './clock.ts';
import { Database } from './database.ts';
import { housekeepingJobs } from './housekeeping.ts';
import { KeyRing, newDataKey } from './key-ring.ts';
import { RateLimits } from './rate-limits.ts';

describe('counting how often is asked', () => {
  let clone: TestDatabase;
  let database: Database;
  let limits: RateLimits;
  const clock = new ShiftedClock();
  const knocks = { name: 'knocks', points: 3, seconds: 60 };

  beforeAll(async () => {
    clone = await cloneDatabase();
    database = new Database(clone.address);
    limits = new RateLimits(database, clock, new KeyRing(new Map([[1, newDataKey()]]), newDataKey()));
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  const outcome = (work: Promise<void>) =>
    work.then(
      () => 'taken',
      ({ code }: { code: string }) => code,
    );

  it('lets through as many as are allowed, however many come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(limits.take(knocks, 'crowd'))));
    expect(outcomes.filter((taken) => taken === 'taken')).toHaveLength(3);
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'too_many_requests']));
  });

  it('says when to come back, and then lets in again', async () => {
    await limits.take(knocks, 'patient', 3);
    clock.skip(20_000);
    await expect(limits.take(knocks, 'patient')).rejects.toMatchObject({ status: 429, facts: { retryAfterSeconds: 40 } });
    clock.skip(40_000);
    expect(await outcome(limits.take(knocks, 'patient'))).toBe('taken');
  });

  it('counts subjects and limits apart, and what a request is worth', async () => {
    expect(await outcome(limits.take(knocks, 'one', 3))).toBe('taken');
    expect(await outcome(limits.take(knocks, 'other'))).toBe('taken');
    expect(await outcome(limits.take({ ...knocks, name: 'rings' }, 'one'))).toBe('taken');
    expect(await outcome(limits.take(knocks, 'heavy', 4))).toBe('too_many_requests');
  });

  it('counts what was not done as not done, and no less than nothing', async () => {
    await limits.take(knocks, 'unlucky', 3);
    await limits.giveBack(knocks, 'unlucky');
    expect(await outcome(limits.take(knocks, 'unlucky'))).toBe('taken');
    expect(await outcome(limits.take(knocks, 'unlucky'))).toBe('too_many_requests');
    await limits.giveBack(knocks, 'new', 2);
    await limits.giveBack(knocks, 'new', 2);
    expect(await outcome(limits.take(knocks, 'new', 4))).toBe('too_many_requests');
  });

  it('keeps nothing from which a subject could be read, and forgets what is over', async () => {
    await limits.take(knocks, '+213550123456');
    const { rows } = await clone.owner.query('select * from rate_limits');
    expect(rows.length).toBeGreaterThan(3);
    expect(JSON.stringify(rows)).not.toMatch(/213550123456|crowd|patient/);
    clock.skip(61_000);
    await housekeepingJobs(database, clock)
      .find(({ name }) => name === 'platform.forget_rate_limits')
      ?.run({}, new AbortController().signal);
    expect((await clone.owner.query('select from rate_limits')).rowCount).toBe(0);
  });

  it('allows nothing that it cannot count', async () => {
    await clone.owner.query('alter table rate_limits rename to elsewhere');
    await expect(limits.take(knocks, 'anybody')).rejects.toMatchObject({ status: 503, code: 'busy' });
    await clone.owner.query('alter table elsewhere rename to rate_limits');
    expect(await outcome(limits.take(knocks, 'anybody'))).toBe('taken');
  });
});

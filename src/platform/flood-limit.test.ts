import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { Actor } from './actor.ts';
import { floodLimit } from './flood-limit.ts';

const actor: Actor = { id: 'somebody', kind: 'user', grants: [], secondFactorAt: null };

describe('requests of one session or key', () => {
  let platform: TestPlatform;
  let one: Client;
  let other: Client;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { REQUESTS_PER_MINUTE: '20' } });
    one = await platform.as('auditor');
    other = await platform.as('auditor');
  });
  afterAll(() => platform.close());

  it('are refused when too many come in a minute, with a time to come back, and without a write', async () => {
    const written = async () =>
      (
        await platform.owner.query(
          `select (select count(*) from rate_limits)::int as counts, (select count(*) from audit_events)::int as events`,
        )
      ).rows[0];
    const before = await written();
    const answers = await Promise.all(Array.from({ length: 30 }, () => one.get('/v1/me')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) });
      expect(headers['retry-after']).toBe(String(body.retryAfterSeconds));
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    await other.get('/v1/me').expect(200);
    expect(await written()).toEqual(before);
  });

  it('are not counted for somebody who could not be recognised, so that nobody uses up another’s', async () => {
    await Promise.all(Array.from({ length: 30 }, () => supertest(platform.app.http).get('/v1/me').expect(401)));
    await (await platform.as('auditor')).get('/v1/me').expect(200);
  });

  it('are counted by session and by key, each by itself', async () => {
    const count = floodLimit(2);
    await Promise.all([1, 2].map(() => count({ ...actor, sessionId: 'a' })));
    await expect(count({ ...actor, sessionId: 'a' })).rejects.toMatchObject({ code: 'too_many_requests' });
    await count({ ...actor, sessionId: 'b' });
    await count({ ...actor, kind: 'service', keyId: 'k' });
  });

  it('have no limit at 0, and nobody has one without a session or a key', async () => {
    const count = floodLimit(0);
    for (let i = 0; i < 50; i += 1) await count({ ...actor, sessionId: 'a' });
    const strict = floodLimit(1);
    for (let i = 0; i < 50; i += 1) await strict(actor);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser, nextCode, signedIn } from '../../test/support/sign-in.ts';
import { type Actor, newId } from '../platform/index.ts';
import { authorise } from './authorise.ts';
import { roles } from './roles.ts';

const newUser = () => ({ email: `${randomUUID()}@example.org`, displayName: 'Karim', language: 'ar' });
const FIVE_MINUTES = 5 * 60_000;

describe('the second factor', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  it('is asked for again after five minutes, and then good for five more', async () => {
    const user = await makeUser(platform, { role: 'administrator' });
    const session = await signedIn(platform, user);
    await session.post('/v1/users', newUser()).expect(201);
    platform.clock.skip(FIVE_MINUTES);
    const stale = await session.post('/v1/users', newUser()).expect(401);
    expect(stale.body.code).toBe('step_up_required');
    await session.get('/v1/users').expect(200);
    const { body } = await session.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) }).expect(200);
    expect(new Date(body.freshUntil).getTime() - platform.clock.now().getTime()).toBeGreaterThan(FIVE_MINUTES - 5_000);
    await session.post('/v1/users', newUser()).expect(201);
    platform.clock.skip(FIVE_MINUTES);
    await session.post('/v1/users', newUser()).expect(401);
  });

  it('is asked for wherever money moves, roles change or people leave in a file', () => {
    const names = [
      'payments.approve_list',
      'payments.release_list',
      'payments.cancel_list',
      'payments.confirm_cancellation',
      'handovers.hand_over',
      'handovers.take_back',
      'handovers.void_delivery',
      'handovers.accept_delivery',
      'handovers.confirm_loss',
      'reconciliation.set_post_terms',
      'reconciliation.confirm_post_terms',
      'reconciliation.approve_settlement',
      'reconciliation.instruct_settlement',
      'reconciliation.download_settlement',
      'reconciliation.confirm_settlement',
      'reconciliation.cancel_settlement',
      'access.grant_role',
      'access.end_role',
      'access.create_user',
      'access.invite_again',
      'access.start_second_factor_replacement',
      'access.change_password',
      'access.renew_recovery_codes',
      'beneficiaries.export',
    ] as const;
    const stale: Actor = {
      id: newId(),
      kind: 'user',
      grants: roles.map((role) => ({ role, scope: {} })),
      secondFactorAt: new Date(platform.clock.now().getTime() - FIVE_MINUTES - 1),
      sessionId: newId(),
    };
    for (const name of names) {
      expect(() => authorise(stale, name, platform.clock.now()), name).toThrow(expect.objectContaining({ code: 'step_up_required' }));
    }
  });

  it('takes a code once, however many ask at once, and counts for its own session alone', async () => {
    const user = await makeUser(platform, { role: 'administrator' });
    const [one, other] = [await signedIn(platform, user), await signedIn(platform, user)];
    platform.clock.skip(FIVE_MINUTES);
    const totp = nextCode(platform, user);
    const answers = await Promise.all([1, 2, 3].map(() => one.post('/v1/sessions/current/second-factor', { totp })));
    const statuses = answers.map(({ status }) => status).sort();
    // A try that comes after the token was replaced is not even looked at.
    expect([
      [200, 401, 401],
      [200, 401, 422],
      [200, 422, 422],
    ]).toContainEqual(statuses);
    await other.post('/v1/sessions/current/second-factor', { totp }).expect(422);
    await one.post('/v1/users', newUser()).expect(201);
    await other.post('/v1/users', newUser()).expect(401);
  });

  it('cannot be guessed: the fifth wrong code ends the session, even when all come at once', async () => {
    const user = await makeUser(platform);
    const patient = await signedIn(platform, user);
    for (let i = 0; i < 4; i += 1) await patient.post('/v1/sessions/current/second-factor', { totp: '000000' }).expect(422);
    await patient.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) }).expect(200);
    const hasty = await signedIn(platform, user);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => hasty.post('/v1/sessions/current/second-factor', { totp: '000000' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 422, 422, 422, 422]);
    await hasty.get('/v1/me').expect(401);
    await patient.get('/v1/me').expect(200);
  });
});

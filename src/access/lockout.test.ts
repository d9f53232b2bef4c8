import { randomInt, randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLinkTo } from '../../test/support/mail.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, trySignIn } from '../../test/support/sign-in.ts';
import { STRANGER } from './device-token.ts';

const MINUTE = 60_000;
const wrong = { password: 'not the password', totp: '000000' };

interface Staff extends KnownUser {
  readonly deviceToken: string;
}

describe('strangers who know the addresses of the staff', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => platform.close());

  const anywhere = () => `${randomInt(1, 224)}.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

  /** Somebody who has signed in before. A cheap hash makes a thousand tries quick; what is counted is the same. */
  async function staff(): Promise<Staff> {
    const user = await makeUser(platform, { role: 'approver' });
    const { body } = await trySignIn(platform, user, {}, anywhere()).expect(201);
    return { ...user, deviceToken: body.deviceToken };
  }
  async function cheapen(user: KnownUser): Promise<void> {
    const cheap = await hash(user.password, { memoryCost: 64, timeCost: 1, parallelism: 1 });
    await platform.owner.query('update users set password_hash = $2 where id = $1', [user.id, cheap]);
  }
  /** As after many failures of strangers, for an hour. */
  const pauseStrangers = ({ id }: Staff) =>
    platform.owner.query(
      `insert into sign_in_failures values ($1, $2, 20, 20, $3, $4)
       on conflict (user_id, device_id) do update set failures = 20, tries = 20, paused_until = $3, last_at = $4`,
      [id, STRANGER, new Date(platform.clock.now().getTime() + 60 * MINUTE), platform.clock.now()],
    );
  const examined = async (userId: string): Promise<number> =>
    (
      await platform.owner.query(
        `select count(*)::int as n from audit_events where subject_id = $1 and command = 'access.sign_in' and reason = 'wrong password'`,
        [userId],
      )
    ).rows[0].n;
  const alerts = async (subjectId: string): Promise<{ kind: string; facts: Record<string, unknown> }[]> =>
    (await platform.owner.query('select kind, facts from alerts where subject_id = $1 order by id', [subjectId])).rows;

  it('keep nobody out by a thousand wrong tries from everywhere, and are noticed', async () => {
    const everybody: Staff[] = [];
    for (let i = 0; i < 10; i += 1) everybody.push(await staff());
    for (const user of everybody) await cheapen(user);
    const tries = Array.from({ length: 1_000 }, (_none, i) => everybody[i % everybody.length] as Staff).values();
    const attacker = async () => {
      for (const victim of tries) await trySignIn(platform, victim, wrong, anywhere()).expect(401);
    };
    await Promise.all(Array.from({ length: 8 }, attacker));
    for (const user of everybody) {
      expect(await examined(user.id)).toBeLessThanOrEqual(10);
      expect(await alerts(user.id)).toEqual([10, 100].map((n) => ({ kind: 'access.guessing', facts: { tries: n, from: 'strangers' } })));
      const { body } = await trySignIn(platform, user, { deviceToken: user.deviceToken }, anywhere()).expect(201);
      await trySignIn(platform, user, { deviceToken: body.deviceToken }, anywhere()).expect(201);
      platform.clock.skip(2 * MINUTE);
      await trySignIn(platform, user, wrong, anywhere()).expect(401);
      await trySignIn(platform, user, {}, anywhere()).expect(401); // a stranger waits, even one who knows everything
    }
    expect(await alerts('sign_in')).toEqual([{ kind: 'access.many_accounts_tried', facts: { accounts: 10 } }]);
  }, 300_000);

  it('guess no more than ten times in an hour and forty in a day, however patient they are', async () => {
    const user = await staff();
    await cheapen(user);
    const perHour: number[] = [];
    for (let hour = 0; hour < 14; hour += 1) {
      const before = await examined(user.id);
      const tries = hour < 2 ? 12 : 2;
      for (let i = 0; i < tries; i += 1) {
        await trySignIn(platform, user, wrong, anywhere());
        if (i < 5) await trySignIn(platform, user, wrong, anywhere());
        platform.clock.skip((60 / tries) * MINUTE);
      }
      perHour.push((await examined(user.id)) - before);
      // That the user comes and goes gives strangers nothing.
      if (hour % 6 === 0) await trySignIn(platform, user, { deviceToken: user.deviceToken }, anywhere()).expect(201);
    }
    expect(Math.max(...perHour)).toBeLessThanOrEqual(10);
    expect(perHour.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(40);
    expect(perHour.at(-1)).toBeLessThanOrEqual(1);
  }, 120_000);

  it('are told apart by device: a pause on one holds for no other', async () => {
    const user = await staff();
    const second = (await trySignIn(platform, user, {}, anywhere()).expect(201)).body.deviceToken;
    for (let i = 0; i < 5; i += 1) await trySignIn(platform, user, { ...wrong, deviceToken: second }, anywhere()).expect(401);
    await trySignIn(platform, user, { deviceToken: second }, anywhere()).expect(401);
    await trySignIn(platform, user, { deviceToken: user.deviceToken }, anywhere()).expect(201);
    await trySignIn(platform, user, {}, anywhere()).expect(201);
  });

  it('gain nothing by a device token that is old, changed or another’s', async () => {
    const [user, other] = [await staff(), await staff()];
    await pauseStrangers(user);
    const [id, seconds, mac] = user.deviceToken.split('.');
    const forged = [
      other.deviceToken,
      `${randomUUID()}.${seconds}.${mac}`,
      `${id}.${Number(seconds) + 1}.${mac}`,
      `${id}.${seconds}.`,
      'a.b.c',
      '..',
    ];
    for (const deviceToken of forged) await trySignIn(platform, user, { deviceToken }, anywhere()).expect(401);
    await trySignIn(platform, user, { deviceToken: user.deviceToken }, anywhere()).expect(201);
    platform.clock.skip(181 * 86_400_000);
    await pauseStrangers(user);
    await trySignIn(platform, user, { deviceToken: user.deviceToken }, anywhere()).expect(401);
  });

  it('try a hundred times an hour from one network, which keeps no colleague there out who is known', async () => {
    const [user, victim] = [await staff(), await staff()];
    await cheapen(victim);
    const network = '203.0.113.9';
    for (let i = 0; i < 100; i += 1) await trySignIn(platform, victim, wrong, network).expect(401);
    const nobody = { ...wrong, email: `${randomUUID()}@example.org` };
    expect((await trySignIn(platform, user, nobody, network).expect(429)).body.code).toBe('too_many_requests');
    await trySignIn(platform, user, {}, network).expect(429);
    for (let i = 0; i < 3; i += 1) await trySignIn(platform, user, { deviceToken: user.deviceToken }, network).expect(201);
    await trySignIn(platform, user, {}, '203.0.113.10').expect(201);
  }, 60_000);

  it('keep nobody out for good who has a new device: whoever reads the mail is known', async () => {
    const user = await staff();
    await pauseStrangers(user);
    await trySignIn(platform, user, {}, anywhere()).expect(401);
    const http = supertest(platform.app.http);
    await http.post('/v1/password-resets').set('Idempotency-Key', randomUUID()).send({ email: user.email }).expect(202);
    const password = 'seven otters juggle plums';
    const { body } = await http
      .post('/v1/links/password-reset')
      .send({ token: await lastLinkTo(platform, user.email), password })
      .expect(200);
    await trySignIn(platform, user, { password, deviceToken: body.deviceToken }, anywhere()).expect(201);
  });
});

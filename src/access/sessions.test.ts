import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, nextCode, signedIn, trySignIn, withToken } from '../../test/support/sign-in.ts';
import { newId } from '../platform/index.ts';
import { deviceFamily } from './device-family.ts';
import { beginSession, hashToken, type SessionOptions } from './sessions.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('sessions', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const begin = async ({ id }: KnownUser, options: SessionOptions = {}) =>
    platform.app.database.transaction((tx) => beginSession(tx, id, platform.clock.now(), options));
  const session = async (user: KnownUser, options: SessionOptions = {}) => withToken(platform, (await begin(user, options)).token);
  const row = async (id: string) => (await platform.owner.query('select * from sessions where id = $1', [id])).rows[0];
  const openOf = async ({ id }: KnownUser): Promise<string[]> =>
    (await platform.owner.query('select id from sessions where user_id = $1 and ended_at is null order by id', [id])).rows.map((r) => r.id);
  const stepUp = async (client: Awaited<ReturnType<typeof signedIn>>, user: KnownUser) =>
    client.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) });
  /** Uses a session, and waits until that is known: nobody who uses it waits for that. */
  const use = async (id: string, request: () => Promise<unknown>) => {
    const minute = Math.floor(platform.clock.now().getTime() / MINUTE) * MINUTE;
    await request();
    await vi.waitFor(async () => expect((await row(id)).last_used_at?.getTime()).toBeGreaterThanOrEqual(minute));
  };

  it('end when they have rested for half an hour, and not while they are used', async () => {
    const user = await makeUser(platform);
    const { id, token } = await begin(user);
    const used = withToken(platform, token);
    for (let i = 0; i < 4; i += 1) {
      platform.clock.skip(20 * MINUTE);
      await use(id, () => used.get('/v1/me').expect(200));
    }
    platform.clock.skip(30 * MINUTE);
    await used.get('/v1/me').expect(401);
  });

  it('end after twelve hours however much they are used, or sooner where whoever begins them says so', async () => {
    const user = await makeUser(platform);
    const full = await begin(user, { idleMs: 400 * HOUR });
    const device = await begin(user, { idleMs: 5 * MINUTE, absoluteMs: HOUR, secondFactorAt: null });
    expect(full.expiresAt.getTime() - platform.clock.now().getTime()).toBeGreaterThan(11.9 * HOUR);
    expect(await row(device.id)).toMatchObject({ idle_seconds: 300, second_factor_at: null });
    const quick = withToken(platform, device.token);
    await quick.get('/v1/me').expect(200);
    // Without a second factor there is nothing that would be fresh.
    expect((await quick.post('/v1/sessions/others/end').expect(401)).body.code).toBe('step_up_required');
    platform.clock.skip(5 * MINUTE);
    await quick.get('/v1/me').expect(401);
    const slow = withToken(platform, full.token);
    platform.clock.skip(11.5 * HOUR);
    await slow.get('/v1/me').expect(200);
    platform.clock.skip(0.5 * HOUR);
    await slow.get('/v1/me').expect(401);
  });

  it('keep when they were used to the minute, in one write a minute, and leave no event of it', async () => {
    const user = await makeUser(platform);
    const { id, token } = await begin(user);
    await platform.owner.query(`create table uses (session_id uuid, used_at timestamptz);
      create function count_use() returns trigger language plpgsql security definer as
        $$ begin insert into uses values (new.id, new.last_used_at); return new; end $$;
      create trigger counted after update of last_used_at on sessions for each row execute function count_use()`);
    const busy = withToken(platform, token);
    const events = async () => (await platform.owner.query('select count(*)::int as n from audit_events')).rows[0].n;
    const before = await events();
    for (let minute = 0; minute < 3; minute += 1) {
      platform.clock.skip(MINUTE);
      await use(id, () => Promise.all(Array.from({ length: 12 }, () => busy.get('/v1/me').expect(200))));
    }
    const { rows } = await platform.owner.query('select used_at from uses where session_id = $1 order by used_at', [id]);
    expect(rows.every(({ used_at }) => used_at.getTime() % MINUTE === 0)).toBe(true);
    // The machine's own clock may have gone on to a further minute meanwhile.
    expect([3, 4]).toContain(rows.length);
    expect(new Set(rows.map(({ used_at }) => used_at.getTime())).size).toBe(rows.length);
    expect(await events()).toBe(before);
    await platform.owner.query('drop table uses cascade; drop function count_use cascade');
  });

  it('go on under another token when the second factor is given again, and the old one is worth nothing', async () => {
    const user = await makeUser(platform);
    const { body: first } = await trySignIn(platform, user).expect(201);
    const stolen = withToken(platform, first.token);
    const [own] = (await stolen.get('/v1/sessions').expect(200)).body.items;
    const mine = withToken(platform, first.token);
    const { body } = await stepUp(mine, user);
    expect(body.token).toMatch(/^[\w-]{43}$/);
    expect(body.token).not.toBe(first.token);
    await stolen.get('/v1/me').expect(401);
    expect((await mine.get('/v1/sessions/current').expect(200)).body).toMatchObject({ id: own.id, isCurrent: true });
    expect((await row(own.id)).token_hash).toEqual(hashToken(body.token));
    const { rows } = await platform.owner.query('select answer from idempotency_keys where actor_id = $1', [user.id]);
    expect(rows).toEqual([]); // a token is kept nowhere, not even sealed for a replay
  });

  it('are dead at once when a role is given or taken, and when the user is disabled', async () => {
    const user = await makeUser(platform, { role: 'auditor' });
    const administrator = await platform.as('administrator');
    const { fundId } = await makeFrame(platform);
    const disturbed = [
      () => administrator.post(`/v1/users/${user.id}/roles`, { role: 'donor', fundId }).expect(201),
      async () => {
        const { rows } = await platform.owner.query(`select id from role_grants where user_id = $1 and role = 'donor'`, [user.id]);
        await administrator.post(`/v1/users/${user.id}/roles/${rows[0].id}/end`).expect(200);
      },
      () => administrator.post(`/v1/users/${user.id}/disable`).expect(200),
    ];
    for (const disturb of disturbed) {
      const open = [await session(user), await session(user)];
      await disturb();
      for (const one of open) await one.get('/v1/me').expect(401);
    }
    const reasons = await platform.owner.query('select distinct end_reason from sessions where user_id = $1 order by 1', [user.id]);
    expect(reasons.rows.map((r) => r.end_reason)).toEqual(['role ended', 'role granted', 'user disabled']);
  });

  it('lose a role in the moment that it ends by itself, and whatever is changed behind the commands', async () => {
    const endsAt = new Date(platform.clock.now().getTime() + 10 * MINUTE).toISOString();
    const user = await makeUser(platform, { role: 'auditor', endsAt });
    const open = await session(user);
    await open.get('/v1/users').expect(200);
    platform.clock.skip(10 * MINUTE);
    await open.get('/v1/users').expect(403);
    await platform.owner.query('update users set disabled_at = $2 where id = $1', [user.id, platform.clock.now()]);
    await open.get('/v1/me').expect(401);
  });

  it('are ten at most, however many begin at once: the one that was used least lately ends', async () => {
    const user = await makeUser(platform);
    const first = await begin(user);
    platform.clock.skip(MINUTE);
    const second = await begin(user);
    platform.clock.skip(MINUTE);
    await use(first.id, () => withToken(platform, first.token).get('/v1/me').expect(200));
    for (let i = 0; i < 8; i += 1) await begin(user);
    await begin(user);
    expect(await openOf(user)).toContain(first.id);
    expect(await row(second.id)).toMatchObject({ end_reason: 'too many' });
    platform.clock.skip(MINUTE);
    await Promise.all(Array.from({ length: 25 }, () => begin(user)));
    expect(await openOf(user)).toHaveLength(10);
    const application = await platform.applicationClient();
    await expect(
      application.query(
        `insert into sessions (id, token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4, $4::timestamptz + interval '1 hour')`,
        [newId(), hashToken('another'), user.id, platform.clock.now()],
      ),
    ).rejects.toMatchObject({ constraint: 'sessions_few' });
  });

  it('are shown to their user by time and kind of device, and by nothing that a caller wrote', async () => {
    const user = await makeUser(platform);
    const agents = ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', '<script>alert(1)</script>'];
    for (const agent of agents) await trySignIn(platform, user).set('User-Agent', agent).expect(201);
    const here = await signedIn(platform, user);
    const { body } = await here.get('/v1/sessions').expect(200);
    expect(body.items.map(({ device, isCurrent }: { device: string; isCurrent: boolean }) => [device, isCurrent])).toEqual([
      ['another program', true],
      ['another program', false],
      ['Firefox, Windows', false],
    ]);
    expect(new Set(body.items.map(({ network }: { network: string }) => network)).size).toBe(1);
    expect(body.items[0].network).toMatch(/^[0-9a-f]{8}$/);
    const { rows } = await platform.owner.query('select row_to_json(s)::text as text from sessions s where user_id = $1', [user.id]);
    expect(JSON.stringify([body, rows])).not.toMatch(/127\.0\.0\.1|::1|script|Mozilla/);
    platform.clock.skip(30 * MINUTE);
    const later = await signedIn(platform, user);
    expect((await later.get('/v1/sessions').expect(200)).body.items).toHaveLength(1); // what rests too long is no session
  });

  it('are ended by their user with a fresh second factor: one, or all the others, and nobody else’s', async () => {
    const user = await makeUser(platform);
    const stranger = await makeUser(platform);
    const [one, two, three] = [await begin(user), await begin(user), await begin(user)];
    const theirs = await begin(stranger);
    const mine = await signedIn(platform, user);
    platform.clock.skip(6 * MINUTE);
    expect((await mine.post(`/v1/sessions/${one.id}/end`).expect(401)).body.code).toBe('step_up_required');
    await stepUp(mine, user);
    await mine.post(`/v1/sessions/${one.id}/end`).expect(204);
    await withToken(platform, one.token).get('/v1/me').expect(401);
    const hidden = await mine.post(`/v1/sessions/${theirs.id}/end`).expect(404);
    const missing = await mine.post(`/v1/sessions/${newId()}/end`).expect(404);
    const over = await mine.post(`/v1/sessions/${one.id}/end`).expect(404);
    const said = [hidden, missing, over].map(({ body }) => ({ ...body, requestId: '' }));
    expect(said).toEqual([said[0], said[0], said[0]]);
    expect((await mine.post('/v1/sessions/others/end').expect(200)).body).toEqual({ ended: 2 });
    for (const { token } of [two, three]) await withToken(platform, token).get('/v1/me').expect(401);
    await mine.get('/v1/me').expect(200);
    await withToken(platform, theirs.token).get('/v1/me').expect(200);
  });

  it('are listed and ended by an administrator of everything, with a fresh second factor', async () => {
    const user = await makeUser(platform);
    const [one, two] = [await begin(user), await begin(user, { transport: 'cookie' })];
    const administrator = await platform.as('administrator');
    const path = `/v1/users/${user.id}/sessions`;
    const { body } = await administrator.get(path).expect(200);
    expect(body.items.map(({ id, transport }: { id: string; transport: string }) => [id, transport])).toEqual([
      [two.id, 'cookie'],
      [one.id, 'bearer'],
    ]);
    expect(JSON.stringify(body)).not.toContain(one.token);
    await administrator.post(`/v1/users/${newId()}/sessions/${one.id}/end`).expect(404);
    await administrator.post(`${path}/${one.id}/end`).expect(204);
    await withToken(platform, one.token).get('/v1/me').expect(401);
    expect((await administrator.post(`${path}/end`).expect(200)).body).toEqual({ ended: 1 });
    await administrator.get(`/v1/users/${newId()}/sessions`).expect(404);
    const local = await platform.as('administrator', { programme: newId() });
    await local.get(path).expect(404);
    await local.post(`${path}/end`).expect(404);
    await (await platform.as('auditor')).get(path).expect(403);
    const late = await platform.as('administrator');
    platform.clock.skip(5 * MINUTE + 1);
    expect((await late.get(path).expect(401)).body.code).toBe('step_up_required');
    expect((await late.post(`${path}/end`).expect(401)).body.code).toBe('step_up_required');
    const { rows } = await platform.owner.query(
      `select actor_id, command from audit_events where subject_id = $1 and command like 'access.end%' order by id`,
      [user.id],
    );
    expect(rows).toEqual([
      { actor_id: administrator.userId, command: 'access.end_session' },
      { actor_id: administrator.userId, command: 'access.end_all_sessions' },
    ]);
  });

  it('cannot be brought back, given another token once they are over, or used backwards, in plain SQL', async () => {
    const user = await makeUser(platform);
    const { id } = await begin(user);
    const application = await platform.applicationClient();
    const change = (what: string) => application.query(`update sessions set ${what} where id = $1`, [id]);
    await change('last_used_at = now()');
    await expect(change(`last_used_at = now() - interval '1 hour'`)).rejects.toMatchObject({ constraint: 'sessions_over' });
    await change(`ended_at = now(), end_reason = 'left'`);
    await expect(change(`token_hash = '\\x00'`)).rejects.toMatchObject({ constraint: 'sessions_over' });
    await expect(change('last_used_at = now()')).rejects.toMatchObject({ constraint: 'sessions_over' });
    await expect(change('ended_at = null, end_reason = null')).rejects.toMatchObject({ constraint: 'sessions_over' });
    await expect(change('idle_seconds = 1000000')).rejects.toMatchObject({ code: '42501' });
    await expect(change(`expires_at = expires_at + interval '1 day'`)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the settings of sessions', () => {
  it('say how long they rest and last', async () => {
    const platform = await startPlatform({ environment: { SESSION_IDLE_MINUTES: '5', SESSION_HOURS: '1' } });
    const user = await makeUser(platform);
    const { body } = await trySignIn(platform, user).expect(201);
    expect(new Date(body.expiresAt).getTime() - platform.clock.now().getTime()).toBeLessThanOrEqual(HOUR);
    platform.clock.skip(5 * MINUTE);
    await withToken(platform, body.token).get('/v1/me').expect(401);
    await platform.close();
  });
});

describe('the family of a device', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge, Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
      'Chrome, Android',
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1', 'Safari, iOS'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 'Safari, macOS'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    ['curl/8.5.0', 'curl'],
    ['', 'another program'],
  ])('of %s', (agent, family) => expect(deviceFamily(agent)).toBe(family));
});

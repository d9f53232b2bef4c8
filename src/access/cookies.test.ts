import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, nextCode, signedIn } from '../../test/support/sign-in.ts';
import { operationsOf, readContract } from '../platform/index.ts';

const ORIGIN = 'https://sanad.example.org';
const NAME = '__Host-sanad';

interface Browser {
  readonly token: string;
  readonly csrfToken: string;
}

type Headers = Readonly<Record<string, string | undefined>>;

describe('sessions that a cookie holds', () => {
  let platform: TestPlatform;
  let user: KnownUser;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { PUBLIC_URL: `${ORIGIN}/console` } });
    user = await makeUser(platform, { role: 'administrator' });
  });
  afterAll(() => platform.close());

  const cookieOf = ({ headers }: supertest.Response) => /^([\w-]+)=([\w-]*);/.exec(headers['set-cookie']?.[0] ?? '') ?? [];
  const trySigningIn = (headers: Headers = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }, who = user) =>
    with_(supertest(platform.app.http).post('/v1/sessions'), headers).send({
      email: who.email,
      password: who.password,
      totp: nextCode(platform, who),
      transport: 'cookie',
    });
  const with_ = (test: supertest.Test, headers: Headers) => {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) test.set(name, value);
    return test;
  };
  const signIn = async (who = user): Promise<Browser> => {
    const answer = await trySigningIn(undefined, who).expect(201);
    return { token: cookieOf(answer)[2] ?? '', csrfToken: answer.body.csrfToken };
  };
  /** What the console's own page sends with a change; a test takes away or replaces what an attacker would. */
  const page = ({ token, csrfToken }: Browser): Headers => ({
    cookie: `${NAME}=${token}`,
    origin: ORIGIN,
    'sec-fetch-site': 'same-origin',
    'x-csrf-token': csrfToken,
    'idempotency-key': randomUUID(),
  });
  const newUser = () => ({
    email: `${randomUUID()}@example.org`,
    displayName: 'Karim',
    language: 'ar',
  });
  const change = (headers: Headers) => with_(supertest(platform.app.http).post('/v1/users'), headers).send(newUser());
  const read = (headers: Headers) => with_(supertest(platform.app.http).get('/v1/me'), headers);
  const usersCount = async () => (await platform.owner.query('select count(*)::int as n from users')).rows[0].n;

  it('begin with a cookie that no script, no plain connection and no other host sees, and an answer without the token', async () => {
    const answer = await trySigningIn().expect(201);
    const [, name, token = ''] = cookieOf(answer);
    expect(name).toBe(NAME);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(answer.headers['set-cookie']).toEqual([`${NAME}=${token}; Path=/; HttpOnly; Secure; SameSite=Strict`]);
    expect(answer.body).not.toHaveProperty('token');
    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect(answer.body.csrfToken).toMatch(/^[\w-]{43}$/);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Authorization, Cookie' });
    const browser = { token, csrfToken: answer.body.csrfToken };
    await read(page(browser)).expect(200);
    await change(page(browser)).expect(201);
    const current = await with_(supertest(platform.app.http).get('/v1/sessions/current'), page(browser)).expect(200);
    expect(current.body).toMatchObject({ transport: 'cookie', isCurrent: true, csrfToken: browser.csrfToken });
  });

  it('refuse a change that another site has a browser send', async () => {
    const browser = await signIn();
    const other = await signIn(await makeUser(platform));
    const attacks: readonly (readonly [what: string, headers: Headers])[] = [
      ['another origin', { origin: 'https://evil.example' }],
      ['a neighbouring host', { origin: 'https://evil.example.org', 'sec-fetch-site': 'same-site' }],
      ['the same host without TLS', { origin: 'http://sanad.example.org', 'sec-fetch-site': undefined }],
      ['another port', { origin: `${ORIGIN}:8443` }],
      ['an opaque origin', { origin: 'null' }],
      ['an origin that only begins alike', { origin: `${ORIGIN}.evil.example` }],
      ['a browser that says so', { 'sec-fetch-site': 'cross-site' }],
      ['a navigation', { origin: undefined, 'sec-fetch-site': 'none' }],
      ['nothing that says where from', { origin: undefined, 'sec-fetch-site': undefined }],
      ['no token', { 'x-csrf-token': undefined }],
      ['an empty token', { 'x-csrf-token': '' }],
      ['the token of another session', { 'x-csrf-token': other.csrfToken }],
      [
        'a token with a letter changed',
        { 'x-csrf-token': `${browser.csrfToken.slice(0, -1)}${browser.csrfToken.endsWith('A') ? 'B' : 'A'}` },
      ],
      ['the session’s own token instead', { 'x-csrf-token': browser.token }],
    ];
    const before = await usersCount();
    for (const [what, headers] of attacks) {
      const { status, body } = await change({ ...page(browser), ...headers });
      expect([what, status, body.code]).toEqual([what, 403, 'cross_site']);
    }
    expect(await usersCount()).toBe(before);
    await change({ ...page(browser), origin: undefined }).expect(201);
    await change({ ...page(browser), 'sec-fetch-site': undefined }).expect(201);
  });

  it('refuse a form that another site posts, in every way a form can be written', async () => {
    const browser = await signIn();
    const before = await usersCount();
    const forms = [
      ['application/x-www-form-urlencoded', 'email=a%40example.org'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\r\n--x--'],
      ['text/plain', JSON.stringify(newUser())],
    ] as const;
    for (const [type, form] of forms) {
      const posted = await with_(supertest(platform.app.http).post('/v1/users'), {
        cookie: `${NAME}=${browser.token}`,
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
        'content-type': type,
      }).send(form);
      expect([type, posted.status, posted.body.code]).toEqual([type, 403, 'cross_site']);
    }
    expect(await usersCount()).toBe(before);
  });

  it('refuse every operation that changes something without the token, by construction', async () => {
    const browser = await signIn();
    const { 'x-csrf-token': _left, ...headers } = page(browser);
    const changing = operationsOf(readContract()).filter(({ method, isPublic }) => method !== 'get' && !isPublic);
    expect(changing.length).toBeGreaterThan(50);
    for (const { id, method, path } of changing) {
      const { status, body } = await with_(supertest(platform.app.http)[method](path.replaceAll(/:\w+/g, randomUUID())), headers);
      expect([id, status, body.code]).toEqual([id, 403, 'cross_site']);
    }
  });

  it('give nothing to another site that asks, and change nothing by a GET', async () => {
    const browser = await signIn();
    const { cookie } = page(browser);
    for (const site of ['cross-site', 'same-site']) {
      expect((await read({ cookie, 'sec-fetch-site': site }).expect(403)).body.code).toBe('cross_site');
    }
    await read({ cookie, 'sec-fetch-site': 'none' }).expect(200);
    await read({ cookie }).expect(200);
    const state = async () =>
      (
        await platform.owner.query(
          `select (select count(*) from users)::int as users, (select count(*) from role_grants)::int as grants,
            (select count(*) from sessions)::int as sessions, (select count(*) from audit_events where command not like '%read%' and command <> 'access.note_refusal')::int as events`,
        )
      ).rows[0];
    const before = await state();
    const reading = operationsOf(readContract()).filter(({ method }) => method === 'get');
    for (const { path } of reading) {
      await with_(supertest(platform.app.http).get(path.replaceAll(/:\w+/g, randomUUID())), { cookie });
    }
    expect(await state()).toEqual(before);
  });

  it('are confused neither by a second cookie nor by a bearer token beside it', async () => {
    const browser = await signIn();
    const thief = await signIn(await makeUser(platform));
    const { cookie = '' } = page(browser);
    const tossed = [
      `${NAME}=${thief.token}; ${cookie}`,
      `${cookie}; ${NAME}=${thief.token}`,
      `${cookie}; ${NAME}=`,
      `${cookie}; a=b;${NAME}=${browser.token}`,
    ];
    for (const both of tossed) expect((await read({ cookie: both }).expect(400)).body.code).toBe('invalid_request');
    expect((await read({ cookie, authorization: `Bearer ${browser.token}` }).expect(400)).body.code).toBe('invalid_request');
    const { status } = await change({ ...page(browser), authorization: 'Bearer anything' });
    expect(status).toBe(400);
    // A cookie without the prefix is one that a neighbouring host could have set.
    await read({ cookie: `sanad=${browser.token}` }).expect(401);
    await read({ cookie: `${NAME}X=${browser.token}` }).expect(401);
    await read({ cookie: `other=1; ${cookie}; another=2` }).expect(200);
  });

  it('keep their tokens apart from those of programs: neither works the other way', async () => {
    const browser = await signIn();
    await read({ authorization: `Bearer ${browser.token}` }).expect(401);
    const { body } = await supertest(platform.app.http)
      .post('/v1/sessions')
      .send({ email: user.email, password: user.password, totp: nextCode(platform, user) })
      .expect(201);
    await read({ cookie: `${NAME}=${body.token}` }).expect(401);
    // What no browser adds by itself needs no defence against browsers.
    await change({ authorization: `Bearer ${body.token}`, origin: 'https://evil.example', 'idempotency-key': randomUUID() }).expect(201);
  });

  it('are not begun by another site, for itself or for somebody else', async () => {
    const sites: Headers[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example.org', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      {},
    ];
    for (const headers of sites) {
      const answer = await trySigningIn(headers).expect(403);
      expect(answer.body.code).toBe('cross_site');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('get another cookie with a second factor, and with it another token for their pages', async () => {
    const browser = await signIn();
    const answer = await with_(supertest(platform.app.http).post('/v1/sessions/current/second-factor'), page(browser))
      .send({ totp: nextCode(platform, user) })
      .expect(200);
    expect(answer.body).not.toHaveProperty('token');
    const renewed = { token: cookieOf(answer)[2] ?? '', csrfToken: answer.body.csrfToken };
    expect(renewed.csrfToken).not.toBe(browser.csrfToken);
    await read(page(browser)).expect(401);
    await change({ ...page(renewed), 'x-csrf-token': browser.csrfToken }).expect(403);
    await change(page(renewed)).expect(201);
  });

  it('end with the cookie taken back, and everything that the browser kept', async () => {
    const browser = await signIn();
    const leave = () => with_(supertest(platform.app.http).delete('/v1/sessions/current'), page(browser));
    const answer = await leave().expect(204);
    expect(answer.headers['set-cookie']).toEqual([`${NAME}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`]);
    expect(answer.headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
    await read(page(browser)).expect(401);
    await leave().expect(401);
    const bearer = await signedIn(platform, user);
    const plain = await bearer.delete('/v1/sessions/current').expect(204);
    expect(plain.headers['clear-site-data']).toBeUndefined();
  });

  it('leave no token in a log, whatever is sent and wherever', async () => {
    const browser = await signIn();
    await read(page(browser)).expect(200);
    await read({ cookie: `${NAME}=${browser.token}; ${NAME}=${browser.token}` }).expect(400);
    await with_(supertest(platform.app.http).get(`/v1/me?token=${browser.token}`), page(browser)).expect(400);
    await change({ ...page(browser), 'x-csrf-token': browser.csrfToken.slice(1) }).expect(403);
    const log = platform.log.join('');
    expect(log).toContain('/v1/me');
    for (const secret of [browser.token, browser.csrfToken, browser.csrfToken.slice(1), user.password]) expect(log).not.toContain(secret);
  });
});

describe('a cookie in development', () => {
  it('has no prefix and goes without TLS, and everything else still holds', async () => {
    const platform = await startPlatform({ environment: { SANAD_ENV: 'development' } });
    const user = await makeUser(platform);
    const server = platform.app.http.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
    const signIn = (origin: string) =>
      supertest(base)
        .post('/v1/sessions')
        .set('Origin', origin)
        .send({ email: user.email, password: user.password, totp: nextCode(platform, user), transport: 'cookie' });
    await signIn('http://127.0.0.1:1').expect(403);
    const answer = await signIn(base).expect(201); // without PUBLIC_URL it is the host that was asked
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^sanad=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    await supertest(base)
      .get('/v1/me')
      .set('Cookie', cookie.split(';')[0] ?? '')
      .expect(200);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await platform.close();
  });
});

import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/database.ts';
import { asBytes } from '../../test/support/exports.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { Actor } from './actor.ts';
import { type Contract, type OperationId, readContract } from './contract.ts';
import { Database } from './database.ts';
import { createHttp, Download, type Handler, type HttpOptions, type Routes, Versioned } from './http.ts';
import { newId } from './ids.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import type { ReadRecorder } from './person-reads.ts';
import { problem, problemKinds } from './problems.ts';
import { sql } from './sql.ts';

describe('over HTTP', () => {
  let platform: TestPlatform;
  let anybody: ReturnType<typeof supertest>;
  let administrator: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    anybody = supertest(platform.app.http);
    administrator = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const programmes = '/v1/programmes';
  const asAdministrator = (test: supertest.Test) =>
    test.set('Authorization', `Bearer ${administrator.token}`).set('Idempotency-Key', 'a-key-for-http');

  function expectProblem({ status, type, body, headers }: supertest.Response, code: string): void {
    const kind = problemKinds().find((known) => known.code === code);
    expect({ status, type, code: body.code, requestId: body.requestId }).toEqual({
      status: kind?.status,
      type: 'application/problem+json',
      code,
      requestId: headers['x-request-id'],
    });
    expect(JSON.stringify(body)).not.toMatch(/node_modules|at \w+ \(|select |insert /);
  }

  it('tells a browser to trust nothing', async () => {
    const { headers } = await anybody.get('/healthz').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers['strict-transport-security']).toMatch(/max-age=\d{7,}/);
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('lets no answer of the API be kept by a cache', async () => {
    const { headers } = await administrator.get(programmes).expect(200);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('repeats the id of a request, or makes one when what came is no id', async () => {
    const { headers } = await anybody.get('/healthz').set('X-Request-Id', 'my-request-0001');
    expect(headers['x-request-id']).toBe('my-request-0001');
    for (const forged of ['short', 'x'.repeat(65), 'a b c d e f g', 'id","level":60,"msg":"forged', 'id=<script>alert(1)</script>']) {
      const { headers: answered } = await anybody.get(programmes).set('X-Request-Id', forged);
      expect(answered['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(platform.log.join('')).not.toMatch(/forged|<script>/);
  });

  it('answers what it cannot take with a problem', async () => {
    expectProblem(await anybody.get('/nowhere'), 'not_found');
    const capitals = '01936F5E-7B1C-7C3E-9D52-0F4B6C1D2E3F';
    expectProblem(await anybody.get(`/v1/programmes/${capitals}`).set('Authorization', `Bearer ${administrator.token}`), 'invalid_request');
    expectProblem(await anybody.get('/v1/nowhere').set('Authorization', `Bearer ${administrator.token}`), 'not_found');
    expectProblem(await asAdministrator(anybody.put(programmes)).send({}), 'method_not_allowed');
    expectProblem(await asAdministrator(anybody.post(programmes)).type('json').send('{"code": '), 'invalid_request');
    expectProblem(await asAdministrator(anybody.post(programmes)).type('json').send('null'), 'invalid_request');
    expectProblem(await asAdministrator(anybody.post(programmes)).type('text/plain').send('code'), 'unsupported_media_type');
    expectProblem(await asAdministrator(anybody.post(programmes)).send({ code: 'x'.repeat(1_100_000) }), 'too_large');
    expectProblem(await administrator.get(`${programmes}/%E0%A4%A`), 'invalid_request');
    expectProblem(await administrator.get(`${programmes}/not-an-identifier`), 'invalid_request');
    expectProblem(await administrator.get(`${programmes}?limit=1000`), 'invalid_request');
    expectProblem(await administrator.get(`${programmes}?stray=1`), 'invalid_request');
    expectProblem(await administrator.get(`${programmes}?cursor=AAAA`), 'invalid_request');
    expectProblem(await anybody.post(programmes).set('Authorization', `Bearer ${administrator.token}`).send({}), 'invalid_request');
  });

  it('takes no prototype, no unknown property and no number for text', async () => {
    for (const body of ['{"__proto__": {"admin": true}}', '{"code": {"$ne": null}}', '{"extra": 1}', '[]']) {
      expectProblem(await asAdministrator(anybody.post(programmes)).type('json').send(body), 'invalid_request');
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('recognises only a bearer token that it gave out', async () => {
    const headers = [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${administrator.token}`,
      'Bearer nonsense',
      `Bearer ${administrator.token}x`,
      'Bearer \u00e9',
    ];
    for (const header of headers) {
      const answer = await anybody.get(programmes).set('Authorization', header);
      expectProblem(answer, 'unauthenticated');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('is alive, is ready, and counts', async () => {
    expect((await anybody.get('/healthz').expect(200)).body).toEqual({ status: 'ok' });
    expect((await anybody.get('/readyz').expect(200)).body).toEqual({ status: 'ready' });
    const { text } = await anybody.get('/metrics').expect(200);
    expect(text).toContain('sanad_http_request_seconds_count{method="GET",route="/v1/programmes",status="200"}');
    expect(text).not.toContain('nowhere'); // what callers make up is no label
  });

  it('shows what it counts to whoever has the token, and in production to nobody without one', async () => {
    const token = 'a-token-that-only-prometheus-has';
    const at = (metricsFor: HttpOptions['metricsFor']) => supertest(createHttp({ ...bare, metricsFor })).get('/metrics');
    const bare = {
      contract: { ...readContract(), paths: {} } as unknown as Contract,
      routes: {} as Routes<OperationId>,
      authenticate: () => expect.fail('nobody is asked who they are'),
      slowDown: async () => {},
      browsers: { cookieName: 'sanad', hstsSeconds: 0, csrfTokenOf: (of: string) => of },
      stranger: { id: newId(), kind: 'public', grants: [], secondFactorAt: null },
      authorise: () => {},
      ready: async () => true,
      reads: { record: async () => {} },
      logger: createLogger('silent'),
      metrics: createMetrics(false),
      uploads: { bytes: 1024, silenceMs: 100 },
      validateResponses: true,
      pages: (_request, _response, next) => next(),
    } satisfies Omit<HttpOptions, 'metricsFor'>;
    expect((await at('anybody').expect(200)).text).toContain('sanad_commands_total');
    expectProblem(await at('nobody').set('Authorization', `Bearer ${token}`), 'not_found');
    expect((await at({ token }).set('Authorization', `Bearer ${token}`).expect(200)).text).toContain('sanad_commands_total');
    for (const wrong of ['', 'Bearer ', `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, token, `Basic ${token}`]) {
      expectProblem(await at({ token }).set('Authorization', wrong), 'not_found');
    }
    expectProblem(await at({ token }), 'not_found');
  });

  it('logs who asked for what and why they were refused, and nothing that was said', async () => {
    const id = 'request-for-the-log';
    await asAdministrator(anybody.post(`${programmes}?search=Amina-Benali`))
      .set('X-Request-Id', id)
      .set('Cookie', 'session=a-cookie-value')
      .send({ name: 'a-body-value' });
    const line = platform.log.find((candidate) => candidate.includes(id)) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      service: 'sanad',
      req: { id, method: 'POST', path: programmes },
      res: { status: 400 },
      actorId: administrator.userId,
      actorKind: 'user',
      refusal: 'invalid_request',
    });
    const log = platform.log.join('');
    for (const said of [administrator.token, 'a-key-for-http', 'a-cookie-value', 'a-body-value', 'Amina-Benali'])
      expect(log).not.toContain(said);
  });
});

describe('a route', () => {
  const actor: Actor = { id: newId(), kind: 'user', grants: [], secondFactorAt: null };
  const log: string[] = [];
  let clone: TestDatabase;
  let database: Database;
  const zip = '/v1/beneficiary-exports/{exportId}/file';
  let handle: Handler<'listProgrammes'>;
  let file: () => Promise<Download>;
  let authenticate: () => Promise<Actor>;
  let record: ReadRecorder['record'];
  let authorise: HttpOptions['authorise'];
  let http: ReturnType<typeof supertest>;

  // One operation of the real contract, answered by whatever a test puts in its place.
  beforeAll(async () => {
    clone = await cloneDatabase();
    database = new Database({ ...clone.address, poolSize: 1, patienceMs: 500 });
    await database.reader.first(sql`select 1`); // the one connection is there
    const contract = readContract();
    const path = contract.paths['/v1/programmes'];
    const options = {
      contract: { ...contract, paths: { '/v1/programmes': { get: path?.['get'] }, [zip]: contract.paths[zip] } } as unknown as Contract,
      routes: {
        listProgrammes: (call: Parameters<typeof handle>[0]) => handle(call),
        downloadBeneficiaryExport: () => file(),
      } as unknown as Routes<OperationId>,
      authenticate: () => authenticate(),
      slowDown: async () => {},
      browsers: { cookieName: 'sanad', hstsSeconds: 0, csrfTokenOf: (token) => `csrf-${token}` },
      stranger: { id: newId(), kind: 'public', grants: [], secondFactorAt: null },
      authorise: (...asked) => authorise(...asked),
      ready: async () => false,
      reads: { record: (reads) => record(reads) },
      logger: createLogger('info', { write: (line) => log.push(line) }),
      metrics: createMetrics(false),
      metricsFor: 'nobody',
      uploads: { bytes: 1024, silenceMs: 100 },
      validateResponses: true,
      pages: (_request, _response, next) => next(),
    } satisfies HttpOptions;
    http = supertest(createHttp(options));
  });
  beforeEach(() => {
    authenticate = async () => actor;
    record = async () => {};
    authorise = () => {};
    handle = async () => ({ items: [], nextCursor: null });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  const get = (query = '') => http.get(`/v1/programmes${query}`).set('Authorization', 'Bearer token');

  it('lets a browser that was told to come by TLS alone forget it, where the settings say so', async () => {
    expect((await get().expect(200)).headers['strict-transport-security']).toMatch(/^max-age=0(;|$)/);
  });

  it('is handed numbers as numbers, and the limit that the contract sets when none is given', async () => {
    const limits: unknown[] = [];
    handle = async ({ query }) => {
      limits.push(query.limit);
      return { items: [], nextCursor: null };
    };
    await get('?limit=7').expect(200);
    await get().expect(200);
    expect(limits).toEqual([7, 50]);
  });

  it('answers 503 with Retry-After when no connection is free, for a caller and for a stranger alike', async () => {
    const held = database.reader.first(sql`select pg_sleep(2)`);
    const read = async () => {
      await database.reader.first(sql`select 1`);
      return { items: [], nextCursor: null };
    };
    handle = read;
    const answers = [await get()];
    authenticate = () => read().then(() => actor);
    answers.push(await get());
    for (const { status, body, headers } of answers) {
      expect({ status, code: body.code, retryAfter: headers['retry-after'] }).toEqual({ status: 503, code: 'busy', retryAfter: '1' });
    }
    await held;
  });

  it('answers 503 when there is no database at all', async () => {
    const nowhere = new Database({ url: 'postgres://nobody:nothing@127.0.0.1:1/none', poolSize: 1 });
    handle = async () => {
      await nowhere.reader.first(sql`select 1`);
      return { items: [], nextCursor: null };
    };
    expect((await get().expect(503)).body.code).toBe('busy');
    await nowhere.close();
  });

  it('gives nothing away of an error that nobody foresaw, in the answer or in the log', async () => {
    handle = async () => {
      await database.reader.first(sql`select ${'Amina Benali'}::int`);
      return { items: [], nextCursor: null };
    };
    const { body } = await get().expect(500);
    expect(body).toMatchObject({ code: 'internal_error', requestId: expect.any(String) });
    expect(JSON.stringify(body) + log.join('')).not.toContain('Benali');
    expect(log.join('')).toContain('"sqlState":"22P02"');
  });

  it('passes a problem on with its places, also from the recognition of the caller', async () => {
    authenticate = async () => {
      throw problem.unauthenticated('Your session has ended. Sign in again.');
    };
    expect((await get().expect(401)).body.detail).toBe('Your session has ended. Sign in again.');
    authenticate = async () => actor;
    authorise = () => {};
    handle = async () => {
      throw problem.unprocessable('No.', { left: 2 }, [{ pointer: '/x', detail: 'why' }]);
    };
    expect((await get().expect(422)).body).toMatchObject({ code: 'unprocessable', left: 2, errors: [{ pointer: '/x', detail: 'why' }] });
  });

  it('sends a version as ETag, and a file in pieces', async () => {
    handle = async () => new Versioned({ items: [], nextCursor: null }, 3);
    expect((await get().expect(200)).headers['etag']).toBe('"3"');
    file = async () => new Download('application/zip', 'list.zip', ['a;b\n', 'c;d\n']);
    const { body, headers } = await asBytes(http.get(zip.replace('{exportId}', newId())).set('Authorization', 'Bearer token')).expect(200);
    expect(body.toString()).toBe('a;b\nc;d\n');
    expect(headers['content-disposition']).toBe('attachment; filename=list.zip');
  });

  it('records who is shown before the first byte of a file is read, and reads none when it cannot', async () => {
    const order: string[] = [];
    file = async () =>
      new Download(
        'application/zip',
        'list.zip',
        (function* () {
          order.push('read');
          yield 'a;b\n';
        })(),
      );
    const ask = (exportId: string) => http.get(zip.replace('{exportId}', exportId)).set('Authorization', 'Bearer token');
    const exportId = newId();
    record = async (reads) => {
      expect(reads).toMatchObject([
        {
          reader: { id: actor.id },
          operation: 'downloadBeneficiaryExport',
          purpose: 'complaint',
          isStated: true,
          source: { type: 'person_export', id: exportId },
          requestId: expect.any(String),
        },
      ]);
      order.push('recorded');
    };
    await ask(exportId).set('Sanad-Purpose', 'complaint').expect(200);
    expect(order.splice(0)).toEqual(['recorded', 'read']);
    record = async () => {
      throw new Error('no table to write into');
    };
    const { body, headers } = await ask(exportId).expect(503);
    expect({ code: body.code, retryAfter: headers['retry-after'] }).toEqual({ code: 'not_recorded', retryAfter: '1' });
    expect(JSON.stringify(body)).not.toContain('table');
    expect(order).toEqual([]);
  });

  it('is not ready while its database is away', async () => {
    await http.get('/readyz').expect(503, { status: 'not ready' });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { bodyOnly, type KoboServer, koboSubmission, startKoboServer, statusOnly } from '../../../test/support/kobo-server.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { loadPilotGeography } from '../../seeding.ts';

const token = 'kobo-secret-token';
const minute = 60_000;
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const pageOf = (results: object[]) => JSON.stringify({ next: null, results }).replace('"DEEP"', deep);

describe('a connection to KoboToolbox', () => {
  let platform: TestPlatform;
  let kobo: KoboServer;
  let officer: Client;
  let forms = 0;

  beforeAll(async () => {
    kobo = await startKoboServer();
    platform = await startPlatform({ recurring: false, environment: { KOBO_PRIVATE_ADDRESSES: 'allow', KOBO_TIMEOUT_MS: '3000' } });
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('programme_officer');
  });
  afterEach(() => {
    kobo.misbehave = undefined;
    kobo.pageSize = 2;
    kobo.asked.length = 0;
  });
  afterAll(async () => {
    kobo.close();
    await platform.close();
  });

  const body = (more: object = {}) => {
    forms += 1;
    return { serverUrl: kobo.url, assetUid: `aForm${forms}`, token, ...more };
  };
  const add = async (more: object = {}, programmeId?: string) => {
    const programme = programmeId ?? (await makeFrame(platform)).programmeId;
    const answer = await officer.post(`/v1/programmes/${programme}/kobo-connections`, body(more)).expect(201);
    kobo.form = answer.body.assetUid;
    return { ...answer.body, etag: answer.headers['etag'] ?? '' };
  };
  const read = async (id: string) => (await officer.get(`/v1/kobo-connections/${id}`).expect(200)).body;
  const etagOf = async ({ id }: { id: string }) => (await officer.get(`/v1/kobo-connections/${id}`).expect(200)).headers['etag'] ?? '';
  const pull = async ({ id }: { id: string }) => {
    await officer.post(`/v1/kobo-connections/${id}/pull`).expect(202);
    await platform.settled();
    return read(id);
  };
  const people = async ({ programmeId }: { programmeId: string }) =>
    (
      await platform.owner.query(
        `select count(*)::int as count from enrolments e join beneficiaries b on b.id = e.beneficiary_id
          where e.programme_id = $1 and b.source = 'kobo'`,
        [programmeId],
      )
    ).rows[0].count;

  it('brings in everybody of every page, once, and afterwards only who is new', async () => {
    kobo.submissions = [1, 2, 3, 4, 5].map(koboSubmission);
    const connection = await add();
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 5, failures: 0, lastFailure: null, pulledAt: expect.any(String) });
    expect(await people(connection)).toBe(5);
    expect(kobo.asked.map(({ after, start }) => [after, start])).toEqual([
      [0, 0],
      [0, 2],
      [0, 4],
    ]);
    kobo.asked.length = 0;
    kobo.submissions.push(koboSubmission(6));
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 6 });
    expect(await people(connection)).toBe(6);
    expect(kobo.asked).toEqual([
      { path: `/api/v2/assets/${connection.assetUid}/data/`, after: 5, start: 0, authorization: `Token ${token}` },
    ]);
  });

  it('gives no officer people of their own: whoever added it is held to have entered everybody whom it names, whoever changes it', async () => {
    kobo.submissions = [61, 62].map(koboSubmission);
    const connection = await add();
    await pull(connection);
    const other = await platform.as('programme_officer');
    await other.patch(`/v1/kobo-connections/${connection.id}`, await etagOf(connection), { everyMinutes: 90 }).expect(200);
    kobo.submissions.push(koboSubmission(63));
    await pull(connection);
    const { rows } = await platform.owner.query(
      `select b.id, b.registered_by, e.entered_by from beneficiaries b join enrolments e on e.beneficiary_id = b.id
        where e.programme_id = $1 order by b.id`,
      [connection.programmeId],
    );
    expect(rows.map(({ registered_by, entered_by }) => [registered_by, entered_by])).toEqual(
      Array.from({ length: 3 }, () => [officer.userId, officer.userId]),
    );
    for (const { id } of rows) {
      expect((await officer.post(`/v1/beneficiaries/${id}/verify`).expect(403)).body.code).toBe('separation_of_duties');
    }
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
      [rows[0].id, rows[1].id, connection.programmeId],
    );
    const decision = { decision: 'different_people', reason: 'Seen both', version: 1 };
    const decide = (by: Client) => by.post(`/v1/duplicate-pairs/${rows[0].id}/${rows[1].id}/decision`, decision);
    expect((await decide(officer).expect(403)).body.code).toBe('separation_of_duties');
    await decide(other).expect(200);
  });

  it('is pulled at its turn without anybody asking', async () => {
    kobo.submissions = [101].map(koboSubmission);
    const connection = await add({ everyMinutes: 30 });
    await platform.owner.query('update kobo_connections set next_pull_at = $2 where id = $1', [connection.id, platform.clock.now()]);
    await platform.app.jobs.trigger('interop.pull_due');
    await expect.poll(async () => (await read(connection.id)).pulledAt, { timeout: 10_000 }).not.toBeNull();
    const { pulledAt, nextPullAt } = await read(connection.id);
    expect(Date.parse(nextPullAt) - Date.parse(pulledAt)).toBe(30 * minute);
  });

  it('takes nobody twice when a server repeats submissions, whole pages, or sends what was taken', async () => {
    const [one, two, three] = [201, 202, 203].map(koboSubmission);
    kobo.submissions = [
      one,
      { ...koboSubmission(204), _uuid: one?._uuid as string, members: one?.['members'] },
      two,
      three,
    ] as typeof kobo.submissions;
    const connection = await add();
    kobo.misbehave = (_request, url) => {
      // A server that knows neither `query` nor `sort`.
      url.searchParams.delete('query');
      return undefined;
    };
    expect(await pull(connection)).toMatchObject({ failures: 0 });
    expect(await people(connection)).toBe(3);
    expect(await pull(connection)).toMatchObject({ failures: 0 });
    expect(await people(connection)).toBe(3);
  });

  it('takes what comes in another order, and counts it as taken only at the end', async () => {
    kobo.submissions = [305, 304, 303, 302, 301].map(koboSubmission);
    const connection = await add();
    let pages = 0;
    kobo.misbehave = () => {
      pages += 1;
      return pages === 3 ? statusOnly(500) : undefined;
    };
    expect(await pull(connection)).toMatchObject({ lastFailure: 'server_error' });
    kobo.misbehave = undefined;
    expect(await pull(connection)).toMatchObject({ failures: 0, lastFailure: null });
    expect(await people(connection)).toBe(5);
  });

  it('goes on where it stopped', async () => {
    kobo.submissions = [401, 402, 403, 404].map(koboSubmission);
    const connection = await add();
    kobo.misbehave = (_request, url) => (url.searchParams.get('start') === '2' ? bodyOnly('{"count": 4, "next": null, "resu') : undefined);
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 2, lastFailure: 'unreadable', failures: 1, pulledAt: null });
    kobo.misbehave = undefined;
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 4, failures: 0 });
    expect(kobo.asked.at(-1)).toMatchObject({ after: 402, start: 0 });
    expect(await people(connection)).toBe(4);
  });

  it('lets one of two pulls at the same moment go on, and nobody is there twice', async () => {
    kobo.submissions = [451, 452, 453].map(koboSubmission);
    const connection = await add();
    const path = `/v1/kobo-connections/${connection.id}/pull`;
    await Promise.all([officer.post(path).expect(202), officer.post(path).expect(202)]);
    await platform.settled();
    expect(await read(connection.id)).toMatchObject({ takenSubmissions: 3, failures: 0 });
    expect(await people(connection)).toBe(3);
  });

  it('leaves out what was not approved', async () => {
    kobo.submissions = [{ ...koboSubmission(501), _validation_status: { uid: 'validation_status_not_approved' } }];
    const connection = await add();
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 0, failures: 0 });
    expect(await people(connection)).toBe(0);
  });

  it('takes what is approved later, asks no more for what is gone, and keeps asking for the rest', async () => {
    const notApproved = (n: number) => ({ ...koboSubmission(n), _validation_status: { uid: 'validation_status_not_approved' } });
    kobo.submissions = [notApproved(511), koboSubmission(512), notApproved(513), notApproved(514), notApproved(515)];
    const connection = await add();
    const looked = async () =>
      (await platform.owner.query('select not_approved from kobo_connections where id = $1', [connection.id])).rows[0].not_approved;
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 1 });
    expect(await looked()).toEqual(['515', '514', '513', '511']);
    kobo.submissions = [koboSubmission(511), koboSubmission(512), notApproved(513), koboSubmission(515)];
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 3, failures: 0 });
    expect(await people(connection)).toBe(3);
    expect(await looked()).toEqual(['513']);
    kobo.misbehave = (_request, url) => {
      url.searchParams.delete('query');
      return undefined;
    };
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 3, failures: 0 });
    expect(await looked()).toEqual(['513']);
    kobo.submissions = [];
    kobo.misbehave = undefined;
    await pull(connection);
    expect(await looked()).toEqual([]);
    kobo.asked.length = 0;
    await pull(connection);
    expect(kobo.asked).toHaveLength(1);
  });

  it('looks again at no more than the latest thousand', async () => {
    kobo.submissions = Array.from({ length: 1_001 }, (_none, i) => ({
      ...koboSubmission(20_001 + i),
      _validation_status: { uid: 'validation_status_not_approved' },
    }));
    kobo.pageSize = 500;
    const connection = await add();
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 0, failures: 0 });
    kobo.submissions = [20_001, 20_002].map(koboSubmission);
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 1, failures: 0 });
    await expect(
      platform.owner.query('update kobo_connections set not_approved = array(select generate_series(1, 1001)) where id = $1', [
        connection.id,
      ]),
    ).rejects.toMatchObject({ constraint: 'kobo_connections_not_approved_check' });
  });

  it('pulls nothing more while a file waits for its columns, says which, and goes on once it is run', async () => {
    const odd = (n: number) => ({ ...koboSubmission(n), 'household/abc_xyz': '1' });
    kobo.submissions = [odd(521), koboSubmission(522), koboSubmission(523)];
    const connection = await add();
    const waiting = await pull(connection);
    expect(waiting).toMatchObject({ takenSubmissions: 2, lastFailure: 'file_waiting', waitingFileId: expect.any(String) });
    kobo.asked.length = 0;
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 2, lastFailure: 'file_waiting', failures: 2 });
    expect(kobo.asked).toEqual([]);
    const file = `/v1/registration-files/${waiting.waitingFileId}`;
    const { headers, body: shown } = await officer.get(file).expect(200);
    const columns = shown.columns.map(({ header, guess }: { header: string; guess: string | null }) => ({ header, column: guess }));
    const enrolling = await platform.as('enrolment_officer');
    await enrolling.put(`${file}/mapping`, headers['etag'] ?? '', { columns }).expect(200);
    await enrolling.post(`${file}/run`).expect(202);
    await platform.settled();
    expect(await read(connection.id)).toMatchObject({ waitingFileId: null });
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 3, failures: 0, lastFailure: null, waitingFileId: null });
    expect(await people(connection)).toBe(3);
  });

  it('shows the file that stopped at too many duplicates, and pulls nothing more', async () => {
    const twice = (n: number) => ({ ...koboSubmission(n), _id: n + 100, _uuid: `copy-${n}`, 'meta/instanceID': '' });
    const numbers = Array.from({ length: 60 }, (_none, i) => 30_001 + i);
    kobo.pageSize = 500;
    kobo.submissions = numbers.map(koboSubmission);
    const connection = await add();
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 60, waitingFileId: null });
    kobo.submissions = numbers.map(twice);
    const { waitingFileId } = await pull(connection);
    expect((await officer.get(`/v1/registration-files/${waitingFileId}`).expect(200)).body).toMatchObject({ state: 'stopped' });
    kobo.asked.length = 0;
    const stopped = await pull(connection);
    expect(stopped).toMatchObject({ lastFailure: 'file_waiting', waitingFileId, takenSubmissions: 120 });
    expect(Date.parse(stopped.nextPullAt) - platform.clock.now().getTime()).toBeGreaterThan(59 * minute);
    expect(kobo.asked).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['has an answer without end', { notes: 'x'.repeat(33_000) }, { takenSubmissions: 3, unreadableSubmissions: 0 }],
    ['holds a NUL', { language: 'f\0' }, { takenSubmissions: 3, unreadableSubmissions: 0 }],
    ['has no _uuid', { _uuid: undefined }, { takenSubmissions: 2, unreadableSubmissions: 1 }],
    ['has a _uuid without end', { _uuid: 'x'.repeat(101) }, { takenSubmissions: 2, unreadableSubmissions: 1 }],
    ['is too large', { notes: 'x'.repeat(5 * 1024 ** 2) }, { takenSubmissions: 2, unreadableSubmissions: 1 }],
    [
      'asks what no form asks',
      Object.fromEntries(Array.from({ length: 1_100 }, (_none, i) => [`q${i}`, '1'])),
      { takenSubmissions: 2, unreadableSubmissions: 1 },
    ],
    ['is too deep', { notes: 'DEEP' }, { takenSubmissions: 2, unreadableSubmissions: 1 }],
    [
      'is about a village',
      { m: Array.from({ length: 2_000 }, () => ({ 'm/age': '7' })) },
      { takenSubmissions: 2, unreadableSubmissions: 1 },
    ],
  ])('goes on when one submission %s', async (_how, wrong, counts) => {
    forms += 1;
    const n = 1_000 + forms * 10;
    const bad = { ...koboSubmission(n + 3), ...wrong };
    kobo.pageSize = 10;
    kobo.misbehave = (_request, url) =>
      url.search.includes(`${n + 3}`) ? undefined : bodyOnly(pageOf([koboSubmission(n + 1), koboSubmission(n + 2), bad]));
    kobo.submissions = [];
    const connection = await add();
    expect(await pull(connection)).toMatchObject({ failures: 0, lastFailure: null, ...counts });
    expect(await people(connection)).toBe(2);
    expect(await pull(connection)).toMatchObject({ failures: 0, ...counts });
    expect(kobo.asked.at(-1)).toMatchObject({ after: n + 3 });
  });

  it.each<[string, string, NonNullable<KoboServer['misbehave']>]>([
    ['breaks', 'server_error', () => statusOnly(502)],
    ['refuses the token', 'refused', () => statusOnly(403)],
    ['does not know the form', 'not_found', () => statusOnly(404)],
    ['points elsewhere by a redirection', 'unexpected_status', () => statusOnly(302, { location: 'http://169.254.169.254/' })],
    ['hangs up', 'unreachable', () => (request) => void request.socket.destroy()],
    ['falls silent', 'timeout', () => () => {}],
    ['falls silent in the middle', 'timeout', () => (_request, response) => void response.writeHead(200).write('{"results": [')],
    ['sends a page of HTML', 'unreadable', () => bodyOnly('<html>')],
    ['sends no list', 'unreadable', () => bodyOnly('{"results": {"_id": 1}}')],
    ['sends submissions without numbers', 'unreadable', () => bodyOnly('{"results": [{"_uuid": "x"}]}')],
    ['sends what is not UTF-8', 'unreadable', () => bodyOnly(Buffer.from('{"results": [{"_id": 1, "_uuid": "é"}]}', 'latin1'))],
    ['sends more than anybody reads', 'unreadable', () => bodyOnly(Buffer.alloc(33 * 1024 * 1024, ' '))],
    [
      'sends what intake does not accept',
      'not_accepted',
      () => bodyOnly('{"results": [{"_id": 1, "_uuid": "x", "a\\u200b": "1", "a": "2"}]}'),
    ],
  ])('says why when the server %s', async (_how, failure, misbehave) => {
    const connection = await add();
    kobo.misbehave = misbehave;
    const before = platform.clock.now().getTime();
    const failed = await pull(connection);
    expect(failed).toMatchObject({ lastFailure: failure, failures: 1, takenSubmissions: 0, pulledAt: null });
    expect(Date.parse(failed.nextPullAt) - before).toBeGreaterThanOrEqual(30_000);
  });

  it.each([
    'http://127.0.0.2:1/api/v2/x',
    'https://evil.example/api/v2/x',
    'http://user:secret@127.0.0.1/x',
    'ftp://127.0.0.1/x',
    '//evil.example/x',
    'http://[::1]/',
  ])('goes nowhere else than to its server: %s', async (next) => {
    kobo.submissions = [];
    const connection = await add();
    kobo.misbehave = () => bodyOnly(JSON.stringify({ next, results: [koboSubmission(601)] }));
    expect(await pull(connection)).toMatchObject({ lastFailure: 'next_elsewhere', takenSubmissions: 0 });
    expect(kobo.asked).toHaveLength(1);
  });

  it('takes submissions of one page that ask more together than a file has columns, each with those that it fits with', async () => {
    const asking = (n: number, what: string) => ({
      ...koboSubmission(n),
      ...Object.fromEntries(Array.from({ length: 600 }, (_none, i) => [`assets/${what}_${i}`, '1'])),
    });
    kobo.pageSize = 500;
    kobo.submissions = [asking(701, 'goat'), asking(702, 'goat'), asking(703, 'hen'), asking(704, 'hen'), asking(705, 'goat')];
    const connection = await add();
    const enrolling = await platform.as('enrolment_officer');
    let pulled = await pull(connection);
    const files: string[] = [];
    while (pulled.waitingFileId !== null && files.length < 5) {
      files.push(pulled.waitingFileId);
      const file = `/v1/registration-files/${pulled.waitingFileId}`;
      const { headers, body: shown } = await officer.get(file).expect(200);
      const columns = shown.columns.map(({ header, guess }: { header: string; guess: string | null }) => ({ header, column: guess }));
      await enrolling.put(`${file}/mapping`, headers['etag'] ?? '', { columns }).expect(200);
      await enrolling.post(`${file}/run`).expect(202);
      await platform.settled();
      pulled = await pull(connection);
    }
    expect(new Set(files).size).toBe(3);
    expect(pulled).toMatchObject({ takenSubmissions: 5, unreadableSubmissions: 0, lastFailure: null });
    expect(await people(connection)).toBe(5);
  });

  it('asks for fewer submissions at once where a page of them is more than it reads', async () => {
    const tooMuch = bodyOnly(Buffer.alloc(33 * 1024 * 1024, ' '));
    const connection = await add();
    kobo.pageSize = 1;
    kobo.submissions = [801, 802, 803].map(koboSubmission);
    const limits: (string | null)[] = [];
    kobo.misbehave = (_request, url) => {
      const limit = url.searchParams.get('limit');
      limits.push(limit);
      return limit === '1' ? undefined : tooMuch;
    };
    expect(await pull(connection)).toMatchObject({ takenSubmissions: 3, unreadableSubmissions: 0, failures: 0, lastFailure: null });
    expect(await people(connection)).toBe(3);
    expect(limits).toEqual(['500', '20', '1', '1', '1']);
  });

  it('stops when a server leads it in a circle', async () => {
    const connection = await add();
    kobo.misbehave = (_request, url) => bodyOnly(JSON.stringify({ next: url.href, results: [] }));
    expect(await pull(connection)).toMatchObject({ lastFailure: 'no_progress' });
    expect(kobo.asked).toHaveLength(1);
  });

  it('leaves a server alone for as long as it asks, and longer after each failure', async () => {
    const connection = await add();
    kobo.misbehave = () => statusOnly(429, { 'retry-after': '3600' });
    const pause = async () => {
      const { nextPullAt } = await pull(connection);
      return (Date.parse(nextPullAt) - platform.clock.now().getTime()) / minute;
    };
    expect(await pause()).toBeCloseTo(60, 0);
    kobo.misbehave = () => statusOnly(503);
    expect(await pause()).toBeCloseTo(1, 0);
    expect(await pause()).toBeCloseTo(2, 0);
    expect(await read(connection.id)).toMatchObject({ failures: 3, lastFailure: 'server_error' });
    kobo.asked.length = 0;
    await platform.app.jobs.trigger('interop.pull_due');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(kobo.asked).toEqual([]);
  });

  it('is for a programme officer of the programme with a fresh second factor', async () => {
    const [{ programmeId }, other] = [await makeFrame(platform), await makeFrame(platform)];
    const path = `/v1/programmes/${programmeId}/kobo-connections`;
    await (await platform.as('enrolment_officer')).post(path, body()).expect(403);
    await (await platform.as('programme_officer', { programme: other.programmeId })).post(path, body()).expect(404);
    const mine = await platform.as('programme_officer', { programme: programmeId });
    const { body: connection, headers } = await mine.post(path, body()).expect(201);
    const stranger = await platform.as('auditor', { programme: other.programmeId });
    await stranger.get(`/v1/kobo-connections/${connection.id}`).expect(404);
    await stranger.get(path).expect(404);
    await (await platform.as('enrolment_officer', { programme: programmeId }))
      .post(`/v1/kobo-connections/${connection.id}/pull`)
      .expect(202);
    await platform.settled();
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '10 minutes' where user_id = $1`, [
      mine.userId,
    ]);
    expect((await mine.post(path, body()).expect(401)).body.code).toBe('step_up_required');
    const change = mine.patch(`/v1/kobo-connections/${connection.id}`, headers['etag'] ?? '', { token: 'another-token' });
    expect((await change.expect(401)).body.code).toBe('step_up_required');
  });

  it('is changed as it was read, and never shows its token', async () => {
    const connection = await add();
    expect(JSON.stringify(connection)).not.toContain(token);
    const path = `/v1/kobo-connections/${connection.id}`;
    const changed = await officer.patch(path, connection.etag, { token: 'another-token', everyMinutes: 5 }).expect(200);
    expect(changed.body).toMatchObject({ everyMinutes: 5, mapping: null });
    await officer.patch(path, connection.etag, { everyMinutes: 6 }).expect(409);
    expect(await pull(connection)).toMatchObject({ lastFailure: 'refused' });
    expect(kobo.asked.at(-1)?.authorization).toBe('Token another-token');
    const { body: list } = await officer.get(`/v1/programmes/${connection.programmeId}/kobo-connections`).expect(200);
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([connection.id]);
    const { rows } = await platform.owner.query(`select row_to_json(c)::text as row from kobo_connections c
      union all select row_to_json(i)::text from idempotency_keys i union all select row_to_json(f)::text from follow_ups f`);
    const everything = [...rows.map(({ row }) => row), ...platform.log, JSON.stringify(list)].join('\n');
    expect(everything).not.toMatch(/another-token|kobo-secret/);
    expect(everything).not.toContain(Buffer.from('another-token').toString('hex'));
  });

  it('answers a made-up cursor or version as the mistake of its caller', async () => {
    const connection = await add();
    const list = `/v1/programmes/${connection.programmeId}/kobo-connections`;
    expect((await officer.get(`${list}?cursor=abc`).expect(400)).body.errors).toMatchObject([{ pointer: '/query/cursor' }]);
    await officer.patch(`/v1/kobo-connections/${connection.id}`, '"99999999999"', { everyMinutes: 6 }).expect(400);
  });

  it('ends for good, and its token with it', async () => {
    const connection = await add();
    const ended = await officer.post(`/v1/kobo-connections/${connection.id}/end`).expect(200);
    expect(ended.body.endedAt).toEqual(expect.any(String));
    await officer.post(`/v1/kobo-connections/${connection.id}/end`).expect(409);
    await officer.post(`/v1/kobo-connections/${connection.id}/pull`).expect(409);
    await officer.patch(`/v1/kobo-connections/${connection.id}`, '"2"', { everyMinutes: 5 }).expect(409);
    expect(kobo.asked).toEqual([]);
    const { rows } = await platform.owner.query('select token from kobo_connections where id = $1', [connection.id]);
    expect(rows).toEqual([{ token: null }]);
    const again = { serverUrl: kobo.url, assetUid: connection.assetUid, token };
    const path = `/v1/programmes/${connection.programmeId}/kobo-connections`;
    await officer.post(path, again).expect(201);
    await officer.post(path, again).expect(409);
  });

  it.each([
    'ftp://kf.kobotoolbox.org',
    'http://kf.kobotoolbox.org',
    'https://kf.kobotoolbox.org/x',
    'https://a:b@kf.kobotoolbox.org',
    'kobo',
    'https://x?y',
    'file:///etc/passwd',
  ])('is refused to what is no server: %s', async (serverUrl) => {
    const { programmeId } = await makeFrame(platform);
    const { body: refusal } = await officer.post(`/v1/programmes/${programmeId}/kobo-connections`, body({ serverUrl })).expect(422);
    expect(refusal.errors).toMatchObject([{ pointer: '/serverUrl' }]);
  });

  it('is kept by the database from going back, coming back, or going elsewhere', async () => {
    const connection = await add();
    const client = await platform.applicationClient();
    const broken = (statement: string) =>
      client.query(statement, [connection.id]).then(
        () => 'nothing',
        ({ constraint, code }) => constraint ?? code,
      );
    await client.query('update kobo_connections set last_submission = 7 where id = $1', [connection.id]);
    expect(await broken('update kobo_connections set last_submission = 6 where id = $1')).toBe('kobo_connections_over');
    expect(await broken(`update kobo_connections set server_url = 'https://evil.example' where id = $1`)).toBe('42501');
    expect(await broken('update kobo_connections set token = null where id = $1')).toMatch(/^kobo_connections_check/);
    expect(await broken('update kobo_connections set ended_at = now(), ended_by = id where id = $1')).toMatch(/^kobo_connections_check/);
    expect(await broken('update kobo_connections set failures = 1 where id = $1')).toMatch(/^kobo_connections_check/);
    expect(await broken(`update kobo_connections set failures = 1, last_failure = 'x' where id = $1`)).toBe(
      'kobo_connections_last_failure_check',
    );
    expect(await broken('delete from kobo_connections where id = $1')).toBe('42501');
    expect(
      await broken(`insert into kobo_connections (id, programme_id, server_url, asset_uid, every_minutes, token, next_pull_at, created_by, created_at)
        select gen_random_uuid(), programme_id, 'http://10.0.0.1', asset_uid, 60, 'x', now(), id, now() from kobo_connections where id = $1`),
    ).toBe('kobo_connections_server_url_check');
    await officer.post(`/v1/kobo-connections/${connection.id}/end`).expect(200);
    expect(await broken("update kobo_connections set ended_at = null, ended_by = null, token = 'x' where id = $1")).toBe(
      'kobo_connections_over',
    );
    await client.end();
  });
});

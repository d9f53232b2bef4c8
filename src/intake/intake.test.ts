import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, header, many, registrationRow as row } from '../../test/support/registration-files.ts';
import { duplicateCheck } from '../deduplication/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { intakeJobs } from './jobs.ts';

describe('a file of registrations', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const send = (csv: string, programmeId = frame.programmeId, query = '?start=true') =>
    officer.post(`/v1/programmes/${programmeId}/registration-files${query}`, csv);
  const read = async (id: string) => (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;
  const act = async (id: string, verb: 'check' | 'run') => {
    await officer.post(`/v1/registration-files/${id}/${verb}`).expect(202);
    await platform.settled();
    return read(id);
  };
  const take = async (csv: string, programmeId = frame.programmeId) => {
    const { body } = await send(csv, programmeId).expect(202);
    await platform.settled();
    return read(body.id);
  };
  const peopleIn = async (programmeId: string) =>
    (await platform.owner.query('select count(*)::int as count from enrolments where programme_id = $1', [programmeId])).rows[0].count;
  const programme = async () => (await makeFrame(platform)).programmeId;

  it('is received once when two send it at the same moment, whatever the key', async () => {
    const csv = fileOf(row(900_001));
    const answers = await Promise.all([send(csv).expect(202), send(csv).expect(202)]);
    expect(answers.map(({ body }) => body.alreadyReceived).sort()).toEqual([false, true]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await platform.settled();
  });

  it('is carried out once under one key, and another file under it is refused', async () => {
    const path = `/v1/programmes/${frame.programmeId}/registration-files`;
    const first = await officer.post(path, fileOf(row(910_001)), 'the-key-of-a-file').expect(202);
    const again = await officer.post(path, fileOf(row(910_001)), 'the-key-of-a-file').expect(202);
    expect(again.body).toEqual(first.body);
    const other = await officer.post(path, fileOf(row(910_002)), 'the-key-of-a-file').expect(422);
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  it('with a header and no rows is a file without people', async () =>
    expect(await take(fileOf(), await programme())).toMatchObject({
      state: 'done',
      totalRows: 0,
      doneRows: 0,
      finishedAt: expect.any(String),
    }));

  it('compares within a batch as with everybody: the later row waits', async () => {
    const file = await take(fileOf(...many(8), row(8, 'TWICE'), row(9, 'twice')), await programme());
    expect(file).toMatchObject({ state: 'done', acceptedRows: 10, duplicateRows: 1 });
    const { rows } = await platform.owner.query(
      `select b.source_row from beneficiaries b join enrolments e on e.beneficiary_id = b.id where b.source_id = $1 and e.state = 'applicant'`,
      [file.id],
    );
    expect(rows).toEqual([{ source_row: 10 }]);
  });

  it('enters nobody when too many of all its rows are duplicates, however late they come, and everybody when they are few of all', async () => {
    const id = await programme();
    await take(fileOf(...many(500)), id);
    const late = await take(fileOf(...many(1_100, 10_000), ...many(500)), id);
    expect(late).toMatchObject({ state: 'stopped', totalRows: 1_600, doneRows: 0, acceptedRows: 0, finishedAt: expect.any(String) });
    expect(late.findings).toMatchObject({ tooManyDuplicates: true, overLimit: { rows: 1_500, duplicates: 400 } });
    expect(await peopleIn(id)).toBe(500);
    const thick = await take(fileOf(...many(100, 20_000), ...many(300), ...many(1_200, 30_000)), id);
    expect(thick).toMatchObject({ state: 'done', acceptedRows: 1_600, duplicateRows: 300 });
    expect(thick.findings).toMatchObject({ checkedRows: 1_600, tooManyDuplicates: false, duplicates: { withinFile: 0, withOthers: 300 } });
  });

  it('looks at the beginning of a large file that had no dry run, and stops once too many of those who went in are duplicates', async () => {
    const id = await programme();
    await take(fileOf(...many(700)), id);
    const early = await take(fileOf(...many(700), ...many(1_900, 10_000)), id);
    expect(early).toMatchObject({
      state: 'stopped',
      totalRows: 2_600,
      doneRows: 0,
      findings: { overLimit: { duplicates: 500, rows: 500 } },
    });
    const late = await take(fileOf(...many(2_000, 20_000), ...many(700)), id);
    expect(late).toMatchObject({ state: 'stopped', totalRows: 2_700, doneRows: 2_700, acceptedRows: 2_700, duplicateRows: 700 });
    // What a dry run has seen whole is judged as a whole.
    const { body: sent } = await send(fileOf(...many(700), ...many(3_000, 30_000)), id, '').expect(202);
    expect(await act(sent.id, 'check')).toMatchObject({
      findings: { checkedRows: 3_700, tooManyDuplicates: false, duplicates: { withOthers: 700 } },
    });
    expect(await act(sent.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 3_700 });
  });

  it('stops before the next batch once too many are duplicates that came in meanwhile, and says how many', async () => {
    const id = await programme();
    await take(fileOf(...many(400)), id);
    const { body: sent } = await send(fileOf(...many(500, 10_000), ...many(400), ...many(1_000, 20_000)), id, '').expect(202);
    await platform.owner.query(`update registration_files set state = 'running', attempt = 1 where id = $1`, [sent.id]);
    const { database, execute, keyRing } = platform.app;
    const ground = { db: database.reader, execute, keyRing, clock: platform.clock };
    // As if everybody had been entered elsewhere after the whole file was looked at.
    const blind = { add: async (people: readonly object[]) => people.map(() => []), end: async () => {} };
    const [, run] = intakeJobs(ground, { ...duplicateCheck(ground), rehearse: () => blind });
    await run?.run({ fileId: sent.id });
    const file = await read(sent.id);
    // Batch by batch of 500; while one is compared the next is entered, and no more.
    expect(file).toMatchObject({ state: 'stopped', totalRows: 1_900, doneRows: 1_500, acceptedRows: 1_500, duplicateRows: 400 });
    expect(file.finishedAt).toEqual(expect.any(String));
    expect(await peopleIn(id)).toBe(1_900);
    const events = await platform.owner.query(
      `select count(*)::int as count from audit_events where command = 'intake.finish_file' and subject_id = $1`,
      [file.id],
    );
    expect(events.rows[0].count).toBe(1);

    const refused = await officer.post(`/v1/registration-files/${file.id}/run`).expect(409);
    expect(refused.body).toMatchObject({ code: 'too_many_duplicates', duplicates: 400, rows: 1_500, limit: '0.2' });
    expect(refused.body.detail).toMatch(/^Of 1500 rows 400 may be duplicates.*0\.2\. Decide on the pairs.* or have the limit/);
    const { rowCount: pairs } = await platform.owner.query(
      `update duplicate_pairs set state = 'different_people', reason = 'Seen by the field team', decided_by = gen_random_uuid(), decided_at = now()
        where second_id in (select id from beneficiaries where source_id = $1 and source_row <= 600)`,
      [file.id],
    );
    expect(pairs).toBeGreaterThanOrEqual(100);
    await officer.post(`/v1/registration-files/${file.id}/run`).expect(202);
    await platform.settled();
    expect(await read(file.id)).toMatchObject({ state: 'done', acceptedRows: 1_900, duplicateRows: 300 });
  });

  it('enters nobody of a small file of which too many are duplicates, and is run once the limit is raised', async () => {
    const id = await programme();
    await take(fileOf(...many(4)), id);
    const file = await take(fileOf(...many(4), row(50), row(50, 'OTHER'), ...many(2, 100)), id);
    expect(file).toMatchObject({ state: 'stopped', doneRows: 0, acceptedRows: 0, finishedAt: expect.any(String) });
    const duplicates = { withinFile: 1, withOthers: 4 };
    expect(file.findings).toMatchObject({ checkedRows: 8, tooManyDuplicates: true, overLimit: { duplicates: 5, rows: 8 }, duplicates });
    expect(await peopleIn(id)).toBe(4);
    const { body } = await officer.post(`/v1/registration-files/${file.id}/run`).expect(409);
    expect(body).toMatchObject({ code: 'too_many_duplicates', duplicates: 5, rows: 8 });
    expect(body.detail).toContain('Take the repeated rows out');
    const administrator = await platform.as('administrator');
    await administrator.patch(`/v1/programmes/${id}`, '"1"', { duplicateLimit: '0.5', reason: 'Many return' }).expect(200);
    await officer.post(`/v1/registration-files/${file.id}/run`).expect(202);
    await platform.settled();
    expect(await read(file.id)).toMatchObject({ state: 'done', acceptedRows: 8 });
    expect(await peopleIn(id)).toBe(12);
  });

  it('counts rows whose submission was entered before, and refuses a repetition within itself', async () => {
    const id = await programme();
    const keyed = (...keys: (string | number)[]) =>
      [`${header},_uuid`, ...keys.map((key, i) => `${row(700_000 + Number(key) * 100 + i)},uuid:${key}`)].join('\n');
    expect(await take(keyed(1, 2, 3), id)).toMatchObject({ acceptedRows: 3, knownRows: 0 });
    const file = await take(keyed(2, 4, 5, 4), id);
    expect(file).toMatchObject({ state: 'done', doneRows: 4, acceptedRows: 2, knownRows: 1, refusedRows: 1 });
    const { body } = await officer.get(`/v1/registration-files/${file.id}/refused-rows?language=fr`).expect(200);
    expect(body.items).toEqual([
      { rowNumber: 5, reasons: [{ cell: '_uuid', code: 'submission_twice', detail: expect.stringContaining('soumission') }] },
    ]);
    expect(await peopleIn(id)).toBe(5);
    // In another programme the same submissions are other people's.
    expect(await take(keyed(1, 2, 3), await programme())).toMatchObject({ acceptedRows: 3, knownRows: 0 });
  });

  it('can be cancelled between two batches; who was entered stays, and it goes on from there', async () => {
    const id = await programme();
    const { body } = await send(fileOf(...many(3_000, 20_000)), id).expect(202);
    for (let file = body; file.doneRows === 0; file = await read(body.id)) await new Promise((resolve) => setTimeout(resolve, 5));
    await officer.post(`/v1/registration-files/${body.id}/cancel`).expect(200);
    await platform.settled();
    const cancelled = await read(body.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
    expect(cancelled.doneRows).toBeGreaterThan(0);
    expect(cancelled.doneRows).toBeLessThan(3_000);
    expect(await peopleIn(id)).toBe(cancelled.doneRows);
    const { rows } = await platform.owner.query('select count(*)::int as count from comparisons_due');
    expect(rows[0].count).toBe(0);
    await officer.post(`/v1/registration-files/${body.id}/cancel`).expect(409);
    await officer.post(`/v1/registration-files/${body.id}/run`).expect(202);
    await platform.settled();
    expect(await read(body.id)).toMatchObject({ state: 'done', doneRows: 3_000, acceptedRows: 3_000 });
    expect(await peopleIn(id)).toBe(3_000);
  });

  it('is shown to nobody of another programme', async () => {
    const file = await take(fileOf(row(900_002), 'short,row'));
    expect(file).toMatchObject({ acceptedRows: 1, refusedRows: 1 });
    const stranger = await platform.as('enrolment_officer', { programme: await programme() });
    for (const path of ['', '/refused-rows']) await stranger.get(`/v1/registration-files/${file.id}${path}`).expect(404);
    const asked = { reason: 'To be corrected', language: 'fr', encryption: 'zip' };
    await stranger.post(`/v1/registration-files/${file.id}/refused-rows/exports`, asked).set('Sanad-Purpose', 'correction').expect(404);
    for (const verb of ['check', 'run', 'cancel']) await stranger.post(`/v1/registration-files/${file.id}/${verb}`).expect(404);
    await stranger.put(`/v1/registration-files/${file.id}/mapping`, '"1"', { saved: 'x' }).expect(404);
    await stranger.get(`/v1/programmes/${frame.programmeId}/registration-files`).expect(404);
    await stranger.get(`/v1/programmes/${frame.programmeId}/column-mappings`).expect(404);
    await stranger.post(`/v1/programmes/${frame.programmeId}/registration-files`, fileOf(row(1))).expect(404);
    const agent = await platform.as('agent');
    await agent.get(`/v1/registration-files/${file.id}`).expect(403);
    await agent.post(`/v1/programmes/${frame.programmeId}/registration-files`, fileOf(row(1))).expect(403);
    await officer.get(`/v1/registration-files/${file.id}/refused-rows?cursor=zzz`).expect(400);
  });

  it('is listed with its programme, the latest first', async () => {
    const id = await programme();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.unshift((await send(fileOf(row(800_000 + n)), id, '').expect(202)).body.id);
    const first = await officer.get(`/v1/programmes/${id}/registration-files?limit=2`).expect(200);
    const second = await officer.get(`/v1/programmes/${id}/registration-files?cursor=${first.body.nextCursor}`).expect(200);
    expect([...first.body.items, ...second.body.items].map((file) => file.id)).toEqual(ids);
  });

  it('gives its refused rows back as the same kind of file, with reasons in the language asked for', async () => {
    const file = await take(
      fileOf(row(950_001), row(950_002).replace(',female,', ',?,'), row(950_003)).replaceAll(',', ';'),
      await programme(),
    );
    const { text, name } = await refusedRowsOf(platform, officer, file.id, 'ar');
    expect(name).toBe('refused-rows.csv');
    const lines = text.replace('\uFEFF', '').trim().split('\r\n');
    expect(lines[0]).toBe(`${header.replaceAll(',', ';')};السطر في الملف;الأسباب`);
    expect(lines[1]).toMatch(/;\?;.*;Sex: .*[\u0600-\u06FF]/);
    // Sent back as it is, it has the reasons once and not twice.
    const again = await take(text, await programme());
    expect(again).toMatchObject({ state: 'done', totalRows: 1, refusedRows: 1, unsettled: [] });
    const twice = await refusedRowsOf(platform, officer, again.id);
    expect(twice.text.replace('\uFEFF', '').split('\r\n')[0]).toBe(`${header.replaceAll(',', ';')};Row in the file;Reasons`);
  });
});

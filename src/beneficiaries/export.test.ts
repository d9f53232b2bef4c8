import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { asBytes, requestExport, tableIn, unage, unzip } from '../../test/support/exports.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { system } from '../access/index.ts';
import { newId } from '../platform/index.ts';
import { beginExport, finishExport, keepExportPart } from './export-commands.ts';
import { Superseded } from './export-parts.ts';

const form = {
  reason: 'Handed to the auditors',
  format: 'csv',
  language: 'en',
  fields: ['registrationNumber', 'givenName', 'phones', 'documents'],
  encryption: 'zip',
};

describe('exporting people', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let manager: Client;
  const people: Person[] = [];

  beforeAll(async () => {
    platform = await startPlatform({ environment: { EXPORTS_PER_DAY_AT_MOST: '1000', EXPORTS_PER_DAY: '1000' } });
    frame = await makeFrame(platform);
    const other = await makeFrame(platform);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    people.push(
      await makePerson(platform, frame.programmeId, { names: { given: '=HYPERLINK("http://evil.example")', family: 'Bah' } }),
      await makePerson(platform, frame.programmeId, {
        names: { given: 'Aïcha; "la grande"', middle: 'محمد', family: 'Bah' },
        documents: [],
      }),
      await makePerson(platform, frame.programmeId),
    );
    await makePerson(platform, other.programmeId);
  });
  afterAll(() => platform.close());

  const path = () => `/v1/programmes/${frame.programmeId}/beneficiary-exports`;
  const ask = (body: object = form, by = manager) => by.post(path(), body).set('Sanad-Purpose', 'monitoring');
  const made = (body: object = form, by = manager, programmeId = frame.programmeId) => requestExport(platform, by, programmeId, body);
  const file = (id: string, by = manager) => by.get(`/v1/beneficiary-exports/${id}/file`);
  const fetched = async (id: string): Promise<Buffer> => (await asBytes(file(id)).expect(200)).body;
  const expected = () => [
    ['Registration number', 'Given name', 'Phone', 'Documents'],
    ...people.map(({ registrationNumber, personal: { names, phones, documents } }) => [
      registrationNumber,
      names.given,
      phones.join(' | '),
      documents.map(({ number }) => `passport MLI ${number}`).join(' | '),
    ]),
  ];

  it('gives the chosen columns of everybody in the programme in a ZIP that the passphrase opens, and no cell that runs', async () => {
    const { id, passphrase, shown } = await made();
    expect(passphrase).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){5}$/);
    const { body: bytes, headers } = await asBytes(file(id)).expect(200);
    expect(headers).toMatchObject({ 'content-type': 'application/zip', 'content-disposition': 'attachment; filename=people.zip' });
    const { name, content } = await unzip(bytes, passphrase ?? '');
    expect(name).toBe('people.csv');
    expect(String(content)).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(String(content)).toContain("'+2135");
    expect(await tableIn(content, 'csv')).toEqual(expected());
    expect(shown).toMatchObject({
      state: 'ready',
      people: 3,
      writtenPeople: 3,
      bytes: bytes.length,
      recipient: null,
      purpose: 'monitoring',
    });
    // WinZip's method 99 with AES-256, as other programs know it.
    expect(bytes.subarray(8, 10)).toEqual(Buffer.from([99, 0]));
    expect(bytes.includes(Buffer.from([0x01, 0x99, 0x07, 0x00, 0x02, 0x00, 0x41, 0x45, 0x03]))).toBe(true);
  });

  it('writes a workbook in the language asked for, encrypted by age with a passphrase or to a key', async () => {
    const fields = ['familyName', 'middleName', 'birthFrom', 'state', 'household', 'householdSize', 'givenName'];
    const asked = { ...form, format: 'xlsx', language: 'ar', fields, encryption: 'age' };
    const withWords = await made(asked);
    const identity = await generateX25519Identity();
    const toKey = await made({ ...asked, recipient: await identityToRecipient(identity) });
    expect(toKey.passphrase).toBeNull();
    const files = [
      await unage(await fetched(withWords.id), { passphrase: withWords.passphrase ?? '' }),
      await unage(await fetched(toKey.id), { identity }),
    ];
    for (const content of files) {
      const [header, runs, second] = await tableIn(content, 'xlsx');
      expect(header?.slice(0, 2)).toEqual(['اللقب', 'الاسم الأوسط']);
      expect(runs?.[6]).toBe('=HYPERLINK("http://evil.example")');
      expect(second?.slice(0, 5)).toEqual(['Bah', 'محمد', '1990-05-04', 'enrolled', people[1]?.householdId]);
    }
    await expect(unage(await fetched(toKey.id), { identity: await generateX25519Identity() })).rejects.toThrow();
  });

  it('keeps to a filter', async () => {
    const suspended = await makePerson(platform, frame.programmeId);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.id]);
    const { id, passphrase, shown } = await made({ ...form, filter: { state: 'suspended', wilaya: '16' } });
    expect(shown).toMatchObject({ people: 1, writtenPeople: 1, filter: { state: 'suspended', wilaya: '16' } });
    const rows = await tableIn((await unzip(await fetched(id), passphrase ?? '')).content, 'csv');
    expect(rows.slice(1).map(([number]) => number)).toEqual([suspended.registrationNumber]);
    await platform.owner.query(`update enrolments set state = 'exited' where beneficiary_id = $1`, [suspended.id]);
    const later = await made({ ...form, filter: { registeredSince: new Date(platform.clock.now().getTime() + 1000).toISOString() } });
    expect(later.shown).toMatchObject({ people: 0, writtenPeople: 0, state: 'ready' });
  });

  it('opens with no other passphrase', async () => {
    const [zip, age] = [await made(), await made({ ...form, encryption: 'age' })];
    const wrong = (zip.passphrase ?? '').replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    await expect(unzip(await fetched(zip.id), wrong)).rejects.toThrow();
    await expect(unage(await fetched(age.id), { passphrase: zip.passphrase ?? '' })).rejects.toThrow();
    expect(zip.passphrase).not.toBe(age.passphrase);
  });

  it('leaves nothing readable in the database or on the disk, and the passphrase nowhere', async () => {
    const secret = await makePerson(platform, frame.programmeId, { names: { given: 'Zubaydatulkhayr', family: 'Tamazight' } });
    const { id, passphrase } = await made({ ...form, fields: ['registrationNumber', 'givenName', 'familyName', 'phones'] });
    const { content } = await unzip(await fetched(id), passphrase ?? '');
    expect(String(content)).toContain('Zubaydatulkhayr');
    const sought = [
      'Zubaydatulkhayr',
      'Tamazight',
      secret.personal.phones[0] ?? '',
      passphrase ?? '',
      (passphrase ?? '').replaceAll('-', ''),
    ];
    const forms = sought.flatMap((text) => [text, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64').slice(0, -4)]);
    const { rows: tables } = await platform.owner.query(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema in ('public', 'bullmq')`,
    );
    expect(tables.length).toBeGreaterThan(40);
    for (const { name } of tables) {
      const { rows } = await platform.owner.query(`select t::text as row from ${name} t`);
      for (const { row } of rows) expect(forms.filter((text) => row.includes(text), name)).toEqual([]);
    }
    const files = readdirSync(platform.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const entry of files) {
      const bytes = readFileSync(join(entry.parentPath, entry.name), 'latin1');
      expect(forms.filter((text) => bytes.includes(text))).toEqual([]);
    }
    for (const line of platform.log) expect(sought.filter((text) => line.includes(text))).toEqual([]);
    const { rows } = await platform.owner.query('select count(passphrase)::int as kept from person_exports');
    expect(rows).toEqual([{ kept: 0 }]);
  });

  it('records everybody in it as read by whoever asked, for the purpose they stated, and each time it is fetched', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const asker = await platform.as('programme_officer', { programme: frame.programmeId });
    const { id } = await made(form, asker);
    await file(id, asker).expect(200);
    const { rows } = await platform.owner.query(
      `select operation, purpose, purpose_stated, programme_id, source_id, $2 = any(beneficiary_ids) as has, cardinality(beneficiary_ids) as people
      from person_reads where actor_id = $1 order by id`,
      [asker.userId, person.id],
    );
    const common = { programme_id: frame.programmeId, source_id: id };
    expect(rows).toMatchObject([
      { operation: 'createBeneficiaryExport', purpose: 'monitoring', purpose_stated: true, has: true, ...common },
      { operation: 'downloadBeneficiaryExport', people: 0, ...common },
    ]);
    const { body } = await manager.get(`/v1/beneficiaries/${person.id}/reads`).expect(200);
    expect(body.items).toMatchObject([
      { actorId: asker.userId, operation: 'createBeneficiaryExport', source: { type: 'person_export', id } },
    ]);
    const { rows: events } = await platform.owner.query('select command, reason from audit_events where actor_id = $1 order by id', [
      asker.userId,
    ]);
    expect(events).toMatchObject([
      { command: 'beneficiaries.export', reason: expect.stringMatching(/^Handed to the auditors \(\d+ people\)$/) },
      { command: 'beneficiaries.download_export' },
    ]);
  });

  it('is fetched by nobody but who asked for it', async () => {
    const { id } = await made();
    const colleague = await platform.as('programme_officer', { programme: frame.programmeId });
    await file(id, colleague).expect(404);
    await colleague.get(`/v1/beneficiary-exports/${id}`).expect(200);
    const auditor = await platform.as('auditor');
    await file(id, auditor).expect(403);
    expect((await auditor.get(path()).expect(200)).body.items).toContainEqual(expect.objectContaining({ id }));
    const foreign = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    for (const suffix of ['', '/file']) await foreign.get(`/v1/beneficiary-exports/${id}${suffix}`).expect(404);
    await foreign.post(`/v1/beneficiary-exports/${id}/revoke`).expect(404);
    await foreign.get(path()).expect(404);
    await file(newId()).expect(404);
  });

  it('is gone when it was revoked', async () => {
    const { id } = await made();
    const { body } = await manager.post(`/v1/beneficiary-exports/${id}/revoke`).expect(200);
    expect(body).toMatchObject({ state: 'revoked', endedAt: expect.any(String) });
    expect((await file(id).expect(410)).body.code).toBe('export_ended');
    await manager.post(`/v1/beneficiary-exports/${id}/revoke`).expect(409);
    expect((await platform.owner.query('select from person_export_parts where export_id = $1', [id])).rowCount).toBe(0);
  });

  it('is gone after a day, at once and from the tables soon, and its record stays', async () => {
    const { id } = await made();
    platform.clock.skip(86_399_000);
    await file(id).expect(200);
    platform.clock.skip(1_001);
    expect((await file(id).expect(410)).body.code).toBe('export_ended');
    const partsLeft = async () => (await platform.owner.query('select from person_export_parts where export_id = $1', [id])).rowCount;
    expect(await partsLeft()).toBeGreaterThan(0);
    await platform.app.jobs.trigger('beneficiaries.expire_exports');
    await expect.poll(partsLeft, { timeout: 10_000 }).toBe(0);
    expect((await manager.get(`/v1/beneficiary-exports/${id}`).expect(200)).body).toMatchObject({ state: 'expired', downloads: 1 });
    expect((await file(id).expect(410)).body.code).toBe('export_ended');
  });

  it('is gone, written or not, once somebody of its programme was erased, and says why; another programme keeps its own', async () => {
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    const person = await makePerson(platform, frame.programmeId, { names: { given: 'Zorblaxina', family: 'Erased' } });
    const elsewhere = await makeFrame(platform);
    const other = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    const kept = await requestExport(platform, other, elsewhere.programmeId, form);
    const { id } = await made();
    const unwritten = newId();
    await platform.owner.query(
      `insert into person_exports select (jsonb_populate_record(x, jsonb_build_object('id', $2::uuid, 'state', 'preparing', 'parts', null,
        'bytes', null, 'sha256', null, 'written_people', null, 'ready_at', null, 'passphrase', '\\x00'))).* from person_exports x where id = $1`,
      [id, unwritten],
    );
    await eraseAtOnce(platform, person.id);
    for (const each of [id, unwritten]) {
      const { body } = await file(each).expect(410);
      expect(body).toMatchObject({ code: 'export_ended', detail: expect.stringContaining('erased') });
      expect((await manager.get(`/v1/beneficiary-exports/${each}`).expect(200)).body).toMatchObject({
        state: 'revoked',
        endReason: 'erasure',
      });
    }
    const { rows } = await platform.owner.query('select from person_export_parts where export_id = any($1)', [[id, unwritten]]);
    expect(rows).toEqual([]);
    const { rows: events } = await platform.owner.query(`select command from audit_events where subject_id = $1 order by id desc limit 1`, [
      id,
    ]);
    expect(events).toEqual([{ command: 'privacy.erase_again' }]);
    await file(kept.id, other).expect(200);
  });

  it('leaves out who was erased', async () => {
    const person = await makePerson(platform, frame.programmeId);
    await eraseAtOnce(platform, person.id);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    const { id, passphrase } = await made();
    expect(String((await unzip(await fetched(id), passphrase ?? '')).content)).not.toContain(person.registrationNumber);
  });

  it('needs the role, the programme, a fresh second factor, a purpose, a reason and columns that exist', async () => {
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    await ask(form, await platform.as('enrolment_officer', { programme: frame.programmeId })).expect(403);
    await ask(form, await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId })).expect(404);
    const { body: unsaid } = await manager.post(path(), form).expect(400);
    expect(unsaid.errors).toMatchObject([{ pointer: '/header/sanad-purpose' }]);
    for (const wrong of [
      { reason: '' },
      { fields: [] },
      { fields: ['answers'] },
      { fields: ['state', 'state'] },
      { format: 'pdf' },
      { language: 'de' },
      { encryption: 'none' },
      { filter: { name: 'Amina' } },
    ]) {
      await ask({ ...form, ...wrong }).expect(400);
    }
    const recipient = await identityToRecipient(await generateX25519Identity());
    await ask({ ...form, encryption: 'age', recipient: `${recipient.slice(0, -1)}!` }).expect(422);
    await ask({ ...form, encryption: 'zip', recipient }).expect(422);
    const stale = await platform.as('programme_officer', { programme: frame.programmeId });
    platform.clock.skip(6 * 60_000);
    expect((await ask(form, stale).expect(401)).body.code).toBe('step_up_required');
  });
});

describe('writing an export', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let manager: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    await makePerson(platform, frame.programmeId);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  it('begins anew after it was cut off in the middle, and takes nothing of what was written before', async () => {
    const { execute } = platform.app;
    const at = await makeExport();
    const first = await execute(beginExport, { exportId: at }, { actor: system });
    await execute(keepExportPart(Buffer.from('half a file')), { exportId: at, attempt: first?.attempt ?? 0, number: 0 }, { actor: system });
    const second = await execute(beginExport, { exportId: at }, { actor: system });
    expect(second?.attempt).toBe((first?.attempt ?? 0) + 1);
    expect((await platform.owner.query('select from person_export_parts where export_id = $1', [at])).rowCount).toBe(0);
    const late = { exportId: at, attempt: first?.attempt ?? 0 };
    await expect(execute(keepExportPart(Buffer.from('the rest')), { ...late, number: 1 }, { actor: system })).rejects.toThrow(Superseded);
    const written = { people: 1, parts: 2, bytes: 19, sha256: '0'.repeat(64) };
    await expect(execute(finishExport, { ...late, written }, { actor: system })).rejects.toThrow(Superseded);
    const followUp = newId();
    await platform.owner.query(
      `insert into follow_ups (id, job, payload, created_at) values ($1, 'beneficiaries.write_export', $2, now())`,
      [followUp, { exportId: at }],
    );
    await platform.app.jobs.start([{ id: followUp, job: 'beneficiaries.write_export', payload: { exportId: at } }]);
    await platform.settled();
    const { rows } = await platform.owner.query('select state, attempt, written_people, passphrase from person_exports where id = $1', [
      at,
    ]);
    expect(rows).toEqual([{ state: 'ready', attempt: (second?.attempt ?? 0) + 1, written_people: 1, passphrase: null }]);
    expect(await execute(beginExport, { exportId: at }, { actor: system })).toBeUndefined();
  });

  /** An export whose writing nobody has begun. */
  async function makeExport(): Promise<string> {
    const id = newId();
    const sealed = platform.app.keyRing.seal('export-passphrase', `person_export/${id}/passphrase`, 'abcd-efgh');
    await platform.owner.query(
      `insert into person_exports (id, programme_id, requested_by, purpose, reason, format, fields, language, filter, encryption, passphrase, state,
        people, created_at, expires_at) values ($1, $2, $3, 'audit', 'A test', 'csv', '{givenName}', 'en', '{}', 'zip', $4, 'preparing', 1, $5, $6)`,
      [id, frame.programmeId, manager.userId, sealed, platform.clock.now(), new Date(platform.clock.now().getTime() + 86_400_000)],
    );
    return id;
  }

  it('keeps the tables to what was meant, whatever the application role tries', async () => {
    const application = await platform.applicationClient();
    const { id } = await requestExport(platform, manager, frame.programmeId, form);
    const refused = async (statement: string, parameters: unknown[] = [id]) =>
      application.query(statement, parameters).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(await refused('delete from person_exports where id = $1')).toBe('42501');
    expect(await refused('update person_exports set requested_by = $1')).toBe('42501');
    expect(await refused(`update person_exports set expires_at = now() + interval '1 year' where id = $1`)).toBe('42501');
    expect(await refused(`update person_exports set state = 'preparing' where id = $1`)).toBe('23000');
    expect(await refused(`update person_exports set passphrase = 'abc' where id = $1`)).toBe('23514');
    expect(await refused(`update person_export_parts set content = 'abc' where export_id = $1`)).toBe('42501');
    expect(await refused(`update person_exports set state = 'revoked' where id = $1`)).toBe('23514');
    const later = `insert into person_exports select (jsonb_populate_record(x, jsonb_build_object('id', $2::uuid, 'state', 'preparing',
      'passphrase', '\\x00', 'ready_at', null, 'parts', null, 'bytes', null, 'sha256', null, 'written_people', null,
      'expires_at', x.created_at + interval '25 hours'))).* from person_exports x where id = $1`;
    expect(await refused(later, [id, newId()])).toBe('23514');
  });
});

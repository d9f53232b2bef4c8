import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { system } from '../access/index.ts';
import { duplicateCheck } from '../deduplication/index.ts';
import { newId } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { batchesOf } from './csv.ts';
import { takeRows } from './file-commands.ts';
import { sealContent } from './file-queries.ts';
import { insertFile } from './file-store.ts';
import { intakeJobs } from './jobs.ts';

const header =
  'Registration date,Household,Household size,Relationship,Given name,Family name,Sex,Date of birth,Nationality,Document type,Document number,Phone,Wilaya,Commune,Language,Consent,Consent method';
// People who have nothing in common but where they live.
const nameOf = (n: number) =>
  [...String(n * 7_919 + 10_007)].map((digit) => ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta'][Number(digit)]).join('');
const birthOf = (n: number) => `${String(1 + (n % 27)).padStart(2, '0')}/0${1 + (n % 9)}/${1950 + (n % 50)}`;
const row = (n: number, document = `D${n * 7_919}`) =>
  `2026-01-15,H${n},1,head,${nameOf(n)},${nameOf(n + 500_000)},female,${birthOf(n)},MLI,Passport,${document},,16,Alger Centre,fr,yes,signature`;
const fileOf = (...rows: string[]) => [header, ...rows].join('\n');
const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => row(from + i));

describe('taking a file', () => {
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

  const send = (csv: string, programmeId = frame.programmeId) => officer.post(`/v1/programmes/${programmeId}/registration-files`, csv);
  const take = async (csv: string, programmeId = frame.programmeId) => {
    const { body } = await send(csv, programmeId).expect(202);
    await platform.settled();
    return (await officer.get(`/v1/registration-files/${body.id}`).expect(200)).body;
  };
  const peopleIn = async (programmeId: string) =>
    (await platform.owner.query('select count(*)::int as count from enrolments where programme_id = $1', [programmeId])).rows[0].count;

  it('says what is wrong with a file that cannot be taken, and keeps none of it', async () => {
    const { body } = await send('Prénom;Nom;Shoe size\nA;B;44').expect(422);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { cell: 'Shoe size', detail: expect.stringContaining('not known') },
        { cell: 'Sexe', detail: 'This column is missing.' },
      ]),
    );
    expect((await send(`${header}\n"open`).expect(422)).body.detail).toContain('line');
    const { rows } = await platform.owner.query('select count(*)::int as count from registration_files');
    expect(rows[0].count).toBe(0);
  });

  it('takes a header without rows for a file without people', async () =>
    expect(await take(fileOf())).toMatchObject({ state: 'done', totalRows: 0, doneRows: 0, finishedAt: expect.any(String) }));

  it('is received once when two send it at the same moment', async () => {
    const csv = fileOf(row(900_001));
    const answers = await Promise.all([send(csv).expect(202), send(csv).expect(202)]);
    expect(answers.map(({ body }) => body.alreadyReceived).sort()).toEqual([false, true]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await platform.settled();
  });

  it('goes on where it was killed, in one process or in two at once, and takes no row twice', async () => {
    const { app, clock } = platform;
    const other = await makeFrame(platform);
    const csv = fileOf(...many(450));
    const fileId = newId();
    await app.database.transaction((tx) =>
      insertFile(
        tx,
        {
          id: fileId,
          programmeId: other.programmeId,
          contentIndex: Buffer.from(fileId),
          content: sealContent(app.keyRing, fileId, csv),
          totalRows: 450,
        },
        officer.userId,
        clock.now(),
      ),
    );
    for await (const batch of batchesOf(csv, 0, 200)) {
      const runs = await Promise.all([1, 2].map(() => app.execute(takeRows, { fileId, ...batch }, { actor: system })));
      expect(runs.map(({ taken }) => taken).sort()).toEqual([0, 200]);
      break;
    }
    const { body } = await officer.get(`/v1/registration-files/${fileId}`).expect(200);
    expect(body).toMatchObject({ state: 'running', doneRows: 200, acceptedRows: 200 });
    const ground = { db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock };
    const [job] = intakeJobs(ground, duplicateCheck(ground));
    await Promise.all([job?.run({ fileId }), job?.run({ fileId })]);
    await job?.run({ fileId });
    const after = await officer.get(`/v1/registration-files/${fileId}`).expect(200);
    expect(after.body).toMatchObject({ state: 'done', doneRows: 450, acceptedRows: 450, refusedRows: 0, duplicateRows: 0 });
    expect(await peopleIn(other.programmeId)).toBe(450);
  });

  it('stops after the batch that has too many duplicates, and says how many', async () => {
    const other = await makeFrame(platform);
    await take(fileOf(...many(100)), other.programmeId);
    const file = await take(fileOf(...many(200, 1_000), ...many(100)), other.programmeId);
    expect(file).toMatchObject({
      state: 'stopped',
      totalRows: 300,
      doneRows: 300,
      acceptedRows: 300,
      duplicateRows: 100,
      finishedAt: expect.any(String),
    });
    expect(await peopleIn(other.programmeId)).toBe(400);
    const pairs = await platform.owner.query(
      `select count(*)::int as count from duplicate_pairs p join beneficiaries b on b.id = p.first_id
      join households h on h.id = b.household_id where h.programme_id = $1`,
      [other.programmeId],
    );
    expect(pairs.rows[0].count).toBe(100);
    const events = await platform.owner.query(
      `select count(*)::int as count from audit_events where command = 'intake.finish_file' and subject_id = $1`,
      [file.id],
    );
    expect(events.rows[0].count).toBe(1);
  });

  it('compares within a batch as with everybody: the later row waits', async () => {
    const other = await makeFrame(platform);
    const file = await take(fileOf(...many(8), row(8, 'TWICE'), row(9, 'twice')), other.programmeId);
    expect(file).toMatchObject({ state: 'done', acceptedRows: 10, duplicateRows: 1 });
    const { rows } = await platform.owner.query(
      `select r.row_number from registration_rows r join enrolments e on e.beneficiary_id = r.beneficiary_id
      where r.file_id = $1 and e.state = 'applicant'`,
      [file.id],
    );
    expect(rows).toEqual([{ row_number: 10 }]);
  });

  it('is shown to nobody of another programme', async () => {
    const file = await take(fileOf(row(900_002), 'short,row'));
    expect(file).toMatchObject({ acceptedRows: 1, refusedRows: 1 });
    const stranger = await platform.as('enrolment_officer', { programme: (await makeFrame(platform)).programmeId });
    for (const path of ['', '/refused-rows', '/refused-rows.csv'])
      await stranger.get(`/v1/registration-files/${file.id}${path}`).expect(404);
    const agent = await platform.as('agent');
    await agent.get(`/v1/registration-files/${file.id}`).expect(403);
    await officer.get(`/v1/registration-files/${file.id}/refused-rows?cursor=zzz`).expect(400);
  });

  it('keeps what became of each row for good', async () => {
    const client = await platform.applicationClient();
    await expect(client.query('delete from registration_rows')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`update registration_files set state = 'running' where state = 'done'`)).rejects.toMatchObject({
      constraint: 'registration_files_transition',
    });
  });
});

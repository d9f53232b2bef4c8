import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { makeFrame } from '../../test/support/fixtures.ts';
import { koboSubmission } from '../../test/support/kobo-server.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { loadPilotGeography } from '../seeding.ts';
import { UNREADABLE } from './rows.ts';

describe('an export of KoboToolbox', () => {
  let platform: TestPlatform;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const send = (submissions: object | string, programmeId: string) =>
    officer
      .post(`/v1/programmes/${programmeId}/registration-files?start=true`)
      .type('application/json')
      .send(typeof submissions === 'string' ? submissions : JSON.stringify(submissions));
  const taken = async (submissions: object, programmeId: string) => {
    const { body } = await send(submissions, programmeId).expect(202);
    await platform.settled();
    return (await officer.get(`/v1/registration-files/${body.id}`).expect(200)).body;
  };
  const waiting = () => {
    const folder = join(platform.dataDir, 'uploads');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('registers its people, and those of a later export who are new', async () => {
    const { programmeId } = await makeFrame(platform);
    const first = [1, 2, 3].map(koboSubmission);
    expect(await taken(first, programmeId)).toMatchObject({ state: 'done', format: { kind: 'kobo' }, acceptedRows: 3, refusedRows: 0 });
    const page = { count: 4, next: null, previous: null, results: [...first, koboSubmission(4)] };
    expect(await taken(page, programmeId)).toMatchObject({ state: 'done', acceptedRows: 1, knownRows: 3, refusedRows: 0 });
    expect((await send(page, programmeId).expect(202)).body.alreadyReceived).toBe(true);
    expect(waiting()).toEqual([]);
  });

  it('registers nobody twice when another submission is the first with members', async () => {
    const { programmeId } = await makeFrame(platform);
    const alone = (n: number) => {
      const { members, ...household } = koboSubmission(n);
      return { ...household, ...(members as object[])[0] };
    };
    const child = { 'members/given_name': 'Tamba', 'members/family_name': 'Koro', 'members/sex': 'male', 'members/date_of_birth': '2015-03-04', 'members/relationship': 'child' }; // biome-ignore format: one line
    expect(await taken([21, 22].map(alone), programmeId)).toMatchObject({ acceptedRows: 2 });
    const family = { ...alone(23), 'household/household_size': '2', members: [{ ...child, 'members/nationality': 'MLI', 'members/document_type': 'passport', 'members/document_number': 'K23-2' }] }; // biome-ignore format: one line
    expect(await taken([alone(21), alone(22), family], programmeId)).toMatchObject({ acceptedRows: 2, knownRows: 2, refusedRows: 0 });
    expect(await taken([{ ...family, _id: 21, _uuid: koboSubmission(21)._uuid, 'meta/instanceID': '' }], programmeId)).toMatchObject({
      knownRows: 1,
    });
  });

  describe('that is sent again with other members', () => {
    type Answers = Record<string, string>;
    const person = (given: string, family: string, year: number, relationship: string): Answers => ({
      'members/given_name': given,
      'members/family_name': family,
      'members/sex': 'female',
      'members/date_of_birth': `${year}-03-01`,
      'members/nationality': 'MLI',
      'members/relationship': relationship,
    });
    const moussa = person('Moussa', 'Koro', 1980, 'head');
    const awa = person('Awa', 'Sangaré', 1985, 'spouse');
    const fatou = person('Fatou', 'Koro', 2010, 'child');
    let corrections = 0;
    /** One submission; each time it is sent it has another `_uuid` and the same root. */
    const family = (members: Answers[], n: number) => {
      const { 'household/household_size': _, ...answers } = koboSubmission(n);
      corrections += 1;
      return [{ ...answers, 'meta/rootUuid': `uuid:${answers._uuid}`, _uuid: `00000000-0000-4000-8000-${String(corrections).padStart(12, '0')}`, 'household/household_size': String(members.length), members }]; // biome-ignore format: one line
    };
    const given = async (programmeId: string) => {
      const { rows } = await platform.owner.query('select beneficiary_id as id from enrolments where programme_id = $1', [programmeId]);
      const people = await Promise.all(rows.map(async ({ id }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body));
      return people.map(({ names }) => `${names.given} ${names.family}`).sort();
    };

    it('enters whoever was put in between, and nobody again', async () => {
      const { programmeId } = await makeFrame(platform);
      expect(await taken(family([moussa, awa], 51), programmeId)).toMatchObject({ acceptedRows: 2 });
      expect(await taken(family([moussa, fatou, awa], 51), programmeId)).toMatchObject({ acceptedRows: 1, knownRows: 2, refusedRows: 0 });
      expect(await given(programmeId)).toEqual(['Awa Sangaré', 'Fatou Koro', 'Moussa Koro']);
      expect(await taken(family([moussa, awa, fatou], 51), programmeId)).toMatchObject({ acceptedRows: 0, knownRows: 3 });
      const { rows } = await platform.owner.query('select count(*)::int, count(distinct household_id)::int as households from beneficiaries b join enrolments e on e.beneficiary_id = b.id where programme_id = $1', [programmeId]); // biome-ignore format: one line
      expect(rows).toEqual([{ count: 3, households: 1 }]);
    });

    it('says of whom something else is written now, and changes nothing', async () => {
      const { programmeId } = await makeFrame(platform);
      await taken(family([moussa, awa], 52), programmeId);
      const { body } = await officer
        .post(`/v1/programmes/${programmeId}/registration-files`)
        .type('application/json')
        .send(JSON.stringify(family([{ ...moussa, 'members/family_name': 'Keïta' }, awa], 52)))
        .expect(202);
      await officer.post(`/v1/registration-files/${body.id}/check`).expect(202);
      await platform.settled();
      const { findings } = (await officer.get(`/v1/registration-files/${body.id}`).expect(200)).body;
      expect(findings).toMatchObject({ knownRows: 2, acceptableRows: 0, knownDifferently: { count: 1, first: [1] } });
      await officer.post(`/v1/registration-files/${body.id}/run`).expect(202);
      await platform.settled();
      expect(await given(programmeId)).toEqual(['Awa Sangaré', 'Moussa Koro']);
    });

    it('is known by its place where who it was is not kept, which goes with the person', async () => {
      const { programmeId } = await makeFrame(platform);
      await taken(family([moussa, awa], 53), programmeId);
      await platform.owner.query('alter table intake_keys disable trigger kept_while_person');
      await expect(
        platform.owner.query('update intake_keys set beneficiary_id = null where programme_id = $1', [programmeId]),
      ).rejects.toMatchObject({ constraint: 'intake_keys_who_goes_with_person' });
      await platform.owner.query('update intake_keys set who = null where programme_id = $1', [programmeId]);
      await platform.owner.query('alter table intake_keys enable trigger kept_while_person');
      await expect(platform.owner.query('update intake_keys set who = key where programme_id = $1', [programmeId])).rejects.toMatchObject({
        constraint: 'intake_keys_append_only',
      });
      expect(await taken(family([moussa, awa], 53), programmeId)).toMatchObject({ acceptedRows: 0, knownRows: 2 });
    });
  });

  it('registers a head who is asked apart, and people inside people with their documents', async () => {
    const { programmeId } = await makeFrame(platform);
    const { members, ...rest } = koboSubmission(41);
    const [member] = members as Record<string, string>[];
    const as = (prefix: string, given: string) => Object.fromEntries(Object.entries(member ?? {}).map(([path, text]) => [path.replace('members/', prefix), path.endsWith('given_name') ? given : text])); // biome-ignore format: one line
    const head = { ...as('head_', 'Moussa'), head_document_number: '', head_document_type: '' };
    const wife = { ...as('w/', 'Awa'), 'w/document_number': '', 'w/document_type': '', 'w/relationship': 'spouse' };
    const child = { ...as('w/c/', 'Ali'), 'w/c/document_number': 'K41-C', 'w/c/relationship': 'child' };
    const docs = [{ 'w/docs/document_type': 'passport', 'w/docs/document_number': 'K41-W' }];
    const file = await taken([{ ...rest, ...head, w: [{ ...wife, 'w/docs': docs, 'w/c': [child] }] }], programmeId);
    expect(file).toMatchObject({ state: 'done', acceptedRows: 3, refusedRows: 0 });
    const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1 order by source_row', [file.id]);
    const people = await Promise.all(rows.map(async ({ id }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body));
    expect(people).toMatchObject([
      { relationship: 'head', names: { given: 'Moussa' }, documents: [] },
      { relationship: 'spouse', names: { given: 'Awa' }, documents: [{ number: 'K41-W' }] },
      { relationship: 'child', names: { given: 'Ali' }, documents: [{ number: 'K41-C' }] },
    ]);
  });

  it('gives refused people back as CSV, which is taken once it is corrected', async () => {
    const { programmeId } = await makeFrame(platform);
    const wrong = { ...koboSubmission(12), 'household/wilaya': 'Atlantis' };
    const file = await taken([koboSubmission(11), wrong], programmeId);
    expect(file).toMatchObject({ acceptedRows: 1, refusedRows: 1 });
    const { text, name } = await refusedRowsOf(platform, officer, file.id);
    expect(name).toBe('refused-rows.csv');
    expect(text).toContain(wrong._uuid);
    const { body } = await officer
      .post(`/v1/programmes/${programmeId}/registration-files?start=true`, text.replace('Atlantis', '16'))
      .expect(202);
    await platform.settled();
    const corrected = await officer.get(`/v1/registration-files/${body.id}`).expect(200);
    expect(corrected.body).toMatchObject({ state: 'done', acceptedRows: 1 });
  });

  it('refuses the rows of a submission with an answer that cannot be kept, again and again until it is corrected', async () => {
    const { programmeId } = await makeFrame(platform);
    const long = { ...koboSubmission(31), notes: `secret${'x'.repeat(33_000)}` };
    const file = await taken([long, koboSubmission(32), { ...koboSubmission(33), language: 'f\0' }], programmeId);
    expect(file).toMatchObject({ state: 'done', acceptedRows: 1, refusedRows: 2 });
    const { body } = await officer.get(`/v1/registration-files/${file.id}/refused-rows`).expect(200);
    expect(body.items).toMatchObject([
      { rowNumber: 1, reasons: [{ cell: 'notes', code: 'answer_unreadable' }] },
      { rowNumber: 3, reasons: [{ cell: 'language', code: 'answer_unreadable' }] },
    ]);
    const { text } = await refusedRowsOf(platform, officer, file.id);
    expect(text).not.toContain('secret');
    const again = async (csv: string) => {
      const sent = await officer.post(`/v1/programmes/${programmeId}/registration-files?start=true`, csv).expect(202);
      await platform.settled();
      return (await officer.get(`/v1/registration-files/${sent.body.id}`).expect(200)).body;
    };
    expect(await again(text)).toMatchObject({ acceptedRows: 0, refusedRows: 2 });
    expect(await again(text.replaceAll(UNREADABLE, 'fr'))).toMatchObject({ acceptedRows: 2, refusedRows: 0 });
  });

  it.each([
    ['that ends too early', '[{"_uuid":"x","name":"Awa"'],
    ['that is none', '{"detail": "Not found."}'],
    ['with a submission that is none', '[{"_uuid":"x","name":"Awa"},5]'],
    ['with two questions that nobody can see the difference of', '[{"_uuid":"x","a\\u200b":"1","a":"2"}]'],
  ])('%s is refused and leaves nothing behind', async (_name, json) => {
    const { programmeId } = await makeFrame(platform);
    const { body } = await send(json, programmeId).expect(422);
    expect(body.code).toBe('unprocessable');
    expect(waiting()).toEqual([]);
    expect((await officer.get(`/v1/programmes/${programmeId}/registration-files`).expect(200)).body.items).toEqual([]);
  });
});

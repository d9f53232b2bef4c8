import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { koboSubmission } from '../../test/support/kobo-server.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { header, registrationRow } from '../../test/support/registration-files.ts';
import { loadPilotGeography } from '../seeding.ts';

const columns = header.split(',');
type Row = Record<string, string>;
const person = (n: number, change: Row = {}): Row => ({
  ...Object.fromEntries(
    registrationRow(n)
      .split(',')
      .map((cell, i) => [columns[i] ?? '', cell]),
  ),
  ...change,
});
const without = (row: Row, ...names: string[]): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
const csvOf = (...rows: Row[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((row) => row.join(',')).join('\n');

const HOUSEHOLD = ['Household', 'Household size', 'Relationship'];

describe('a list that does not say which household somebody is in', () => {
  let platform: TestPlatform;
  let officer: Client;
  let programmeId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const send = async (content: string, type = 'text/csv') => {
    ({ programmeId } = await makeFrame(platform));
    const { body } = await officer.post(`/v1/programmes/${programmeId}/registration-files`).type(type).send(content).expect(202);
    return body;
  };
  const act = async (id: string, verb: 'check' | 'run') => {
    await officer.post(`/v1/registration-files/${id}/${verb}`).expect(202);
    await platform.settled();
    return (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;
  };
  const peopleOf = async (id: string) => {
    const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1 order by source_row', [id]);
    return Promise.all(rows.map(async (row) => (await officer.get(`/v1/beneficiaries/${row.id}`).expect(200)).body));
  };
  const refusedOf = async (id: string) => (await officer.get(`/v1/registration-files/${id}/refused-rows`).expect(200)).body.items;

  it('may have ages alone, under the headers of agencies', async () => {
    const renamed: Row = {
      'Date of birth': 'Age',
      Phone: 'Phone No',
      Wilaya: 'Governorate',
      Commune: 'District',
      'Document number': 'UNHCR ID',
    };
    const rows = ['34', '34 ans', '0', 'old', '200', ''].map((Age, n) =>
      Object.fromEntries(
        Object.entries(without(person(n + 1), ...HOUSEHOLD, 'Document type')).map(([name, cell]) => [
          renamed[name] ?? name,
          name === 'Date of birth' ? Age : cell,
        ]),
      ),
    );
    const file = await send(csvOf(...rows));
    expect(file).toMatchObject({ unsettled: [] });
    expect(await act(file.id, 'run')).toMatchObject({ acceptedRows: 3, refusedRows: 3 });
    const people = await peopleOf(file.id);
    const day = rows[0]?.['Registration date'] ?? '';
    const year = Number(day.slice(0, 4));
    expect(people.map(({ birth }) => birth)).toEqual([
      { from: `${year - 35}-01-01`, to: `${year - 34}-12-31`, precision: 'estimated' },
      { from: `${year - 35}-01-01`, to: `${year - 34}-12-31`, precision: 'estimated' },
      { from: `${year - 1}-01-01`, to: day, precision: 'estimated' },
    ]);
    expect(people[0]).toMatchObject({ wilayaNumber: '16', documents: [{ type: 'unhcr_certificate', issuingCountry: 'DZA' }] });
    const refused = (await refusedOf(file.id)) as { reasons: { cell: string; code: string }[] }[];
    expect(refused.flatMap(({ reasons }) => reasons.map(({ cell, code }) => [cell, code]))).toEqual([
      ['Age', 'age_impossible'],
      ['Age', 'age_impossible'],
      ['Age', 'birth_missing'],
    ]);
  });

  it('is taken person by person, each the head of a household of their own, and the dry run says how many', async () => {
    const rows = [1, 2, 3].map((n) => without(person(n), ...HOUSEHOLD, 'Language'));
    const file = await send(csvOf(...rows, { ...rows[0], Sex: '?' } as Row));
    expect(file).toMatchObject({ state: 'received', unsettled: [] });
    const { findings } = await act(file.id, 'check');
    expect(findings).toMatchObject({ acceptableRows: 3, refusedRows: 1, cost: { people: 3, households: 3 } });
    expect(findings.notes).toEqual([
      { code: 'own_household', rows: 3 },
      { code: 'programme_language', rows: 3, language: 'fr' },
      { code: 'consent_without_evidence', rows: 3 },
    ]);
    expect(await act(file.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 3, refusedRows: 1 });
    const people = await peopleOf(file.id);
    expect(people.map(({ relationship, language, household: { size } }) => ({ relationship, language, size }))).toEqual(
      Array(3).fill({ relationship: 'head', language: 'fr', size: 1 }),
    );
    expect(new Set(people.map(({ household }) => household.id)).size).toBe(3);
    for (const { id, household } of people) expect(household.headId).toBe(id);
  });

  it('is taken family by family where it names the heads and how many they are', async () => {
    const rows = [4, 5].map((n) => without(person(n, { 'Household size': String(n) }), 'Household', 'Relationship'));
    const file = await send(csvOf(...rows));
    expect(await act(file.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 2 });
    expect((await peopleOf(file.id)).map(({ household: { size } }) => size)).toEqual([4, 5]);
    const gap = await send(csvOf(...rows.map((row) => ({ ...row, 'Household size': '' }))));
    expect((await act(gap.id, 'check')).findings.reasons).toMatchObject([
      { cell: 'Household size', code: 'household_size_invalid', rows: 2 },
    ]);
  });

  it('says of whom it calls a child or a wife that nobody knows whose', async () => {
    const rows = [6, 7, 8].map((n) => without(person(n), 'Household', 'Household size'));
    const file = await send(csvOf(rows[0] as Row, { ...rows[1], Relationship: 'child' } as Row, { ...rows[2], Relationship: '' } as Row));
    expect(await act(file.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 2, refusedRows: 1 });
    expect(await refusedOf(file.id)).toMatchObject([{ rowNumber: 3, reasons: [{ cell: 'Relationship', code: 'household_missing' }] }]);
  });

  it('waits for the size and the relationship where it does say which household', async () => {
    const file = await send(csvOf(without(person(9), 'Household size', 'Relationship')));
    expect(file.unsettled.map(({ detail }: { detail: string }) => detail)).toEqual(Array(2).fill('This column is missing.'));
    const empty = await send(csvOf(person(10, { Household: '' })));
    expect((await act(empty.id, 'check')).findings.reasons).toMatchObject([{ cell: 'Household', code: 'household_missing', rows: 1 }]);
  });

  it('enters nobody twice when it is taken up again, nor into the household of another list', async () => {
    const row = without(person(11), ...HOUSEHOLD);
    const file = await send(csvOf(row));
    await act(file.id, 'run');
    const { body } = await officer.post(`/v1/programmes/${programmeId}/registration-files?start=true`, csvOf(row)).expect(202);
    expect(body).toMatchObject({ id: file.id, alreadyReceived: true });
    const other = await officer
      .post(`/v1/programmes/${programmeId}/registration-files?start=true`, csvOf(without(person(12), ...HOUSEHOLD)))
      .expect(202);
    await platform.settled();
    const [[one], [two]] = [await peopleOf(file.id), await peopleOf(other.body.id)];
    expect(one.household.id).not.toBe(two.household.id);
  });

  it('takes the language that the programme writes in where a cell names none, and refuses a word that is none', async () => {
    const file = await send(csvOf(person(13, { Language: '' }), person(14, { Language: 'ar' }), person(15, { Language: 'volapük' })));
    expect((await act(file.id, 'check')).findings.notes).toContainEqual({ code: 'programme_language', rows: 1, language: 'fr' });
    await act(file.id, 'run');
    expect((await peopleOf(file.id)).map(({ language }) => language)).toEqual(['fr', 'ar']);
    expect(await refusedOf(file.id)).toMatchObject([{ rowNumber: 4, reasons: [{ cell: 'Language', code: 'language_unknown' }] }]);
    const arabic = await send(csvOf(without(person(16), 'Language')));
    const administrator = await platform.as('administrator');
    const { body: programme, headers } = await administrator.get(`/v1/programmes/${programmeId}`).expect(200);
    const messages = { ...programme.messages, language: 'ar' };
    await administrator.patch(`/v1/programmes/${programmeId}`, headers['etag'] ?? '', { messages, reason: 'Most read Arabic' }).expect(200);
    await act(arabic.id, 'run');
    expect((await peopleOf(arabic.id)).map(({ language }) => language)).toEqual(['ar']);
  });

  describe('of KoboToolbox', () => {
    /** A submission of a form that asks of one person, and of nothing that has to do with households or languages. */
    const alone = (n: number): Record<string, unknown> => {
      const { members, ...rest } = koboSubmission(n);
      const asked = { ...rest, ...(members as object[])[0] };
      return Object.fromEntries(Object.entries(asked).filter(([path]) => !/household\/household|relationship|language/.test(path)));
    };
    const json = (...submissions: object[]) => send(JSON.stringify(submissions), 'application/json');

    it('makes each submission of a form without repeats a household of its own', async () => {
      const file = await json(alone(31), alone(32));
      expect(file).toMatchObject({ unsettled: [] });
      expect((await act(file.id, 'check')).findings).toMatchObject({
        acceptableRows: 2,
        cost: { households: 2 },
        notes: [{ code: 'own_household', rows: 2 }, { code: 'programme_language' }, { code: 'consent_without_evidence', rows: 2 }],
      });
      expect(await act(file.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 2, refusedRows: 0 });
      expect(await peopleOf(file.id)).toMatchObject(Array(2).fill({ relationship: 'head', household: { size: 1 } }));
    });

    it('makes the people of a submission a household where the form asks for members and for no number', async () => {
      const { members, ...rest } = koboSubmission(33);
      const asked = Object.fromEntries(Object.entries(rest).filter(([path]) => !/household\/household|language/.test(path)));
      const [head] = members as Record<string, string>[];
      const child = { ...head, 'members/given_name': 'Tamba', 'members/document_number': 'K33-2', 'members/date_of_birth': '2015-03-04', 'members/relationship': 'child' }; // biome-ignore format: one line
      const file = await json({ ...asked, members: [head, child] }, { ...koboSubmission(34), ...Object.fromEntries(Object.keys(koboSubmission(34)).filter((path) => /household\/household|language/.test(path)).map((path) => [path, undefined])) }); // biome-ignore format: one line
      expect(file.unsettled).toEqual([]);
      expect(await act(file.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 3, refusedRows: 0 });
      const people = await peopleOf(file.id);
      expect(people.map(({ relationship, household: { size } }) => [relationship, size])).toEqual([['head', 2], ['child', 2], ['head', 1]]); // biome-ignore format: one line
      expect(new Set(people.map(({ household }) => household.id)).size).toBe(2);
      expect(people[1].household.headId).toBe(people[0].id);
    });
  });
});

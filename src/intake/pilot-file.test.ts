import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { loadPilotGeography, pilotScorecard } from '../seeding.ts';

const csv = readFileSync('seeds/pilot/registrations.csv', 'utf8');
const rows: Record<string, string>[] = parse(csv, { delimiter: ';', columns: true, bom: true });
const read = (name: string): Record<string, string>[] => parse(readFileSync(`seeds/pilot/${name}`), { columns: true, bom: true });
const defects = read('expected_defects.csv').map(({ row_id, defect }) => [row_id, defect]);
const rowIdOf = (place: number) => rows[place - 1]?.['N°'] ?? '';

interface Refused {
  readonly rowNumber: number;
  readonly reasons: { cell: string; code: string; detail: string }[];
}

async function everyPage<Item>(client: Client, path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await client.get(`${path}?limit=200${cursor && `&cursor=${cursor}`}`).expect(200);
    items.push(...body.items);
    if (!body.nextCursor) return items;
    cursor = body.nextCursor;
  }
}

describe('the pilot file', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let fileId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/registration-files?start=true`, csv).expect(202);
    expect(body).toMatchObject({ state: 'running', unsettled: [], totalRows: 1621, doneRows: 0, alreadyReceived: false });
    fileId = body.id;
    await platform.settled();
  }, 120_000);
  afterAll(() => platform.close());

  it('goes in but for the 38 rows with a defect, each refused for that defect and no other', async () => {
    const { body } = await officer.get(`/v1/registration-files/${fileId}`).expect(200);
    expect(body).toMatchObject({ state: 'done', totalRows: 1621, doneRows: 1621, acceptedRows: 1583, refusedRows: 38 });
    const refused = await everyPage<Refused>(officer, `/v1/registration-files/${fileId}/refused-rows`);
    expect(refused.flatMap(({ rowNumber, reasons }) => reasons.map(({ code }) => [rowIdOf(rowNumber - 1), code]))).toEqual(defects);
    const phone = refused.find(({ rowNumber }) => rowIdOf(rowNumber - 1) === 'R0575');
    expect(phone?.reasons[0]).toMatchObject({ cell: 'Téléphone', detail: expect.stringContaining('telephone number') });
    const people = await platform.owner.query('select count(*)::int as count from enrolments where programme_id = $1', [frame.programmeId]);
    expect(people.rows[0].count).toBe(1583);
  });

  it('reads each row as the field wrote it', async () => {
    const {
      rows: [row],
    } = await platform.owner.query('select id from beneficiaries where source_id = $1 and source_row = 9', [fileId]);
    const { body } = await officer.get(`/v1/beneficiaries/${row.id}`).expect(200);
    expect(body).toMatchObject({
      names: { given: 'Bakary', family: 'Condé' },
      sex: 'male',
      birth: { from: '2019-06-30', to: '2019-06-30', precision: 'exact' },
      nationality: 'CIV',
      documents: [{ type: 'unhcr_certificate', number: 'DZA8797583', issuingCountry: 'DZA' }],
      phones: [],
      household: { reference: 'M0070', size: 3 },
      relationship: 'child',
      wilayaNumber: '13',
      commune: 'Ouled Mimoun',
      language: 'fr',
      registeredBy: officer.userId,
      answers: {
        incomeChange: 'lost',
        unpaidRentMonths: 0,
        mealsPerDay: 1,
        healthProblem: true,
        disability: false,
        pregnant: false,
        victimOfTrafficking: false,
      },
    });
    expect(body.consents).toMatchObject(
      ['registration', 'share_with_paying_agent'].map((purpose) => ({
        purpose,
        legalBasis: 'consent',
        method: 'witnessed_verbal',
        givenOn: '2020-07-08',
        withdrawnAt: null,
      })),
    );
    const births = await Promise.all(
      [5, 244].map(async (number) => {
        const taken = await platform.owner.query('select id from beneficiaries where source_id = $1 and source_row = $2', [fileId, number]);
        return (await officer.get(`/v1/beneficiaries/${taken.rows[0].id}`)).body.birth;
      }),
    );
    expect(births).toEqual([
      { from: '2006-01-01', to: '2006-12-31', precision: 'year' },
      { from: '1900-01-01', to: '2020-08-01', precision: 'estimated' },
    ]);
  });

  it('changes nothing when it is sent again, by one officer or by two at once', async () => {
    const again = await Promise.all(
      [0, 1].map(() => officer.post(`/v1/programmes/${frame.programmeId}/registration-files`, csv).expect(202)),
    );
    for (const { body } of again) expect(body).toMatchObject({ id: fileId, state: 'done', acceptedRows: 1583, alreadyReceived: true });
    await platform.settled();
    const counts = await platform.owner.query(
      'select (select count(*) from beneficiaries)::int as people, (select count(*) from registration_files)::int as files',
    );
    expect(counts.rows[0]).toEqual({ people: 1583, files: 1 });
  });

  it('gives the refused rows back as they came, with reasons and with nothing that a spreadsheet would run', async () => {
    const { text, name } = await refusedRowsOf(platform, officer, fileId);
    expect(name).toBe('refused-rows.csv');
    const back: string[][] = parse(text, { delimiter: ';', bom: true });
    expect(back).toHaveLength(39);
    expect(back[0]).toEqual([...Object.keys(rows[0] ?? {}), 'Row in the file', 'Reasons']);
    expect(back.slice(1).map(([id]) => id)).toEqual(defects.map(([id]) => id));
    expect(back.flat().filter((cell) => /^[=+@\t\r-]/.test(cell))).toEqual([]);
    expect(back.find(([id]) => id === 'R0730')?.[4]).toBe(`'${rows[729]?.['Prénom']}`);
    expect(back.find(([id]) => id === 'R0575')?.at(-1)).toMatch(/^Téléphone: Write a telephone number/);
    const {
      rows: [event],
    } = await platform.owner.query(
      `select actor_id from audit_events e where command = 'intake.export_refused_rows'
      and exists (select from person_exports x where x.id::text = e.subject_id and x.file_id = $1)`,
      [fileId],
    );
    expect(event.actor_id).toBe(officer.userId);
  });

  it('takes the refused rows once they are corrected, from the very file that was given back', async () => {
    const { text } = await refusedRowsOf(platform, officer, fileId);
    const corrected = text.replace('0555-AB-1234', '0555 12 12 34').replaceAll('Atlantis', 'Alger');
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/registration-files?start=true`, corrected).expect(202);
    await platform.settled();
    const { body: file } = await officer.get(`/v1/registration-files/${body.id}`).expect(200);
    const refused = await everyPage<Refused>(officer, `/v1/registration-files/${body.id}/refused-rows`);
    // One of the four communes of Atlantis is in Algiers.
    expect(file).toMatchObject({ state: 'done', acceptedRows: 2, refusedRows: 36 });
    const codes = refused.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes.filter((code) => code === 'commune_unknown')).toHaveLength(3);
    expect(codes.filter((code) => code === 'phone_invalid' || code === 'wilaya_unknown')).toEqual([]);
  });

  it('finds the pairs that are planted in it whatever was misspelt, and next to none that is not', async () => {
    const { rows: pairs } = await platform.owner.query<{ first: number; second: number; score: string }>(
      `
      select a.source_row as first, b.source_row as second, p.score
      from duplicate_pairs p join beneficiaries a on a.id = p.first_id join beneficiaries b on b.id = p.second_id
      where a.source_id = $1 and b.source_id = $1`,
      [fileId],
    );
    const planted = new Set(read('expected_duplicates.csv').map(({ id_a, id_b }) => `${id_a},${id_b}`));
    const refusedIds = new Set(defects.map(([id]) => id));
    const holders = (id: string | undefined) =>
      rows.filter((row) => row['N° document'] && row['N° document'] === id).map((row) => row['N°'] ?? '');
    const byDocument = [...new Set(rows.map((row) => holders(row['N° document']).join()))].filter((pair) => pair.includes(','));
    expect(byDocument).toHaveLength(31);
    // Three of the 31 have a side that was refused.
    const entered = (pair: string) => !pair.split(',').some((id) => refusedIds.has(id));
    const found = pairs.map(({ first, second }) => `${rowIdOf(first)},${rowIdOf(second)}`);
    expect(found).toEqual(expect.arrayContaining(byDocument.filter(entered)));
    const likely = pairs.filter(({ score }) => Number(score) >= 0.8).map(({ first, second }) => `${rowIdOf(first)},${rowIdOf(second)}`);
    const plantedAndEntered = [...planted].filter(entered);
    expect(plantedAndEntered).toHaveLength(111);
    expect(likely.filter((pair) => planted.has(pair)).length).toBeGreaterThanOrEqual(105);
    // How often a name occurs is counted while people come in, so that a few more or less are likely from run to run.
    expect(likely.filter((pair) => !planted.has(pair)).length).toBeLessThanOrEqual(10);
  });

  it('keeps the later of two who share a document an applicant, and counts everybody held as a duplicate', async () => {
    const { body } = await officer.get(`/v1/programmes/${frame.programmeId}/beneficiaries?state=applicant&limit=200`).expect(200);
    expect(body.items).toHaveLength(28);
    const { body: file } = await officer.get(`/v1/registration-files/${fileId}`).expect(200);
    expect(file.duplicateRows).toBeGreaterThanOrEqual(106);
    expect(file.duplicateRows).toBeLessThanOrEqual(121);
  });

  it('qualifies by the pilot’s scorecard, for those whose answers and age are known', async () => {
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    const { body: card } = await manager
      .post(`/v1/programmes/${frame.programmeId}/scorecards`, { definition: await pilotScorecard() })
      .expect(201);
    const { body: begun } = await manager.post(`/v1/scorecards/${card.id}/runs`).expect(202);
    await platform.settled();
    const { body } = await manager.get(`/v1/assessment-runs/${begun.id}`).expect(200);
    const moves: { to: { outcome: string }; people: number }[] = body.moves;
    const people = (outcome: string) => moves.reduce((sum, { to, people: many }) => (to.outcome === outcome ? sum + many : sum), 0);
    expect(body).toMatchObject({ state: 'done', people: begun.expected });
    expect(people('eligible') + people('not_eligible') + people('not_assessable')).toBe(body.people);
    // 910 adults registered, two in three of whom lost income; the others are children or people whose birth nobody knows.
    expect(people('eligible')).toBeGreaterThan(400);
    expect(people('eligible')).toBeLessThan(600);
    // The five births that nobody knows, and who turns 18 in a year that alone is known.
    expect(people('not_assessable')).toBeGreaterThan(0);
    expect(people('not_assessable')).toBeLessThan(30);
  });
});

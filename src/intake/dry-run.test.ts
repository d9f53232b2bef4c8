import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, header, many, registrationRow as row } from '../../test/support/registration-files.ts';
import { permissions } from '../access/index.ts';
import { faultDetail } from '../beneficiaries/index.ts';
import { duplicateCheck } from '../deduplication/index.ts';
import { Interrupted } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { intakeJobs } from './jobs.ts';

describe('before the run of a file', () => {
  let platform: TestPlatform;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const programme = async () => (await makeFrame(platform)).programmeId;
  const send = (programmeId: string, csv: string, query = '') =>
    officer.post(`/v1/programmes/${programmeId}/registration-files${query}`, csv);
  const map = (id: string, etag: string | undefined, body: object) => officer.put(`/v1/registration-files/${id}/mapping`, etag ?? '', body);
  const act = async (id: string, verb: 'check' | 'run') => {
    await officer.post(`/v1/registration-files/${id}/${verb}`).expect(202);
    await platform.settled();
    return (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;
  };
  const traces = async () =>
    (
      await platform.owner.query(`select (select count(*) from beneficiaries)::int as people, (select count(*) from households)::int as households,
        (select count(*) from duplicate_pairs)::int as pairs, (select count(*) from intake_keys)::int as keys`)
    ).rows[0];

  const strange = fileOf(row(1), row(2))
    .replace('Given name', 'Given name of the person')
    .replace('Phone', 'Shoe size')
    .replace('Sex,', 'Column7,');

  it.each(['ar', 'fr', 'en'] as const)('says in %s what is undecided, refused and listed', async (language) => {
    const id = await programme();
    const speaking = <Test extends { set(name: string, value: string): Test }>(test: Test) => test.set('Accept-Language', language);
    const { body: waiting, headers } = await speaking(send(id, strange)).expect(202);
    expect(headers).toMatchObject({ 'content-language': language, vary: expect.stringContaining('Accept-Language') });
    const missing = { ar: 'هذا العمود ناقص.', fr: 'Cette colonne manque.', en: 'This column is missing.' };
    expect(waiting.unsettled.at(-1)).toEqual({ cell: 'Sexe', code: 'column_missing', detail: missing[language] });
    const refused = await speaking(officer.post(`/v1/registration-files/${waiting.id}/run`)).expect(422);
    expect(refused.body.errors).toEqual(waiting.unsettled);
    const twice = await speaking(send(id, fileOf(row(1)).replace('Phone', 'Sex'))).expect(422);
    expect(twice.headers['content-language']).toBe(language);
    expect(twice.body.errors).toMatchObject([{ cell: 'Sex', code: 'column_twice' }]);
    const { body } = await send(id, fileOf(row(1_090).replace(',female,', ',?,'))).expect(202);
    await act(body.id, 'check');
    const detail = faultDetail('sex_unknown', language);
    const { body: checked } = await speaking(officer.get(`/v1/registration-files/${body.id}`)).expect(200);
    expect(checked.findings.reasons).toEqual([{ cell: 'Sex', code: 'sex_unknown', detail, rows: 1 }]);
    const { body: rows } = await speaking(officer.get(`/v1/registration-files/${body.id}/refused-rows`)).expect(200);
    expect(rows.items).toEqual([{ rowNumber: 2, reasons: [{ cell: 'Sex', code: 'sex_unknown', detail }] }]);
  });

  it('its columns are guessed and shown with shapes and without values, and it waits', async () => {
    const id = await programme();
    const { body, headers } = await send(id, strange, '?start=true').expect(202);
    expect(body).toMatchObject({ state: 'received', totalRows: 2, alreadyReceived: false, findings: null });
    expect(body.unsettled).toEqual([
      { cell: 'Given name of the person', code: 'column_undecided', detail: expect.stringContaining('not known') },
      { cell: 'Column7', code: 'column_undecided', detail: expect.stringContaining('not known') },
      { cell: 'Shoe size', code: 'column_undecided', detail: expect.stringContaining('not known') },
      { cell: 'Sexe', code: 'column_missing', detail: 'This column is missing.' },
    ]);
    const columns = new Map(body.columns.map((column: { header: string }) => [column.header, column]));
    expect(columns.get('Given name of the person')).toMatchObject({ guess: 'given', confidence: 'likely', column: null });
    expect(columns.get('Shoe size')).toMatchObject({ guess: null, confidence: 'none', shapes: [] });
    expect(columns.get('Date of birth')).toMatchObject({ guess: 'birth', confidence: 'certain', shapes: ['99/99/9999'] });
    expect(JSON.stringify(body)).not.toMatch(/1951|D7919|babadobado/);
    for (const verb of ['check', 'run']) {
      const refused = await officer.post(`/v1/registration-files/${body.id}/${verb}`).expect(422);
      expect(refused.body.errors).toEqual(body.unsettled);
    }
    expect(headers['etag']).toBe('"1"');
  });

  it('its columns are corrected, saved under a name, and the name does for the next file', async () => {
    const id = await programme();
    const { body, headers } = await send(id, strange).expect(202);
    const decided = body.columns.map(({ header: cell, guess }: { header: string; guess: string | null }) => ({
      header: cell,
      column: cell === 'Column7' ? 'sex' : guess,
    }));
    const etag = headers['etag'];
    const partly = await map(body.id, etag, { columns: decided.slice(1) }).expect(422);
    expect(partly.body.errors).toContainEqual({
      cell: 'Registration date',
      code: 'column_undecided',
      detail: expect.stringContaining('not known'),
    });
    const invented = await map(body.id, etag, { columns: [...decided, { header: 'Nowhere', column: null }] }).expect(422);
    expect(invented.body.errors).toEqual([{ cell: 'Nowhere', code: 'column_strange', detail: 'The file has no such column.' }]);
    await map(body.id, etag, { columns: decided, saved: 'both' }).expect(422);
    await map(body.id, etag, {}).expect(422);
    await map(body.id, etag, { saved: 'no such name' }).expect(404);
    await map(body.id, '"7"', { columns: decided }).expect(409);
    const mapped = await map(body.id, etag, { columns: decided, saveAs: 'Tamanrasset' }).expect(200);
    expect(mapped.body).toMatchObject({ state: 'received', unsettled: [] });
    expect(mapped.headers['etag']).toBe('"2"');
    await map(body.id, etag, { columns: decided }).expect(409);
    const { body: list } = await officer.get(`/v1/programmes/${id}/column-mappings`).expect(200);
    expect(list.items).toMatchObject([{ name: 'Tamanrasset', columns: expect.arrayContaining([{ header: 'Shoe size', column: null }]) }]);

    const next = strange.split('\n')[0]?.concat('\n', row(3), '\n', row(4)) ?? '';
    await send(id, next, '?mapping=nobody').expect(404);
    const second = await send(id, next, '?mapping=Tamanrasset&start=true').expect(202);
    expect(second.body).toMatchObject({ state: 'running', unsettled: [] });
    await platform.settled();
    expect(await act(body.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 2 });
    const late = await officer.get(`/v1/registration-files/${body.id}`);
    await map(body.id, late.headers['etag'], { saved: 'Tamanrasset' }).expect(409);
  });

  it('a dry run finds every bad row, possible duplicates, known rows and the cost, and touches nobody', async () => {
    const id = await programme();
    const keyed = (rows: string[]) => [`${header},_uuid`, ...rows.map((text, i) => `${text},${i === 0 ? 'uuid:known' : ''}`)].join('\n');
    await send(id, keyed(many(20)), '?start=true').expect(202);
    await platform.settled();
    const { rows: registered } = await platform.owner.query(
      `select b.id as "beneficiaryId", registration_number as "registrationNumber" from beneficiaries b join households h on h.id = b.household_id
        where h.programme_id = $1 and source_row between 11 and 15 order by source_row`,
      [id],
    );
    const before = await traces();
    const rows = [
      row(500_000), // whose submission is known
      ...many(5, 10), // registered already
      ...many(30, 1_000),
      row(1_003, 'OTHER'), // an earlier row under another document
      row(1_040).replace(',female,', ',?,').replace('MLI', 'Atlantis'),
      row(1_041).replace('Alger Centre', 'Atlantis'),
      `${row(1_042)},one,too`,
    ];
    const { body } = await send(id, keyed(rows)).expect(202);
    const file = await act(body.id, 'check');
    expect(file).toMatchObject({ state: 'checked', doneRows: 0, acceptedRows: 0, refusedRows: 0, duplicateRows: 0 });
    expect(file.findings).toEqual({
      checkedRows: 40,
      acceptableRows: 36,
      refusedRows: 3,
      knownRows: 1,
      knownDifferently: { count: 1, first: [2] },
      reasons: expect.arrayContaining([
        { cell: 'Sex', code: 'sex_unknown', detail: faultDetail('sex_unknown', 'en'), rows: 1 },
        { cell: 'Nationality', code: 'nationality_unknown', detail: faultDetail('nationality_unknown', 'en'), rows: 1 },
        { cell: 'Commune', code: 'commune_unknown', detail: faultDetail('commune_unknown', 'en'), rows: 1 },
        { cell: '', code: 'cells_wrong', detail: faultDetail('cells_wrong', 'en'), rows: 1 },
      ]),
      duplicates: {
        withinFile: 1,
        withOthers: 5,
        first: [
          ...[3, 4, 5, 6, 7].map((rowNumber, i) => ({ rowNumber, probability: expect.closeTo(1, 1), ...registered[i] })),
          { rowNumber: 38, earlierRow: 11, probability: expect.closeTo(1, 1) },
        ],
      },
      knownHouseholds: { count: 5, first: [3, 4, 5, 6, 7].map((rowNumber) => ({ rowNumber, householdId: expect.any(String) })) },
      householdSizes: { count: 0, first: [] },
      notes: [{ code: 'consent_without_evidence', rows: 36 }],
      tooManyDuplicates: false,
      cost: { people: 36, households: 30, decisions: 6 },
    });
    expect(await traces()).toEqual(before);
    const refused = await officer.get(`/v1/registration-files/${body.id}/refused-rows`).expect(200);
    expect(refused.body.items.map(({ rowNumber }: { rowNumber: number }) => rowNumber)).toEqual([39, 40, 41]);
    // The run of the same file comes to the same.
    const done = await act(body.id, 'run');
    expect(done).toMatchObject({ state: 'done', acceptedRows: 36, refusedRows: 3, knownRows: 1, duplicateRows: 6 });
    expect(done.findings).toEqual(file.findings);
    const again = await officer.get(`/v1/registration-files/${body.id}/refused-rows`).expect(200);
    expect(again.body).toEqual(refused.body);
  });

  it('finds in the file the same person spelled two ways, as the run does, and whoever has the same document', async () => {
    const id = await programme();
    const person = (n: number, given: string, family: string, document = `P${n}`) =>
      `2026-01-15,F${n},1,head,${given},${family},female,14/07/1988,MLI,Passport,${document},,16,Alger Centre,fr,yes,signature`;
    const rows = [
      person(1, 'Fatoumata', 'Coulibaly'),
      person(2, 'فاطوماتا', 'كوليبالي'), // the first in another script, in another household, without anything else in common but the day
      ...many(600, 7_000), // so that the next stands in another batch
      person(3, 'Fatoumatta', 'Koulibali'),
      row(8_000).replace('D63352000', 'P1'), // nobody like the first, with their document
    ];
    const { body } = await send(id, fileOf(...rows)).expect(202);
    const { findings } = await act(body.id, 'check');
    expect(findings.duplicates).toEqual({
      withinFile: 3,
      withOthers: 0,
      first: [
        { rowNumber: 3, earlierRow: 2, probability: expect.any(Number) },
        { rowNumber: 604, earlierRow: expect.any(Number), probability: expect.any(Number) },
        { rowNumber: 605, earlierRow: 2, probability: expect.any(Number) },
      ],
    });
    expect(findings.cost).toMatchObject({ people: 604, decisions: 3 });
    expect(await act(body.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 604, duplicateRows: 3 });
    const { rows: held } = await platform.owner.query(
      'select distinct b.source_row from duplicate_pairs p join beneficiaries b on b.id = p.second_id where b.source_id = $1 order by 1',
      [body.id],
    );
    expect(held.map(({ source_row }) => source_row)).toEqual([2, 603, 604]);
  });

  it('says which rows state another size of their household than counts, and enters their people all the same', async () => {
    const id = await programme();
    const inHousehold = (n: number, reference: string, size: number) =>
      row(n).replace(`,H${n},1,head,`, `,${reference},${size},${n === 1 || n === 5 ? 'head' : 'child'},`);
    await send(id, fileOf(inHousehold(1, 'REGISTERED', 4)), '?start=true').expect(202);
    await platform.settled();
    const { rows: households } = await platform.owner.query('select id from households where programme_id = $1', [id]);
    const between = many(600, 3_000);
    const rows = [
      inHousehold(2, 'REGISTERED', 4),
      inHousehold(3, 'REGISTERED', 5),
      inHousehold(5, 'NEW', 3).replace('MLI', 'Atlantis'), // refused, so it does not count
      inHousehold(6, 'NEW', 6),
      ...between,
      inHousehold(7, 'NEW', 6),
      inHousehold(8, 'NEW', 2),
    ];
    const { body } = await send(id, fileOf(...rows), '?continuesHouseholds=true').expect(202);
    const { findings } = await act(body.id, 'check');
    expect(findings).toMatchObject({
      acceptableRows: 605,
      householdSizes: {
        count: 2,
        first: [
          { rowNumber: 3, householdId: households[0].id },
          { rowNumber: 607, countingRow: 5 },
        ],
      },
      cost: { people: 605, households: 601 },
    });
    expect(await act(body.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 605 });
    const { rows: sizes } = await platform.owner.query(
      `select reference, size from households where programme_id = $1 and reference in ('REGISTERED', 'NEW') order by reference`,
      [id],
    );
    expect(sizes).toEqual([
      { reference: 'NEW', size: 6 },
      { reference: 'REGISTERED', size: 4 },
    ]);
  });

  it('says how many consents lack the evidence that no column gives, and how many are dated before the birth', async () => {
    const id = await programme();
    const withEvidence = (rows: string[]) => [`${header},Consent reference`, ...rows.map((text, i) => `${text},R${i}`)].join('\n');
    const early = row(3).replace('2026-01-15', '1949-12-31');
    const { body } = await send(id, fileOf(row(1), row(2).replace(',signature', ',witnessed_verbal'), early)).expect(202);
    const { findings } = await act(body.id, 'check');
    expect(findings.notes).toEqual([
      { code: 'consent_without_evidence', rows: 3 },
      { code: 'consent_before_birth', rows: 1 },
    ]);
    const { body: whole } = await send(id, withEvidence([row(11), row(12).replace(',signature', ',witnessed_verbal')])).expect(202);
    // The reference shows a signature; who heard it is named nowhere.
    expect((await act(whole.id, 'check')).findings.notes).toEqual([{ code: 'consent_without_evidence', rows: 1 }]);
  });

  it('a run checks the whole file first, unless a dry run has just done it', async () => {
    const id = await programme();
    const send2 = async (...rows: string[]) => (await send(id, fileOf(...rows)).expect(202)).body.id;
    const [first, second] = [await send2(...many(40)), await send2(...many(40), row(50))];
    for (const file of [first, second]) expect((await act(file, 'check')).findings).toMatchObject({ tooManyDuplicates: false });
    const checksOf = async (file: string) =>
      (
        await platform.owner.query(
          `select count(*)::int as count from audit_events where command = 'intake.check_before_run' and subject_id = $1`,
          [file],
        )
      ).rows[0].count;
    expect(await act(first, 'run')).toMatchObject({ state: 'done', acceptedRows: 40 });
    expect(await checksOf(first)).toBe(0);
    // Since its dry run, everybody in it has been entered by the first.
    const stopped = await act(second, 'run');
    expect(stopped).toMatchObject({ state: 'stopped', doneRows: 0, findings: { overLimit: { duplicates: 40, rows: 41 } } });
    expect(await checksOf(second)).toBe(1);
    const { rows } = await platform.owner.query('select count(*)::int as count from enrolments where programme_id = $1', [id]);
    expect(rows).toEqual([{ count: 40 }]);
  });

  it('whom a dry run names is shown only to those who may read people', () => {
    const readers: readonly string[] = permissions['beneficiaries.read'].roles;
    for (const name of ['intake.read_file', 'intake.receive_file', 'intake.check_file', 'intake.run_file', 'intake.cancel_file'] as const)
      expect(readers).toEqual(expect.arrayContaining([...permissions[name].roles]));
  });

  it('a file whose dry run found too many duplicates is not run, until the limit is raised and it is checked again', async () => {
    const id = await programme();
    await send(id, fileOf(...many(5)), '?start=true').expect(202);
    await platform.settled();
    const { body } = await send(id, fileOf(...many(5), ...many(5, 100))).expect(202);
    const { findings } = await act(body.id, 'check');
    expect(findings).toMatchObject({ tooManyDuplicates: true, overLimit: { duplicates: 5, rows: 10 }, duplicates: { withOthers: 5 } });
    const before = await traces();
    const refused = async () => (await officer.post(`/v1/registration-files/${body.id}/run`).expect(409)).body;
    expect(await refused()).toMatchObject({
      code: 'too_many_duplicates',
      detail: expect.stringMatching(/^Of 10 rows 5 may be duplicates.* a share of 0\.2\. .*raised; then check it again\.$/),
      duplicates: 5,
      rows: 10,
      limit: '0.2',
    });
    const administrator = await platform.as('administrator');
    await administrator.patch(`/v1/programmes/${id}`, '"1"', { duplicateLimit: '0.5', reason: 'Many return' }).expect(200);
    expect(await refused()).toMatchObject({ code: 'too_many_duplicates' });
    await platform.settled();
    expect(await traces()).toEqual(before);
    expect((await act(body.id, 'check')).findings).toMatchObject({ tooManyDuplicates: false });
    expect(await act(body.id, 'run')).toMatchObject({ state: 'done', acceptedRows: 10, duplicateRows: 5 });
  });

  it('a dry run counts no more once the columns are decided on anew, and may be made again', async () => {
    const id = await programme();
    const { body } = await send(id, fileOf(row(1), row(2).replace('MLI', 'Atlantis'))).expect(202);
    await act(body.id, 'check');
    const checked = await officer.get(`/v1/registration-files/${body.id}`).expect(200);
    const columns = checked.body.columns.map(({ header: cell, column }: { header: string; column: string | null }) => ({
      header: cell,
      column,
    }));
    const mapped = await map(body.id, checked.headers['etag'], { columns }).expect(200);
    expect(mapped.body).toMatchObject({ state: 'received', findings: null });
    for (let time = 0; time < 2; time += 1) {
      expect((await act(body.id, 'check')).findings).toMatchObject({ checkedRows: 2, refusedRows: 1 });
      const refused = await officer.get(`/v1/registration-files/${body.id}/refused-rows`).expect(200);
      expect(refused.body.items).toHaveLength(1);
    }
  });

  it('a dry run whose process has ended begins anew, and one that is asked to end leaves itself to another', async () => {
    const id = await programme();
    const { body } = await send(id, fileOf(...many(510, 60_000), row(70_000).replace('MLI', 'Atlantis'))).expect(202);
    const whole = await act(body.id, 'check');
    await platform.owner.query(
      `update registration_files set state = 'checking', findings = jsonb_set(findings, '{checkedRows}', '500') where id = $1`,
      [body.id],
    );
    const { database, execute, keyRing } = platform.app;
    const ground = { db: database.reader, execute, keyRing, clock: platform.clock };
    const [check, run] = intakeJobs(ground, duplicateCheck(ground));
    const fileId = { fileId: body.id };
    await expect(check?.run(fileId, AbortSignal.abort())).rejects.toThrow(Interrupted);
    await Promise.all([check?.run(fileId), check?.run(fileId)]);
    const again = (await officer.get(`/v1/registration-files/${body.id}`)).body;
    expect(again).toMatchObject({ state: 'checked', findings: whole.findings });
    expect((await officer.get(`/v1/registration-files/${body.id}/refused-rows`)).body.items).toHaveLength(1);

    await platform.owner.query(`update registration_files set state = 'running', attempt = attempt + 1 where id = $1`, [body.id]);
    await expect(run?.run(fileId, AbortSignal.abort())).rejects.toThrow(Interrupted);
    // Whoever is refused because the other is at it comes again, as the queue has it.
    await Promise.all([1, 2].map(() => run?.run(fileId).catch(() => run.run(fileId))));
    expect((await officer.get(`/v1/registration-files/${body.id}`)).body).toMatchObject({
      state: 'done',
      acceptedRows: 510,
      refusedRows: 1,
    });
  });

  it('a dry run can be cancelled and leaves the file as it was', async () => {
    const id = await programme();
    const { body } = await send(id, fileOf(...many(3_000, 40_000))).expect(202);
    await officer.post(`/v1/registration-files/${body.id}/check`).expect(202);
    await officer.post(`/v1/registration-files/${body.id}/run`).expect(409);
    const cancelled = await officer.post(`/v1/registration-files/${body.id}/cancel`).expect(200);
    expect(cancelled.body).toMatchObject({ state: 'received', findings: null });
    await platform.settled();
    expect((await officer.get(`/v1/registration-files/${body.id}`)).body).toMatchObject({ state: 'received', findings: null });
  });
});

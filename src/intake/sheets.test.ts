import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, header, many, registrationRow as row } from '../../test/support/registration-files.ts';
import { cellsOf, written } from '../../test/support/tables.ts';
import { sheetData, workbook } from '../../test/support/workbooks.ts';
import { loadPilotGeography } from '../seeding.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const columns = header.split(',');
const birth = columns.indexOf('Date of birth');

/** A row with some cells changed. */
const changed = (n: number, change: Record<string, string>): string => {
  const cells = row(n).split(',');
  for (const [column, cell] of Object.entries(change)) cells[columns.indexOf(column)] = cell;
  return cells.join(',');
};
const born = (n: number, date: string) => changed(n, { 'Date of birth': date });
const sheetOf = (...rows: string[]) => sheetData([header, ...rows].map((text) => text.split(',')));

describe('a sheet of registrations', () => {
  let platform: TestPlatform;
  let officer: Client;
  let programmeId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
    ({ programmeId } = await makeFrame(platform));
  });
  afterAll(() => platform.close());

  const send = (content: string | Buffer, query = '', type = 'text/csv') =>
    officer.post(`/v1/programmes/${programmeId}/registration-files${query}`).type(type).send(content);
  const read = async (id: string) => (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;
  const receive = async (content: string | Buffer, query?: string, type?: string) => {
    const { body, status } = await send(content, query, type);
    expect(status, JSON.stringify(body)).toBe(202);
    await platform.settled();
    return read(body.id);
  };
  const map = async (id: string, decision: object, status = 200) => {
    const { headers } = await officer.get(`/v1/registration-files/${id}`).expect(200);
    return (await officer.put(`/v1/registration-files/${id}/mapping`, headers['etag'] ?? '', decision).expect(status)).body;
  };
  const act = async (id: string, step: 'check' | 'run') => {
    await officer.post(`/v1/registration-files/${id}/${step}`).expect(202);
    await platform.settled();
    return read(id);
  };
  const births = async (id: string): Promise<string[]> => {
    const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1 order by source_row', [id]);
    return Promise.all(rows.map(async (one) => (await officer.get(`/v1/beneficiaries/${one.id}`).expect(200)).body.birth.from));
  };
  const refused = async (id: string) => {
    const { body } = await officer.get(`/v1/registration-files/${id}/refused-rows`).expect(200);
    return body.items.map((item: { rowNumber: number; reasons: { code: string }[] }) => [
      item.rowNumber,
      ...item.reasons.map(({ code }) => code),
    ]);
  };
  const datesOf = (file: { columns: { header: string; dates?: unknown }[] }, name = 'Date of birth') =>
    file.columns.find((column) => column.header === name)?.dates;
  // Every column as it was taken, so that one of them can be decided otherwise.
  const meanings = (file: { columns: { header: string; column: string }[] }, change: Record<string, object> = {}) => ({
    columns: file.columns.map((one) => ({ header: one.header, column: one.column, ...change[one.header] })),
  });

  describe('with dates', () => {
    it('that put the month first is read so, and says why', async () => {
      const file = await receive(fileOf(born(1, '12/31/1990'), born(2, '03/04/1990'), born(3, '3/4/90')), '?start=true');
      expect(datesOf(file)).toEqual({ order: 'month_first', known: 'shown', dayFirst: 0, monthFirst: 1, either: 2 });
      expect(file).toMatchObject({ state: 'done', acceptedRows: 3 });
      expect(await births(file.id)).toEqual(['1990-12-31', '1990-03-04', '1990-03-04']);
    });

    it('of which none shows the order are read day first, which is said, and turned where somebody says otherwise', async () => {
      const file = await receive(fileOf(born(11, '03/04/1990'), born(12, '05/06/1991')));
      expect(datesOf(file)).toEqual({ order: 'day_first', known: 'assumed', dayFirst: 0, monthFirst: 0, either: 2 });
      const decided = await map(file.id, meanings(file, { 'Date of birth': { dateOrder: 'month_first' } }));
      expect(datesOf(decided)).toMatchObject({ order: 'month_first', known: 'said', either: 2 });
      await act(file.id, 'run');
      expect(await births(file.id)).toEqual(['1990-03-04', '1991-05-06']);
      const { rows } = await platform.owner.query(`select count(*)::int as count from audit_events where command = 'intake.map_columns'`);
      expect(rows[0].count).toBeGreaterThan(0);
    });

    it('that hold both orders say that they are mixed, and refuse what can only be the other', async () => {
      const file = await receive(fileOf(born(21, '31/12/1990'), born(22, '12/31/1990'), born(23, '03/04/1990')), '?start=true');
      expect(datesOf(file)).toEqual({ order: 'day_first', known: 'mixed', dayFirst: 1, monthFirst: 1, either: 1 });
      expect(await refused(file.id)).toEqual([[3, 'birth_impossible']]);
      expect(await births(file.id)).toEqual(['1990-12-31', '1990-04-03']);
    });

    it('of registration are learnt by themselves', async () => {
      const on = (n: number, day: string, date: string) => changed(n, { 'Registration date': day, 'Date of birth': date });
      const file = await receive(fileOf(on(31, '01/15/2026', '31/12/1990'), on(32, '02/03/2026', '03/04/1990')), '?start=true');
      expect(datesOf(file, 'Registration date')).toMatchObject({ order: 'month_first', known: 'shown' });
      expect(datesOf(file)).toMatchObject({ order: 'day_first', known: 'shown' });
      expect(file).toMatchObject({ acceptedRows: 2 });
      const { rows } = await platform.owner.query(
        `select c.given_on::text as day from consents c join beneficiaries b on b.id = c.beneficiary_id
          where b.source_id = $1 and c.purpose = 'registration' order by b.source_row`,
        [file.id],
      );
      expect(rows.map(({ day }) => day)).toEqual(['2026-01-15', '2026-02-03']);
    });

    it('are read as a saved mapping says where the file does not show it, and as it shows where it does', async () => {
      const first = await receive(fileOf(born(41, '12/31/1990')));
      await map(first.id, { ...meanings(first), saveAs: 'American' });
      const { body } = await officer.get(`/v1/programmes/${programmeId}/column-mappings`).expect(200);
      const saved = body.items.find(({ name }: { name: string }) => name === 'American');
      expect(saved.columns.find((one: { header: string }) => one.header === 'Date of birth')).toEqual({
        header: 'Date of birth',
        column: 'birth',
        dateOrder: 'month_first',
      });
      const silent = await receive(fileOf(born(42, '03/04/1990')), '?mapping=American&start=true');
      expect(datesOf(silent)).toMatchObject({ order: 'month_first', known: 'said' });
      expect(await births(silent.id)).toEqual(['1990-03-04']);
      const plain = await receive(fileOf(born(43, '31/12/1990'), born(44, '03/04/1990')), '?mapping=American');
      expect(datesOf(plain)).toMatchObject({ order: 'day_first', known: 'shown' });
      expect(datesOf(await map(plain.id, { saved: 'American' }))).toMatchObject({ order: 'day_first', known: 'shown' });
    });

    it('have no order in a column of something else', async () => {
      const file = await receive(fileOf(row(51)));
      const { errors } = await map(file.id, meanings(file, { 'Given name': { dateOrder: 'month_first' } }), 422);
      expect(errors).toEqual([{ cell: 'Given name', code: 'column_without_dates', detail: expect.stringContaining('no dates') }]);
    });

    it('that are numbers of days are the days that a spreadsheet means by them', async () => {
      const rows = [row(61), row(62)].map((text, i) => text.split(',').with(birth, ['32874', '33000.0'][i] ?? ''));
      const file = await receive([columns, ...rows].map((cells) => cells.join(';')).join('\n'), '?start=true');
      expect(await births(file.id)).toEqual(['1990-01-01', '1990-05-07']);
      const from1904 = await workbook({
        from1904: true,
        rows: sheetData([
          columns,
          row(63)
            .split(',')
            .map((cell, i) => (i === birth ? 31412 : cell)),
        ]),
      });
      const old = await receive(from1904, '?start=true', XLSX);
      expect(old.format).toEqual({ kind: 'xlsx', sheet: 'People', from1904: true });
      expect(await births(old.id)).toEqual(['1990-01-01']);
    });
  });

  describe('beside others in its workbook', () => {
    it('names the others with their rows, and another is read where somebody says so', async () => {
      const bytes = await workbook({
        rows: sheetOf(row(101)),
        more: { Février: sheetOf(row(102), row(103)), '.Codes': sheetOf(), Vide: '' },
      });
      const first = await receive(bytes, '?start=true', XLSX);
      expect(first).toMatchObject({ state: 'done', totalRows: 1, format: { kind: 'xlsx', sheet: 'People' } });
      expect(first.sheetsBeside).toEqual([
        { name: 'Lists', isVisible: false, rowCount: 1, isWhole: true },
        { name: 'Février', isVisible: true, rowCount: 3, isWhole: true },
        { name: '.Codes', isVisible: false, rowCount: 1, isWhole: true },
      ]);
      const second = await receive(bytes, `?start=true&sheet=${encodeURIComponent('février')}`, XLSX);
      expect(second.id).not.toBe(first.id);
      expect(second).toMatchObject({ state: 'done', totalRows: 2, acceptedRows: 2, format: { sheet: 'Février' } });
      expect(second.sheetsBeside.map(({ name }: { name: string }) => name)).toEqual(['Lists', 'People', '.Codes']);
      // Each sheet is taken once, however it is asked for.
      expect((await send(bytes, '?sheet=People', XLSX)).body).toMatchObject({ id: first.id, alreadyReceived: true });
      expect((await send(bytes, '?sheet=F%C3%A9vrier', XLSX)).body).toMatchObject({ id: second.id, alreadyReceived: true });
    });

    it('is asked for by a name that there is, and of a workbook', async () => {
      const bytes = await workbook({ rows: sheetOf(row(111)) });
      expect((await send(bytes, '?sheet=Mars', XLSX).expect(422)).body.detail).toBe(
        'The workbook has no sheet "Mars". It has: "Lists", "People".',
      );
      const { body, headers } = await send(bytes, '?sheet=Mars', XLSX).set('Accept-Language', 'fr').expect(422);
      expect(body.detail).toBe('Le classeur n’a pas de feuille « Mars ». Il a : "Lists", "People".');
      expect(headers['content-language']).toBe('fr');
      expect((await send(fileOf(row(111)), '?sheet=Mars').expect(422)).body.detail).toContain('no workbook');
      const empty = await workbook({ more: { Liste: sheetOf(row(112)) } });
      expect((await send(empty, '', XLSX).expect(422)).body.detail).toContain('Say which sheet counts: "Lists", "Liste"');
    });
  });

  describe('as people make them', () => {
    it('has its header in two lines, with merged cells', async () => {
      const groups: Record<string, [string, string]> = { 'Document type': ['Document', 'Type'], 'Document number': ['', 'N°'], Wilaya: ['Résidence', 'Wilaya'], Commune: ['', 'Commune'] }; // biome-ignore format: one line
      const [above, below] = [0, 1].map((line) => columns.map((column) => groups[column]?.[line] ?? (line === 0 ? column : '')));
      for (const n of [301, 302]) {
        const cells = [['LISTE'], above ?? [], below ?? [], row(n).split(',')];
        const content = n === 301 ? cells.map((line) => line.join(';')).join('\n') : await workbook({ rows: sheetData(cells) });
        const file = await receive(content, '?start=true', n === 301 ? 'text/csv' : XLSX);
        expect(file).toMatchObject({ state: 'done', acceptedRows: 1, unsettled: [] });
        const [type] = file.columns.slice(columns.indexOf('Document type'));
        expect(type).toMatchObject({ header: 'Document/Type', column: 'documentType' });
      }
    });

    it('has no header in two lines where a column has no name and the row below is somebody', async () => {
      const unnamed = header.replace('Phone', '');
      expect((await send([unnamed, row(311)].join('\n')).expect(422)).body.errors).toEqual([
        { cell: 'column 12', code: 'column_unnamed', detail: expect.stringContaining('no name') },
      ]);
    });

    it('has spaces and marks of direction around its cells, and none within them', async () => {
      const around = row(321).split(',').map((cell) => ` \u200F${cell}\u200E\u00A0`); // biome-ignore format: one line
      const within = changed(322, { 'Given name': 'Ami\u200Fna' });
      const file = await receive(fileOf(around.join(','), within), '?start=true');
      expect(await refused(file.id)).toEqual([[3, 'control_characters']]);
      const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1', [file.id]);
      const { body } = await officer.get(`/v1/beneficiaries/${rows[0].id}`).expect(200);
      expect(body.names.given).toBe(row(321).split(',')[4]);
    });

    it.each([
      ['UTF-16 little end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'],
      ['UTF-16 big end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 'utf-16be'],
      ['UTF-16 little end first without its mark', (text: string) => Buffer.from(text, 'utf16le'), 'utf-16le'],
      ['UTF-16 big end first without its mark', (text: string) => Buffer.from(text, 'utf16le').swap16(), 'utf-16be'],
      ['UTF-8 with its mark', (text: string) => Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ])('is in %s', async (name, encode, encoding) => {
      const n = 20_000 + name.length;
      const file = await receive(encode(fileOf(changed(n, { 'Given name': 'فاطمة' }))), '?start=true');
      expect(file).toMatchObject({ state: 'done', acceptedRows: 1, format: { encoding } });
      const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1', [file.id]);
      expect((await officer.get(`/v1/beneficiaries/${rows[0].id}`).expect(200)).body.names.given).toBe('فاطمة');
    });

    it('is in an older encoding of Arabic', async () => {
      const bytes = await written(
        { kind: 'csv', encoding: 'windows-1256', delimiter: ';' },
        [header, changed(341, { 'Given name': 'فاطمة', 'Family name': 'بن علي' })].map((text) => text.split(',')),
      );
      expect(await receive(bytes, '?start=true')).toMatchObject({ acceptedRows: 1, format: { encoding: 'windows-1256', delimiter: ';' } });
    });

    it.each([';', '\t', '|', ','])('has %j between its cells, and a title with a comma above', async (delimiter) => {
      const n = 351 + delimiter.charCodeAt(0);
      const text = ['Alger, le 15 janvier', ...fileOf(row(n)).split('\n').map((line) => line.replaceAll(',', delimiter))].join('\r\n'); // biome-ignore format: one line
      expect(await receive(text, '?start=true')).toMatchObject({ acceptedRows: 1, format: { delimiter } });
    });
  });

  describe('whose rows are refused', () => {
    const bad = (n: number) => changed(n, { Sex: '?' });

    it('numbers them as a spreadsheet shows them: titles, empty rows and rows of several lines counted', async () => {
      const address = changed(202, { Commune: '"Alger\nCentre"' });
      const text = ['LISTE DES BENEFICIAIRES', '', header, bad(201), '', address, ',,,', bad(203)].join('\n');
      const file = await receive(text, '?start=true');
      expect(await refused(file.id)).toEqual([
        [4, 'sex_unknown'],
        [8, 'sex_unknown'],
      ]);
      const [first, second] = (await cellsOf((await refusedRowsOf(platform, officer, file.id)).content)).slice(1);
      expect([first, second].map((cells) => cells?.at(columns.length))).toEqual(['4', '8']);
      const cells = [['LISTE'], [], columns, bad(204).split(','), [], row(205).split(','), bad(206).split(',')];
      const xlsx = await receive(await workbook({ rows: sheetData(cells) }), '?start=true', XLSX);
      expect(await refused(xlsx.id)).toEqual([
        [4, 'sex_unknown'],
        [7, 'sex_unknown'],
      ]);
    });

    it('numbers them across parts of a large file, and the dry run as the run', async () => {
      const rows = many(1_100, 10_000).map((text, i) => (i % 400 === 3 ? text.replace(',female,', ',?,') : text));
      const file = await receive(`${header}\n\n${rows.join('\n')}`);
      const numbers = [6, 406, 806].map((number) => [number, 'sex_unknown']);
      await act(file.id, 'check');
      expect(await refused(file.id)).toEqual(numbers);
      await act(file.id, 'run');
      expect(await refused(file.id)).toEqual(numbers);
      const back = await cellsOf((await refusedRowsOf(platform, officer, file.id)).content);
      expect(back.slice(1).map((cells) => cells[columns.length])).toEqual(['6', '406', '806']);
    });

    it('takes them back corrected, without asking what the columns of rows and reasons are', async () => {
      const file = await receive(fileOf(bad(221)), '?start=true');
      const { text } = await refusedRowsOf(platform, officer, file.id, 'fr');
      expect(text).toContain('Ligne du fichier;Motifs'.replace(';', ','));
      expect(await receive(text.replace(',?,', ',F,'), '?start=true')).toMatchObject({ state: 'done', acceptedRows: 1 });
    });

    it('says of totals, of notes and of its header again that they are no people', async () => {
      const total = columns.map((column) => (column === 'Household' ? 'TOTAL' : column === 'Given name' ? '2' : ''));
      const file = await receive([fileOf(row(241)), header, row(242), total.join(','), 'Done at Algiers'].join('\n'), '?start=true');
      expect(file).toMatchObject({ state: 'done', acceptedRows: 2, refusedRows: 3 });
      expect(await refused(file.id)).toEqual([3, 5, 6].map((number) => [number, 'not_a_person']));
    });

    it('says of numbers that a spreadsheet shortened that their digits are lost, and takes those that are whole', async () => {
      const numbers = ['2.13E+11', '"2,13E+11"', '555123456', '213555123457'].map((Phone, i) => changed(251 + i, { Phone }));
      const papers = ['1.09E+17', '000123'].map((number, i) => changed(255 + i, { 'Document number': number }));
      const file = await receive(fileOf(...numbers, ...papers), '?start=true');
      expect(await refused(file.id)).toEqual([2, 3, 6].map((number) => [number, 'digits_lost']));
      const eighteen = row(257).split(',').map((cell, i) => (columns[i] === 'Document number' ? 1.09850123456789e17 : cell)); // biome-ignore format: one line
      const bytes = await workbook({ rows: sheetData([columns, eighteen]).replace('109850123456789000', '1.09850123456789E+17') });
      expect(await refused((await receive(bytes, '?start=true', XLSX)).id)).toEqual([[2, 'digits_lost']]);
    });

    it('is refused whole, with the line, where a quotation mark would swallow the rows behind it', async () => {
      const open = changed(232, { 'Given name': '"Aminata' });
      for (const closing of [changed(235, { 'Given name': 'Awa"' }), changed(235, { 'Family name': 'Awa"' })]) {
        const { body } = await send(fileOf(row(231), '', open, row(233), row(234), closing, row(236)), '?start=true').expect(422);
        expect(body.detail).toContain('opens in line 4 joins 4 lines');
        expect(body.errors).toMatchObject([{ row: 4, code: 'quotation_joins_lines' }]);
        expect(JSON.stringify(body)).not.toContain('Aminata');
        const arabic = await send(fileOf(row(231), '', open, row(233), row(234), closing), '')
          .set('Accept-Language', 'ar')
          .expect(422);
        expect(arabic.headers['content-language']).toBe('ar');
        expect(arabic.body.detail).toMatch(/السطر 4 .*علامتي اقتباس/);
      }
      for (const text of [fileOf(row(231), open, row(233)), fileOf(row(231), open, row(233), changed(234, { 'Given name': '"Awa"' }))]) {
        expect((await send(text).expect(422)).body.errors).toMatchObject([{ row: 3 }]);
      }
    });
  });
});

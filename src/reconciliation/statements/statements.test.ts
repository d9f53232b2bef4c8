import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt, camtEntry } from '../../../test/support/camt.ts';
import type { Frame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeBookkeeping, type Sending, sendStatement, stageStatement } from '../../../test/support/statements.ts';
import { sheetData, workbook } from '../../../test/support/workbooks.ts';
import { type Ground, newId } from '../../platform/index.ts';
import { statementJobs } from './jobs.ts';
import { statementTransitions } from './types.ts';

const LARGE = 2_500;
const header = 'Référence;Série;Date;Code bureau;Montant;Devise;Opération';

describe('statements', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const setUp = () => makeBookkeeping(platform);
  const row = ({ officeCode }: Frame, n: number, amount = '15 000,00') =>
    `P-${n};${String(10_000_000_000_000 + n)};10/03/2026;${officeCode};${amount};DZD;`;
  const file = (frame: Frame, count: number, amount?: string) =>
    [header, ...Array.from({ length: count }, (_none, n) => row(frame, n, amount)), ''].join('\r\n');
  /** More than is read before its sender is answered: few lines, each with a long remark that nobody reads. */
  const large = (frame: Frame) =>
    [`${header};Remarque`, ...Array.from({ length: LARGE }, (_none, n) => `${row(frame, n)};${'x'.repeat(400)}`), ''].join('\r\n');
  const linesIn = async (statementId: string): Promise<number> =>
    (await platform.owner.query('select count(*)::int as count from statement_lines where statement_id = $1', [statementId])).rows[0].count;
  const bank: Sending = { type: 'application/xml', query: { source: 'bank' } };

  it('tells a small file at once what became of it, and takes its period from its lines', async () => {
    const { frame, officer } = await setUp();
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const line = `R1;${paid.serial};10/03/2026;${frame.officeCode};15 000,00;DZD;`;
    const { body } = await sendStatement(officer, frame, [header, line].join('\n')).expect(200);
    const { id } = body.statement;
    expect(body.statement).toMatchObject({
      source: 'post',
      format: 'csv',
      state: 'reconciled',
      from: '2026-03-10',
      to: '2026-03-10',
      lineCount: 1,
      matchedCount: 1,
      faults: [],
    });
    const { body: lines } = await officer.get(`/v1/statements/${id}/lines`).expect(200);
    expect(lines.items).toMatchObject([
      {
        row: 2,
        place: 'row 2',
        serial: paid.serial,
        ourReference: null,
        repeats: null,
        match: { pass: 'serial_amount_date' },
        exceptions: [],
      },
    ]);
    const { body: none } = await officer.get(`/v1/statements/${id}/lines?kind=fee`).expect(200);
    expect(none).toEqual({ items: [], nextCursor: null });
    const { body: listed } = await officer.get(`/v1/programmes/${frame.programmeId}/statements?state=reconciled&source=post`).expect(200);
    expect(listed.items.map((statement: { id: string }) => statement.id)).toEqual([id]);
    expect((await officer.get(`/v1/programmes/${frame.programmeId}/statements?source=bank`).expect(200)).body.items).toEqual([]);
  });

  it('keeps what it refuses with every place, takes none of its lines, and reads a corrected file', async () => {
    const { frame, officer } = await setUp();
    const content = [header, row(frame, 1), row(frame, 2, 'x'), row(frame, 3, 'y')].join('\n');
    const { body } = await sendStatement(officer, frame, content).expect(422);
    expect(body).toMatchObject({
      code: 'unreadable_statement',
      faultCount: 2,
      errors: [
        { row: 3, cell: 'amount' },
        { row: 4, cell: 'amount' },
      ],
    });
    const { body: kept } = await officer.get(`/v1/statements/${body.statementId}`).expect(200);
    expect(kept).toMatchObject({ state: 'refused', faultCount: 2, faults: body.errors, lineCount: 0, stagedAt: null });
    expect(await linesIn(body.statementId)).toBe(0);
    const again = await sendStatement(officer, frame, content).expect(422);
    expect(again.body.statementId).not.toBe(body.statementId);
    await sendStatement(officer, frame, content.replace('x', '1').replace('y', '2')).expect(200);
  });

  it('takes a post that writes documents and no serials, and matches what one document fits', async () => {
    const { frame, officer } = await setUp();
    await payList(platform, frame, [{}]);
    const line = (reference: string, lastFour: string) => `${reference};10/03/2026;${frame.officeCode};15 000,00;DZD;${lastFour}`;
    const { body } = await sendStatement(
      officer,
      frame,
      ['reference;date;office;amount;currency;document last four', line('R1', documentLastFour), line('R2', 'ZZ99')].join('\n'),
    ).expect(200);
    const { body: lines } = await officer.get(`/v1/statements/${body.statement.id}/lines`).expect(200);
    expect(lines.items).toMatchObject([
      { serial: null, match: { pass: 'document' }, exceptions: [] },
      { serial: null, match: null, exceptions: [{ kind: 'paid_not_in_list' }] },
    ]);
  });

  it('names an office that we do not know, where the post writes its name', async () => {
    const { frame, officer } = await setUp();
    const [paid] = (await payList(platform, frame, [{}, {}])) as [Paid, Paid];
    const lines = [`OP (1);${paid.serial};10/03/2026 14:22;ALGER RP;15 000,00 DA;DZD;`, 'OP (2);;10-03-2026;ALGER RP;0,00;DZD;'];
    const more = 'OP (3);;10-03-2026;ALGER RP;15000,00;DZD;';
    const { statement } = (await sendStatement(officer, frame, [header, ...lines, more].join('\n')).expect(200)).body;
    expect(statement).toMatchObject({ state: 'reconciled', lineCount: 2, leftOut: 1, remarks: [{ row: 3, cell: 'amount' }] });
    const { body } = await officer.get(`/v1/statements/${statement.id}/lines`).expect(200);
    expect(body.items).toMatchObject([
      { officeCode: 'ALGER RP', match: { pass: 'serial_amount_date' }, exceptions: [{ kind: 'wrong_office' }] },
      { officeCode: 'ALGER RP', match: null, exceptions: [{ kind: 'paid_not_in_list' }] },
    ]);
  });

  it('takes a file with cells that are empty or cannot be read, and opens an exception for what nothing else identifies', async () => {
    const { frame, officer } = await setUp();
    const paid = await payList(platform, frame, [{}, {}, {}]);
    const [first, second] = paid as [Paid, Paid, Paid];
    const document = '109870123456789999';
    const lines = [
      `;${first.serial};10/03/2026;;15 000,00;DZD;`,
      `${'R'.repeat(70)};${second.serial};10/03/2026;${frame.officeCode};15 000,00;DZD;****${documentLastFour}`,
      `R3;V-12/34?;10/03/2026;${frame.officeCode};15 000,00;DZD;${documentLastFour}`,
      `R4;V-12/34?;10/03/2026;${frame.officeCode};15 000,00;DZD;`,
      `R5;;10/03/2026;${frame.officeCode};15 000,00;DZD;12**34`,
      `*A1;;10/03/2026;${frame.officeCode};15 000,00;DZD;${document}`,
      'Edité le 01/04/2026',
    ];
    const content = ['reference;serial;date;office;amount;currency;document last four', ...lines].join('\n');
    const { statement } = (await sendStatement(officer, frame, content).expect(200)).body;
    expect(statement).toMatchObject({ state: 'reconciled', lineCount: 6, faults: [] });
    expect(statement.remarks.map(({ row, cell = '' }: { row: number; cell?: string }) => `${row} ${cell}`)).toEqual([
      ...['3 reference', '4 serial', '5 serial', '6 lastFour', '7 reference', '8 '],
    ]);
    const { body } = await officer.get(`/v1/statements/${statement.id}/lines`).expect(200);
    const lost = [{ kind: 'paid_not_in_list', state: 'open' }];
    expect(body.items).toMatchObject([
      { reference: '', serial: first.serial, officeCode: null, unread: [], match: { pass: 'serial_amount_date' }, exceptions: [] },
      { reference: '', unread: ['reference'], match: { pass: 'serial_amount_date' }, exceptions: [] },
      { reference: 'R3', serial: null, unread: ['serial'], match: null, exceptions: lost },
      { reference: 'R4', serial: null, unread: ['serial'], match: null, exceptions: lost },
      { reference: 'R5', unread: ['lastFour'], match: null, exceptions: lost },
      { reference: '', unread: ['reference'], match: null, exceptions: lost },
    ]);
    const { rows } = await platform.owner.query(
      'select string_agg(l::text, chr(10)) as said from statement_lines l where statement_id = $1',
      [statement.id],
    );
    for (const raw of [document, 'V-12', '*A1', 'RRR', '12**']) expect(rows[0].said).not.toContain(raw);
    expect(rows[0].said).toContain(document.slice(-4));
    const { body: opened } = await officer.get(`/v1/exceptions/${body.items[2].exceptions[0].id}`).expect(200);
    expect(opened.detail).toContain('cannot be read');
    const change = (set: string) =>
      platform.owner.query(
        `insert into statement_lines select (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'row_number', 99) || $2)).*
        from statement_lines l where l.id = $1`,
        [body.items[2].id, set],
      );
    await expect(change('{ "unread": ["serial", "reference"] }')).rejects.toMatchObject({
      constraint: 'statement_lines_unread_is_nowhere',
    });
    await expect(change('{ "unread": ["lastFour", "serial"] }')).rejects.toMatchObject({ constraint: 'statement_lines_unread_is_nowhere' });
    await expect(change('{ "unread": ["amount"] }')).rejects.toMatchObject({ constraint: 'statement_lines_unread_known' });
    await expect(change('{ "unread": [] }')).rejects.toMatchObject({ constraint: 'statement_lines_unread_known' });
  });

  it('saves one column as reference and serial, an office for all lines, and no office that is none', async () => {
    const { frame, officer } = await setUp();
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const save = (definition: unknown) =>
      officer.post(`/v1/programmes/${frame.programmeId}/statement-mappings`).send({ name: 'Poste', definition });
    const columns = { reference: 'Bon', serial: 'Bon' };
    const { body: faults } = await save({ columns: { ...columns, office: 'Bon' }, office: '<b>' }).expect(422);
    expect(faults.errors).toMatchObject([{ pointer: '/definition/office' }, { pointer: '/definition/columns' }]);
    await save({ columns, office: frame.officeCode }).expect(201);
    const content = `Bon;Date;Montant;Devise\n${paid.serial};10/03/2026;15 000,00;DZD`;
    const { statement } = (await sendStatement(officer, frame, content, { query: { mapping: 'Poste' } }).expect(200)).body;
    const { body } = await officer.get(`/v1/statements/${statement.id}/lines`).expect(200);
    expect(body.items).toMatchObject([
      { reference: paid.serial, serial: paid.serial, officeCode: frame.officeCode, match: {}, exceptions: [] },
    ]);
  });

  it('matches the sum of an office’s day where a line names neither voucher nor document', async () => {
    const { frame, officer } = await setUp();
    await payList(platform, frame, [{}, {}]);
    const { body } = await sendStatement(officer, frame, [header, `R1;;10/03/2026;${frame.officeCode};30 000,00;DZD;`].join('\n')).expect(
      200,
    );
    const { body: lines } = await officer.get(`/v1/statements/${body.statement.id}/lines`).expect(200);
    expect(lines.items).toMatchObject([{ serial: null, match: { pass: 'office_day' }, exceptions: [] }]);
  });

  it('reads a large file after the answer, keeps no byte of it, and none twice', async () => {
    const { frame, officer } = await setUp();
    const content = large(frame);
    const key = randomUUID();
    const answer = await sendStatement(officer, frame, content).set('Idempotency-Key', key).expect(202);
    expect(answer.body.statement).toMatchObject({ state: 'received', format: null, from: null, lineCount: 0 });
    const { id } = answer.body.statement;
    await platform.settled();
    const { body } = await officer.get(`/v1/statements/${id}`).expect(200);
    expect(body).toMatchObject({
      state: 'reconciled',
      format: 'csv',
      lineCount: LARGE,
      total: { amount: '37500000.00', currency: 'DZD' },
    });
    expect(await linesIn(id)).toBe(LARGE);
    const { rows } = await platform.owner.query(
      'select (select count(*)::int from statement_chunks where statement_id = $1) as chunks, data_key from statements where id = $1',
      [id],
    );
    expect(rows).toEqual([{ chunks: 0, data_key: null }]);
    const again = await sendStatement(officer, frame, content).expect(200);
    expect(again.body).toMatchObject({ alreadyImported: true, statement: { id } });
    expect((await sendStatement(officer, frame, content).set('Idempotency-Key', key).expect(202)).body.statement.id).toBe(id);
  });

  it('begins again where a process was killed in the middle, and has every line once', async () => {
    const { frame, officer } = await setUp();
    await platform.owner.query(`create or replace function die_once() returns trigger language plpgsql as $$
      begin
        if (select last_value from deaths) < 2 and nextval('deaths') <= 2 then perform pg_terminate_backend(pg_backend_pid()); end if;
        return null;
      end $$`);
    await platform.owner.query('create sequence deaths');
    await platform.owner.query('grant all on sequence deaths to sanad_app');
    await platform.owner.query('create trigger die after insert on statement_lines for each statement execute function die_once()');
    const { id } = (await sendStatement(officer, frame, large(frame)).expect(202)).body.statement;
    const statuses = new Set<string>();
    const seen = `select s.state, s.line_count, (select count(*)::int from statement_lines l where l.statement_id = s.id) as lines
      from statements s where s.id = $1`;
    for (let tries = 0; tries < 400; tries += 1) {
      const { state, line_count: lineCount, lines } = (await platform.owner.query(seen, [id])).rows[0];
      statuses.add(`${state} ${lineCount} ${lines}`);
      if (state === 'reconciled') break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await platform.owner.query('drop trigger die on statement_lines');
    await platform.settled();
    expect((await platform.owner.query('select last_value::int as deaths from deaths')).rows).toEqual([{ deaths: 2 }]);
    expect(await linesIn(id)).toBe(LARGE);
    // Whoever looked saw no lines, or all; those may wait to be matched for a moment.
    statuses.delete(`staged ${LARGE} ${LARGE}`);
    expect([...statuses].sort()).toEqual(['received 0 0', `reconciled ${LARGE} ${LARGE}`]);
  });

  it('goes on at once with a file that is sent again after its reading, or its matching, was stopped in the middle, and does nothing twice', async () => {
    const { frame, officer } = await setUp();
    const stopsOn = (table: string) =>
      platform.owner.query(`create or replace function stop() returns trigger language plpgsql as
          $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
        create trigger stop after insert on ${table} for each statement execute function stop()`);
    /** Waits until the work has failed, and puts off when it would be tried again. */
    const isStopped = async (job: string) => {
      const putOff = `update follow_ups set due_at = now() + interval '1 hour' where job = $1 and attempts > 0 and payload ->> 'statementId' = $2`;
      await expect.poll(async () => (await platform.owner.query(putOff, [job, id])).rowCount, { timeout: 10_000 }).toBe(1);
    };
    const resumed = async (resumes: string) => {
      const { body } = await sendStatement(officer, frame, content).expect(202);
      expect(body).toMatchObject({ alreadyImported: true, resumes, statement: { id } });
    };
    const state = async () => (await officer.get(`/v1/statements/${id}`).expect(200)).body.state;
    const content = large(frame);
    await stopsOn('statement_lines');
    const { id } = (await sendStatement(officer, frame, content).expect(202)).body.statement;
    await isStopped('reconciliation.stage_statement');
    expect([await state(), await linesIn(id)]).toEqual(['received', 0]);
    await platform.owner.query('drop trigger stop on statement_lines');
    await stopsOn('matching_runs');
    await resumed('reading');
    await isStopped('reconciliation.match');
    expect([await state(), await linesIn(id)]).toEqual(['staged', LARGE]);
    await platform.owner.query('drop trigger stop on matching_runs');
    await Promise.all([resumed('matching'), resumed('matching')]);
    await expect.poll(state, { timeout: 20_000 }).toBe('reconciled');
    // What was put off comes round as well.
    await platform.owner.query('update follow_ups set due_at = now()');
    await platform.settled();
    expect(await linesIn(id)).toBe(LARGE);
    const { rows } = await platform.owner.query('select number, state from matching_runs where statement_id = $1', [id]);
    expect(rows).toEqual([{ number: 1, state: 'done' }]);
    const exceptions = await platform.owner.query('select count(*)::int as count from exceptions where statement_id = $1', [id]);
    expect(exceptions.rows).toEqual([{ count: LARGE }]);
    expect((await sendStatement(officer, frame, content).expect(200)).body).toMatchObject({ alreadyImported: true, resumes: null });
  });

  it('refuses a large file afterwards, and says on the statement why', async () => {
    const { frame, officer } = await setUp();
    const content = `${large(frame)}${row(frame, 99_999, 'x')};`;
    const { id } = (await sendStatement(officer, frame, content).expect(202)).body.statement;
    await platform.settled();
    expect((await officer.get(`/v1/statements/${id}`).expect(200)).body).toMatchObject({
      state: 'refused',
      faultCount: 1,
      faults: [{ row: LARGE + 2, cell: 'amount' }],
      lineCount: 0,
    });
    expect(await linesIn(id)).toBe(0);
  });

  it('does not take what bears out cash of its sender, at once or afterwards', async () => {
    const { frame, officer } = await setUp();
    const [paid] = (await payList(platform, frame, [{ agentId: officer.userId }])) as [Paid];
    const line = `R1;${paid.serial};10/03/2026;${frame.officeCode};15 000,00;DZD;\n`;
    const { body } = await sendStatement(officer, frame, `${header}\n${line}`).expect(403);
    expect(body.code).toBe('separation_of_duties');
    const { id } = (await sendStatement(officer, frame, `${large(frame)}${line.trim()};\n`).expect(202)).body.statement;
    await platform.settled();
    const { body: refused } = await officer.get(`/v1/statements/${id}`).expect(200);
    expect(refused).toMatchObject({ state: 'refused', faults: [{ detail: expect.stringContaining('A colleague has to send it') }] });
  });

  describe('a workbook', () => {
    const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const columns = ['Référence', 'Série', 'Date', 'Code bureau', 'Montant', 'Devise'];
    const operations = (officeCode: string, n: number, date: string | number = '10/03/2026') =>
      sheetData([columns, [`P-${n}`, String(10_000_000_000_000 + n), date, officeCode, '15 000,00', 'DZD']]);
    const upload = (client: Client, { programmeId }: Frame, content: Buffer, mapping?: string) =>
      client
        .post(`/v1/programmes/${programmeId}/statements?name=March${mapping === undefined ? '' : `&mapping=${mapping}`}`)
        .type(xlsx)
        .send(content);
    const save = (client: Client, { programmeId }: Frame, name: string, definition: object) =>
      client.post(`/v1/programmes/${programmeId}/statement-mappings`, { name, definition }).expect(201);

    it('that holds operations in a second sheet is refused, or read as a mapping says, and says what it passed over', async () => {
      const { frame, officer } = await setUp();
      const [march, april] = [operations(frame.officeCode, 1), operations(frame.officeCode, 2)];
      const two = await workbook({ rows: march, more: { Avril: april, Notes: sheetData([['Seen by nobody'], ['x']]) } });
      const { body } = await upload(officer, frame, two).expect(422);
      expect(body.errors).toEqual([{ row: 1, detail: expect.stringMatching(/"Avril" \(2 rows\) holds operations.*mapping \(sheet\)/) }]);
      const path = `/v1/programmes/${frame.programmeId}/statements/preview`;
      const preview = await officer.post(path).type(xlsx).send(two);
      expect([preview.status, preview.body.faults?.length]).toEqual([200, 1]);
      await save(officer, frame, 'Of April', { sheet: 'avril' });
      const { statement } = (await upload(officer, frame, two, 'Of April').expect(200)).body;
      expect(statement).toMatchObject({ state: 'reconciled', lineCount: 1 });
      expect(statement.remarks).toEqual([
        { row: 1, detail: 'The sheet "People" (2 rows) was not read.' },
        { row: 1, detail: 'The sheet "Notes" (2 rows) was not read.' },
      ]);
      const { items } = (await officer.get(`/v1/statements/${statement.id}/lines`).expect(200)).body;
      expect(items).toMatchObject([{ reference: 'P-2' }]);
    });

    it('is read where only one sheet holds operations, whichever it is and whatever else there is', async () => {
      const { frame, officer } = await setUp();
      const own = operations(frame.officeCode, 1);
      const cover = await workbook({ rows: sheetData([['March']]), more: { Opérations: own } });
      expect((await upload(officer, frame, cover).expect(422)).body.errors).toEqual(
        expect.arrayContaining([{ row: 1, detail: expect.stringContaining('"Opérations" (2 rows) holds operations') }]),
      );
      await save(officer, frame, 'Covered', { sheet: 'Opérations' });
      expect((await upload(officer, frame, cover, 'Covered').expect(200)).body.statement).toMatchObject({ lineCount: 1 });
      await save(officer, frame, 'Missing', { sheet: 'Mai' });
      const missing = await upload(officer, frame, await workbook({ rows: own, more: { Juin: own } }), 'Missing').expect(422);
      expect(missing.body.errors).toMatchObject([{ detail: 'The workbook has no sheet "Mai". It has: "Lists", "People", "Juin".' }]);
      // A header without operations, and a sheet that cannot be read, keep nobody from those that count.
      const empty = await workbook({
        rows: own,
        more: {
          Modèle: sheetData([columns]),
          Sums: '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1</f></c></row><row r="2"><c><f>B1</f></c></row>',
        },
      });
      const { statement } = (await upload(officer, frame, empty).expect(200)).body;
      expect(statement.remarks).toEqual([{ row: 1, detail: 'The sheet "Modèle" (1 row) was not read.' }]);
      // Of a sheet that goes on and on no more is looked at than says what it is.
      const long = sheetData(Array.from({ length: 30_000 }, (_, n) => [`Note ${n}`, 'x'.repeat(20)]));
      const { remarks } = (await upload(officer, frame, await workbook({ rows: own, more: { Journal: long } })).expect(200)).body.statement;
      expect(remarks).toEqual([{ row: 1, detail: expect.stringMatching(/^The sheet "Journal" \(\d{4,5} or more rows\) was not read\.$/) }]);
      const hidden = await workbook({ rows: own, more: { '.Février': own } });
      expect((await upload(officer, frame, hidden).expect(422)).body.errors).toMatchObject([{ detail: expect.stringContaining('hidden') }]);
    });

    it('counts the days of its numbers from 1904 where it says so', async () => {
      const { frame, officer } = await setUp();
      await save(officer, frame, 'Numbers', { dateFormat: 'excel' });
      const dayOf = async (number: number, from1904: boolean) => {
        const content = await workbook({ rows: operations(frame.officeCode, 1, number), from1904 });
        const { statement } = (await upload(officer, frame, content, 'Numbers').expect(200)).body;
        return [statement.from, (await officer.get(`/v1/statements/${statement.id}/lines`).expect(200)).body.items[0].paidOn];
      };
      expect(await dayOf(46_091, false)).toEqual(['2026-03-10', '2026-03-10']);
      expect(await dayOf(44_629, true)).toEqual(['2026-03-10', '2026-03-10']);
    });
  });

  it('takes no statement of days that are still to come, said or written', async () => {
    const { frame, officer } = await setUp();
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Africa/Algiers' }).format(platform.clock.now());
    const next = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
    const said = await sendStatement(officer, frame, file(frame, 1), { query: { from: '2026-03-01', to: next(1) } }).expect(422);
    expect(said.body.errors).toMatchObject([{ pointer: '/to' }]);
    const written = (day: string) => file(frame, 1).replace('10/03/2026', day.split('-').reverse().join('/'));
    expect((await sendStatement(officer, frame, written(next(1))).expect(422)).body.errors).toMatchObject([{ cell: 'to' }]);
    await sendStatement(officer, frame, written(today), { query: { to: today } }).expect(200);
    const late = camt(camtEntry('10.00', 'A'), { closing: '90.00' }).replaceAll('2026-03-31', next(2));
    expect((await sendStatement(officer, frame, late, bank).expect(422)).body.errors).toMatchObject([{ cell: 'to' }]);
    const ahead = `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, uploaded_by, uploaded_at)
      select gen_random_uuid(), $1, 'x', repeat('0', 64), 'DZD', '2026-03-01', $2::date, gen_random_uuid(), $3::date + time '12:00'`;
    const client = await platform.applicationClient();
    await expect(client.query(ahead, [frame.programmeId, next(1), today])).rejects.toMatchObject({ constraint: 'statements_not_ahead' });
    await client.query(ahead, [frame.programmeId, today, today]);
  });

  it('refuses what the books do not take, at once or afterwards, and does not try for ever', async () => {
    const { frame, officer } = await setUp();
    await platform.owner.query(`create or replace function not_taken() returns trigger language plpgsql as $$
      begin
        if new.reference = 'P-1' then
          perform refuse('some_constraint', 'not taken', 'statement_lines');
        end if;
        return new;
      end $$`);
    await platform.owner.query('create trigger not_taken before insert on statement_lines for each row execute function not_taken()');
    const { body } = await sendStatement(officer, frame, file(frame, 2)).expect(422);
    expect(body).toMatchObject({ code: 'unreadable_statement', errors: [{ detail: expect.stringContaining('could not be read') }] });
    const { id } = (await sendStatement(officer, frame, large(frame)).expect(202)).body.statement;
    await platform.settled();
    expect((await officer.get(`/v1/statements/${id}`)).body).toMatchObject({ state: 'refused', faultCount: 1 });
    // An error that says nothing: the last try refuses.
    await platform.owner.query(`create or replace function not_taken() returns trigger language plpgsql as $$
      begin raise exception 'no reason'; end $$`);
    const [job] = statementJobs(platform.app as unknown as Ground);
    const waiting = (await sendStatement(officer, frame, `${large(frame)}${row(frame, 7_000)};\n`).expect(202)).body.statement.id;
    await expect(job?.run({ statementId: waiting })).rejects.toThrow('no reason');
    expect((await officer.get(`/v1/statements/${waiting}`)).body.state).toBe('received');
    await job?.run({ statementId: waiting }, undefined, 7);
    expect((await officer.get(`/v1/statements/${waiting}`)).body).toMatchObject({
      state: 'refused',
      faults: [{ detail: expect.stringContaining('could not be read') }],
    });
    await platform.owner.query('drop trigger not_taken on statement_lines');
    await platform.owner.query(`delete from follow_ups where payload ->> 'statementId' = $1`, [waiting]);
    // Whoever sends it again is not told that it was taken.
    expect((await sendStatement(officer, frame, large(frame)).expect(202)).body.alreadyImported).toBe(false);
  });

  it('refuses a bank statement whose lines do not come to its balances', async () => {
    const { frame, officer } = await setUp();
    const { body } = await sendStatement(officer, frame, camt(camtEntry('10.00', 'A'), { closing: '80.00' }), bank).expect(422);
    expect(body.errors).toMatchObject([{ cell: 'closing balance', detail: expect.stringContaining('stated as 80.00 DZD') }]);
    const sample = readFileSync(new URL('../../../test/statements/mt940/self-provided_february_30.sta', import.meta.url), 'utf8');
    const february = await sendStatement(officer, frame, sample, { type: 'text/plain', query: { source: 'bank' } }).expect(422);
    expect(february.body.errors).toMatchObject([{ row: 6, detail: expect.stringContaining('calendar') }]);
    await sendStatement(officer, frame, 'anything', { type: 'application/pdf' }).expect(415);
  });

  it('reads with a saved mapping, shows first what it would read, and keeps every version', async () => {
    const { frame, officer } = await setUp();
    const path = `/v1/programmes/${frame.programmeId}`;
    const content = 'Nr;Bon;Tag;Ort;Wert\nA;10000000000001;20260310;16000;1.500,00\nB;10000000000002;20260311;16000;2,50\n';
    const definition = {
      columns: { reference: 'Nr', serial: 'Bon', date: 'Tag', office: 'Ort', amount: 'Wert' },
      currency: 'DZD',
      dateFormat: 'YYYYMMDD',
      decimalMark: ',',
    };
    const preview = () => officer.post(`${path}/statements/preview?mapping=Post`, content).expect(200);
    await officer.post(`${path}/statements/preview?mapping=Post`, content).expect(404);
    expect((await officer.post(`${path}/statement-mappings`, { name: 'Post', definition }).expect(201)).body.version).toBe(1);
    expect((await preview()).body).toMatchObject({
      format: 'csv',
      faults: [{ row: 2, cell: 'amount' }],
      lines: [{ row: 3, paidOn: '2026-03-11' }],
      isWhole: true,
    });
    const corrected = { ...definition, thousandsMark: '.' };
    expect((await officer.post(`${path}/statement-mappings`, { name: 'Post', definition: corrected }).expect(201)).body.version).toBe(2);
    expect((await preview()).body).toMatchObject({ faults: [], lines: [{ amount: { amount: '1500.00', currency: 'DZD' } }, { row: 3 }] });
    const { body } = await sendStatement(officer, frame, content, { query: { mapping: 'Post' } }).expect(200);
    expect(body.statement).toMatchObject({ lineCount: 2, mapping: { name: 'Post', version: 2 } });
    expect((await officer.get(`${path}/statement-mappings`).expect(200)).body.items).toMatchObject([
      { name: 'Post', version: 2, definition: corrected },
    ]);
    await officer.post(`${path}/statement-mappings`, { name: 'X', definition: { decimalMark: ',', thousandsMark: ',' } }).expect(422);
    await sendStatement(officer, frame, content, { query: { mapping: 'Nobody’s' } }).expect(404);
    expect(
      (await platform.owner.query('select count(*)::int as count from statements where programme_id = $1', [frame.programmeId])).rows,
    ).toEqual([{ count: 1 }]);
  });

  it('shows and does nothing outside its programme or without the role', async () => {
    const { frame, officer } = await setUp();
    const { officer: outsider } = await setUp();
    const { id } = (await sendStatement(officer, frame, file(frame, 1)).expect(200)).body.statement;
    const path = `/v1/programmes/${frame.programmeId}`;
    for (const address of [`/v1/statements/${id}`, `/v1/statements/${id}/lines`, `${path}/statements`, `${path}/statement-mappings`]) {
      await outsider.get(address).expect(404);
    }
    await outsider.post(`${path}/statement-mappings`, { name: 'X', definition: {} }).expect(404);
    await outsider.post(`${path}/statements/preview`, file(frame, 1)).expect(404);
    const auditor = await platform.as('auditor');
    await auditor.get(`/v1/statements/${id}/lines`).expect(200);
    await auditor.post(`${path}/statement-mappings`, { name: 'X', definition: {} }).expect(403);
    await sendStatement(auditor, frame, file(frame, 2)).expect(403);
    await officer.get(`/v1/statements/${id}/lines?cursor=bm9wZQ`).expect(400);
  });

  it('holds its promises against plain SQL', async () => {
    const { frame, officer } = await setUp();
    const { id } = (await sendStatement(officer, frame, file(frame, 1)).expect(200)).body.statement;
    const client = await platform.applicationClient();
    const refused = (statement: string, broken: object) => expect(client.query(statement)).rejects.toMatchObject(broken);
    const lineInto = (statementId: string, amount = '1') =>
      `insert into statement_lines (id, statement_id, row_number, kind, reference, amount, currency, paid_on)
      values (gen_random_uuid(), '${statementId}', 9, 'payment', 'X', ${amount}, 'DZD', '2026-03-10')`;
    await refused(lineInto(id), { constraint: 'statement_lines_before_staging' });
    await refused(lineInto(newId()), { constraint: 'statement_lines_before_staging' });
    await refused(lineInto(id, '0'), { constraint: 'statement_lines_amount_check' });
    const staged = await stageStatement(platform, { programmeId: frame.programmeId, source: 'bank', lines: [{ reference: 'A' }] });
    for (const repeated of [newId(), staged.lineIds[0]])
      await refused(
        `insert into statement_lines (id, statement_id, row_number, kind, reference, amount, currency, paid_on, repeats)
        values (gen_random_uuid(), '${staged.id}', 9, 'payment', 'A', 1, 'DZD', '2026-03-10', '${repeated}')`,
        { constraint: 'statement_lines_repeat_another' },
      );
    // A line is another file's by what it says, or by what was booked, and by nothing else.
    const noticed = (await sendStatement(officer, frame, camt(camtEntry('1.00', 'B-1'), { message: 'camt.054' }), bank).expect(200)).body
      .statement;
    const of = `(select $ from statement_lines where statement_id = '${noticed.id}')`;
    const repeating = (booking: string, batch: string) =>
      `insert into statement_lines (id, statement_id, row_number, kind, reference, amount, currency, paid_on, booking, batch, booking_lines, repeats)
        values (gen_random_uuid(), '${staged.id}', 9, 'payment', 'B-1', 1, 'DZD', '2026-03-10', ${booking}, ${batch}, 1, ${of.replace('$', 'id')})`;
    const other = `decode(repeat('ab', 16), 'hex')`;
    await refused(repeating(other, other), { constraint: 'statement_lines_repeat_another' });
    await refused(repeating('null', 'null'), { constraint: 'statement_lines_repeat_another' });
    await refused(repeating(`decode('ab', 'hex')`, 'null'), { constraint: 'statement_lines_booking_check' });
    await refused(repeating(of.replace('$', 'booking'), 'null').replace(', 1, (', ', 0, ('), {
      constraint: 'statement_lines_booking_lines_check',
    });
    await client.query('begin');
    await client.query(repeating(of.replace('$', 'booking'), 'null'));
    await client.query('rollback');
    await expect(platform.owner.query(`delete from statements where id = '${staged.id}'`)).rejects.toThrow();
    await refused(`update statements set line_count = 5 where id = '${id}'`, { constraint: 'statements_staged_once' });
    await refused(`update statements set state = 'received' where id = '${id}'`, { constraint: 'statements_transition' });
    await refused(`update statements set name = 'other' where id = '${id}'`, { code: '42501' });
    await refused(
      `insert into statements (id, programme_id, name, content_digest, currency, uploaded_by, uploaded_at)
      select gen_random_uuid(), programme_id, name, content_digest, currency, uploaded_by, uploaded_at from statements where id = '${id}'`,
      { constraint: 'statements_content_once' },
    );
    const part = (closing: number) =>
      `insert into statement_parts values ('${id}', 2, 'X', null, null, 'DZD', null, null, 10, ${closing}, 5, 3, 1, 0)`;
    await refused(part(11), { constraint: 'statement_parts_balance' });
    await client.query(part(12));
    for (const table of ['statement_parts', 'statement_mappings', 'statement_chunks']) {
      await refused(`update ${table} set ${table === 'statement_mappings' ? 'name' : 'number'} = default`, { code: '42501' });
    }
    const { rows } = await platform.owner.query(
      `select encode(tgargs, 'escape') as moves from pg_trigger where tgrelid = 'statements'::regclass and tgname = 'transition'`,
    );
    expect(rows.map(({ moves }) => moves.split('\\000').filter(Boolean))).toEqual([[...statementTransitions]]);
  });
});

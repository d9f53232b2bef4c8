import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysOf, makeKind, makeWork, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makeTeam, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { workbook } from '../../../test/support/workbooks.ts';
import { newId } from '../../platform/index.ts';

describe('cash-for-work', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let officer: Client;
  let second: Client;
  let approver: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    officer = team.maker;
    approver = team.approver;
    second = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const person = async () => {
    const made = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [made]);
    return made;
  };
  interface Work {
    readonly planId: string;
    readonly siteId: string;
  }
  const enter = ({ planId, siteId }: Work, rows: readonly object[], more: object = {}, by = officer, key?: string) =>
    by.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows, ...more }, key);
  const entered = async (work: Work, rows: readonly object[], more: object = {}) => (await enter(work, rows, more).expect(201)).body;
  const send = ({ planId, siteId }: Work, file: string, replacesId = '') =>
    officer.post(`/v1/plans/${planId}/attendance-files?siteId=${siteId}${replacesId && `&replacesId=${replacesId}`}`, file);
  const act = (by: Client, sheetId: string, step: string, body?: object, key?: string) =>
    by.post(`/v1/attendance-sheets/${sheetId}/${step}`, body, key);
  const signed = async (work: Work, rows: readonly object[], more: object = {}) => {
    const { id } = await entered(work, rows, more);
    return (await act(second, id, 'sign').expect(200)).body;
  };
  const codes = (body: { faults: { row: number; cell: string; code: string }[] }) =>
    body.faults.map(({ row, cell, code }) => [row, cell, code]);
  /** What is owed, the latest of each person and period last. */
  const owed = async ({ planId }: Work, state = 'due') =>
    (
      await platform.owner.query(
        `select beneficiary_id, amount::text, covers_from, covers_to, due_on from instalments
        where plan_id = $1 and state = $2 order by beneficiary_id, covers_from, number`,
        [planId, state],
      )
    ).rows.map(({ beneficiary_id, amount, covers_from, covers_to, due_on }) => [beneficiary_id, amount, covers_from, covers_to, due_on]);
  /** Puts what a plan owes on a list. */
  const listed = async ({ planId }: Work): Promise<string> => {
    const { body } = await officer
      .post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] })
      .expect(201);
    return body.id;
  };

  it('owes what the signed days of each period come to, on its last day', async () => {
    const work = await makeWork(officer, frame);
    const [one, other] = [await person(), await person()];
    const rows = [...daysOf(one, [2, 3, 4, 8]), ...daysOf(one, [5], 'half'), ...daysOf(other, [2], 'half')];
    const sheet = await entered(work, rows);
    expect(sheet).toMatchObject({
      state: 'entered',
      source: 'rows',
      rowCount: 6,
      faultCount: 0,
      faults: [],
      alreadyReceived: false,
      enteredBy: officer.userId,
    });
    expect(await owed(work)).toEqual([]);
    expect((await act(officer, sheet.id, 'sign').expect(403)).body.code).toBe('separation_of_duties');
    const { body } = await act(approver, sheet.id, 'sign', undefined, 'sign-sheet-1').expect(200);
    expect(body).toMatchObject({ state: 'signed', signedBy: approver.userId });
    const week = ['2026-03-01', '2026-03-07', '2026-03-07'];
    const expected = [
      [one.id, '5250.00', ...week],
      [one.id, '1500.00', '2026-03-08', '2026-03-14', '2026-03-14'],
      [other.id, '750.00', ...week],
    ].sort();
    expect((await owed(work)).sort()).toEqual(expected);
    expect((await act(approver, sheet.id, 'sign', undefined, 'sign-sheet-1').expect(200)).body).toEqual(body);
    await act(second, sheet.id, 'sign').expect(409);
    expect((await owed(work)).sort()).toEqual(expected);
    const { body: plan } = await officer.get(`/v1/plans/${work.planId}`).expect(200);
    expect(plan).toMatchObject({
      kind: 'cash_for_work',
      entitled: 2,
      total: { amount: '7500.00' },
      work: { dayRate: '1500.00', periodDays: 7 },
    });
    const { rows: events } = await platform.owner.query(
      'select command, actor_id from audit_events where subject_id = $1 and refusal is null order by at, id',
      [sheet.id],
    );
    expect(events).toEqual([
      { command: 'assistance.enter_attendance', actor_id: officer.userId },
      { command: 'assistance.sign_attendance', actor_id: approver.userId },
    ]);
  });

  it('adds up what several sheets of one period say, rounded once', async () => {
    const work = await makeWork(officer, frame, { dayRate: '0.01' });
    const somebody = await person();
    await signed(work, daysOf(somebody, [2], 'half'));
    expect(await owed(work)).toEqual([]); // half of the smallest coin, to even
    await signed(work, daysOf(somebody, [3], 'half'));
    await signed(work, daysOf(somebody, [4], 'half'));
    expect((await owed(work)).map(([, amount]) => amount)).toEqual(['0.02']);
    expect((await owed(work, 'withdrawn')).map(([, amount]) => amount)).toEqual(['0.01']);
  });

  it('owes the rest by one more instalment when the first is on a list', async () => {
    const work = await makeWork(officer, frame);
    const somebody = await person();
    await signed(work, daysOf(somebody, [2, 3]));
    await listed(work);
    await signed(work, daysOf(somebody, [4]));
    expect((await owed(work)).map(([, amount]) => amount)).toEqual(['3000.00', '1500.00']);
  });

  it('keeps the rows that are right and names the others, without what stood there', async () => {
    const work = await makeWork(officer, frame, { daysPerPeriod: 2 }, 2);
    const [one, other, third, gone] = [await person(), await person(), await person(), await person()];
    await platform.owner.query(`update enrolments set state = 'suspended', changed_at = '2026-02-01' where beneficiary_id = $1`, [gone.id]);
    const tomorrow = { registrationNumber: one.registrationNumber, day: '2099-01-01', presence: 'full' };
    const rows = [
      ...daysOf(one, [2, 3, 4, 2]),
      ...daysOf(other, [2]),
      ...daysOf(third, [2]),
      ...daysOf(gone, [2]),
      tomorrow,
      { registrationNumber: '0000000000', day: '31/02/2026', presence: 'maybe' },
      { ...tomorrow, registrationNumber: '1234567890' },
    ];
    const sheet = await entered(work, rows);
    expect(sheet).toMatchObject({ rowCount: 3, faultCount: 7 });
    expect(codes(sheet)).toEqual(
      [
        [3, 'day', 'days_used_up'],
        [4, 'day', 'repeated'],
        [6, 'day', 'site_full'],
        [7, 'registrationNumber', 'person_not_enrolled'],
        [8, 'day', 'day_outside_plan'],
        [9, 'day', 'day_wrong'],
        [9, 'presence', 'presence_wrong'],
        [10, 'registrationNumber', 'number_wrong'],
      ]
        .filter(([row]) => row !== 9 || true)
        .slice(0),
    );
    expect(JSON.stringify(sheet)).not.toContain(gone.registrationNumber);
    const { body: page } = await officer.get(`/v1/attendance-sheets/${sheet.id}/faults?limit=4`).expect(200);
    const { body: rest } = await officer.get(`/v1/attendance-sheets/${sheet.id}/faults?cursor=${page.nextCursor}`).expect(200);
    expect([...page.items, ...rest.items]).toEqual(sheet.faults);
    const { body: taken } = await officer.get(`/v1/attendance-sheets/${sheet.id}/rows?limit=2`).expect(200);
    expect(taken.items).toMatchObject([
      { row: 1, beneficiaryId: one.id, registrationNumber: one.registrationNumber, day: '2026-03-02', presence: 'full' },
      { row: 2, day: '2026-03-03' },
    ]);
    await enter(work, [tomorrow]).expect(422);
  });

  it('takes a file, CSV or workbook, once', async () => {
    const work = await makeWork(officer, frame);
    const [one, other] = [await person(), await person()];
    const line = ({ registrationNumber }: Person, rest: string) => `${registrationNumber};${rest}\n`;
    const file = `N° enregistrement;Date;Présence\n${line(one, '02/03/2026;Présent')}${line(other, '02/03/2026;Demi-journée')}${line(other, 'x;1')}`;
    const { body } = await send(work, file).expect(201);
    expect(body).toMatchObject({ source: 'file', rowCount: 2, faultCount: 1, alreadyReceived: false });
    expect(codes(body)).toEqual([[4, 'day', 'day_wrong']]);
    expect((await send(work, file).expect(201)).body).toEqual({ ...body, alreadyReceived: true });
    await act(second, body.id, 'sign').expect(200);
    expect((await send(work, file).expect(201)).body).toMatchObject({ id: body.id, state: 'signed', alreadyReceived: true });
    expect((await owed(work)).map(([, amount]) => amount).sort()).toEqual(['1500.00', '750.00']);
    const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
    const book = await workbook({
      rows: `<row r="1">${text('A1', 'Registration number')}${text('B1', 'Day')}</row>
        <row r="2"><c r="A2"><v>${Number(one.registrationNumber)}</v></c><c r="B2" s="1"><v>46084</v></c></row>`,
      formats: ['dd/mm/yyyy'],
    });
    const sheet = await officer
      .post(`/v1/plans/${work.planId}/attendance-files?siteId=${work.siteId}`)
      .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      .send(book)
      .expect(201);
    expect(sheet.body).toMatchObject({ rowCount: 1, faultCount: 0 });
    await send(work, 'Name;Date\nx;02/03/2026\n').expect(422);
  });

  it('is one sheet when the same file comes twice at the same moment', async () => {
    const work = await makeWork(officer, frame);
    const file = `Registration number,Day\n${(await person()).registrationNumber},2026-03-02\n`;
    const answers = await Promise.all([send(work, file), send(work, file)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ body }) => body.alreadyReceived).sort()).toEqual([false, true]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('has somebody at one site a day, whatever the plan, and whoever comes first', async () => {
    const [here, there] = [await makeWork(officer, frame), await makeWork(officer, frame)];
    const [somebody, other] = [await person(), await person()];
    await entered(here, daysOf(somebody, [2]));
    const { body } = await enter(there, [...daysOf(somebody, [2]), ...daysOf(somebody, [3])]).expect(201);
    expect(codes(body)).toEqual([[1, 'day', 'worked_elsewhere']]);
    const answers = await Promise.all([here, there].map((work) => enter(work, daysOf(other, [5]))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    const { rows } = await platform.owner.query('select from attendance where beneficiary_id = $1 and counts', [other.id]);
    expect(rows).toHaveLength(1);
  });

  it('never takes more than the site does when two sheets come at the same moment', async () => {
    const work = await makeWork(officer, frame, {}, 3);
    const people = await Promise.all(Array.from({ length: 4 }, person));
    const half = [people.slice(0, 2), people.slice(2)];
    const answers = await Promise.all(
      half.map((some) =>
        enter(
          work,
          some.flatMap((one) => daysOf(one, [2])),
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ body }) => body.rowCount).sort()).toEqual([1, 2]);
  });

  it('is corrected by a sheet that takes its place, before it is paid', async () => {
    const work = await makeWork(officer, frame);
    const [one, other] = [await person(), await person()];
    const first = await signed(work, [...daysOf(one, [2, 3, 4]), ...daysOf(other, [2])]);
    await signed(work, daysOf(one, [5]));
    const replacesId = first.id;
    const correction = await entered(work, daysOf(one, [2, 3], 'half'), { replacesId });
    expect(correction).toMatchObject({ state: 'entered', replacesId });
    expect((await officer.get(`/v1/attendance-sheets/${first.id}`).expect(200)).body.state).toBe('replaced');
    // Until somebody has signed the correction, only what nobody doubts is owed.
    expect((await owed(work)).map(([id, amount]) => [id, amount])).toEqual([[one.id, '1500.00']]);
    await act(officer, correction.id, 'sign').expect(403);
    await act(second, correction.id, 'sign').expect(200);
    expect((await owed(work)).map(([id, amount]) => [id, amount])).toEqual([[one.id, '3000.00']]);
    await enter(work, daysOf(one, [2]), { replacesId }).expect(409);
    await enter(work, daysOf(one, [2]), { replacesId: newId() }).expect(422);
    const elsewhere = { ...work, siteId: (await makeWork(officer, frame)).siteId };
    await enter(elsewhere, daysOf(one, [2]), { replacesId: correction.id }).expect(422);
  });

  it('is not corrected once it is on a payment list', async () => {
    const work = await makeWork(officer, frame);
    const somebody = await person();
    const sheet = await signed(work, daysOf(somebody, [2, 3]));
    const listId = await listed(work);
    const correction = daysOf(somebody, [2]);
    await enter(work, correction, { replacesId: sheet.id }).expect(409);
    expect((await officer.get(`/v1/attendance-sheets/${sheet.id}`).expect(200)).body.state).toBe('signed');
    expect((await owed(work)).map(([, amount]) => amount)).toEqual(['3000.00']);
    await officer.post(`/v1/payment-lists/${listId}/cancel`, { reason: 'The sheet was wrong' }).expect(200);
    await enter(work, correction, { replacesId: sheet.id }).expect(201);
    expect(await owed(work)).toEqual([]);
  });

  it('is rejected with a reason, and its days are free again', async () => {
    const work = await makeWork(officer, frame);
    const rows = daysOf(await person(), [2]);
    const { id } = await entered(work, rows);
    await act(approver, id, 'reject', {}).expect(400);
    const { body } = await act(approver, id, 'reject', { reason: 'Nobody was there' }).expect(200);
    expect(body).toMatchObject({ state: 'rejected', reason: 'Nobody was there', signedBy: null });
    await act(second, id, 'sign').expect(409);
    expect((await entered(work, [...rows, ...daysOf(await person(), [2])])).rowCount).toBe(2);
    const { body: page } = await officer.get(`/v1/plans/${work.planId}/attendance-sheets?state=rejected`).expect(200);
    expect(page.items.map((sheet: { id: string }) => sheet.id)).toEqual([id]);
  });

  it('is entered by an officer, signed by officer or approver, and shown to nobody elsewhere', async () => {
    const work = await makeWork(officer, frame);
    const rows = daysOf(await person(), [2]);
    const { id } = await entered(work, rows);
    const finance = team.finance;
    await enter(work, rows, {}, approver).expect(403);
    await act(finance, id, 'sign').expect(403);
    await finance.get(`/v1/attendance-sheets/${id}/rows`).expect(200);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const bare = ({ body }: { body: object }) => ({ ...body, requestId: '' });
    const far = await makeWork(stranger, { programmeId: (await stranger.get('/v1/programmes').expect(200)).body.items[0].id });
    await enter(work, rows, {}, stranger).expect(404);
    await stranger.post(`/v1/plans/${work.planId}/attendance-files?siteId=${work.siteId}`, 'Registration number,Day\n').expect(404);
    for (const path of ['', '/rows', '/faults']) {
      const hidden = await stranger.get(`/v1/attendance-sheets/${id}${path}`).expect(404);
      expect(bare(hidden)).toEqual(bare(await stranger.get(`/v1/attendance-sheets/${newId()}${path}`).expect(404)));
    }
    await act(stranger, id, 'sign').expect(404);
    await act(stranger, id, 'reject', { reason: 'Mine' }).expect(404);
    await stranger.get(`/v1/work-sites/${work.siteId}`).expect(404);
    const theirs = await enter({ ...work, siteId: far.siteId }, rows).expect(422);
    const nobodys = await enter({ ...work, siteId: newId() }, rows).expect(422);
    expect(bare(theirs)).toEqual(bare(nobodys));
    const grant = await makeKind(officer, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount: '1' }, withinDays: 1 });
    await enter({ ...work, planId: grant }, rows).expect(422);
    expect(bare(await enter(work, rows, {}, officer, 'sheet-again-1').expect(201))).toMatchObject({ id, alreadyReceived: true });
  });

  it('has sites that are opened, changed and closed', async () => {
    const path = `/v1/programmes/${frame.programmeId}/work-sites`;
    const site = { name: `Canal ${newId()}`, wilayaNumber: '16', capacity: 10, supervisorId: second.userId };
    const made = await officer.post(path, site).expect(201);
    expect(made.body).toMatchObject({ ...site, isOpen: true });
    await officer.post(path, site).expect(409);
    const { body } = await officer.post(path, { ...site, wilayaNumber: '99', supervisorId: newId() }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/wilayaNumber', '/supervisorId']);
    await approver.post(path, site).expect(403);
    const at = `/v1/work-sites/${made.body.id}`;
    await officer.patch(at, '"1"', {}).expect(400);
    const closed = await officer.patch(at, '"1"', { isOpen: false, capacity: 20 }).expect(200);
    expect([closed.headers['etag'], closed.body.isOpen, closed.body.capacity]).toEqual(['"2"', false, 20]);
    await officer.patch(at, '"1"', { isOpen: true }).expect(409);
    expect((await approver.get(at).expect(200)).body).toEqual(closed.body);
    const { planId } = await makeWork(officer, frame);
    const { body: refused } = await enter({ planId, siteId: made.body.id }, daysOf(await person(), [2])).expect(422);
    expect(refused.errors[0]).toMatchObject({ pointer: '/siteId', detail: expect.stringContaining('closed') });
    const { body: first } = await officer.get(`${path}?limit=1`).expect(200);
    const { body: next } = await officer.get(`${path}?limit=1&cursor=${first.nextCursor}`).expect(200);
    expect(first.items[0].name < next.items[0].name).toBe(true);
  });
});

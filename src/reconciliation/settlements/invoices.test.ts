import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { postTerms, type Settlers, seeThrough } from '../../../test/support/settled.ts';
import { written } from '../../../test/support/tables.ts';
import { sheetData, workbook } from '../../../test/support/workbooks.ts';
import { newId } from '../../platform/index.ts';

describe('an invoice of the post', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let other: Frame;
  let officer: Client;
  let staff: Settlers;
  let paid: Paid[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    other = await makeFrame(platform);
    const here = { programme: frame.programmeId };
    officer = await platform.as('finance_officer', here);
    staff = { maker: officer, approver: await platform.as('finance_officer', here), payer: await platform.as('finance_officer', here) };
    paid = await payList(platform, frame, [
      { amount: '1000.00' },
      { amount: '2000.05', paidOn: '2026-03-11' },
      { amount: '300.00', officeId: other.officeId },
      { amount: '70.00', officeId: other.officeId, outcome: 'voided' },
    ]);
  });
  afterAll(() => platform.close());

  const base = () => `/v1/programmes/${frame.programmeId}`;
  const line = (officeCode: string, payoutCount: number, principal: string, fee: string, day?: string) => ({
    officeCode,
    payoutCount,
    principal,
    fee,
    ...(day ? { day } : {}),
  });
  type Line = ReturnType<typeof line>;
  const invoiceOf = (lines: Line[], over: object = {}) => ({
    number: `F-${newId().slice(-12)}`,
    issuedOn: '2026-04-02',
    from: '2026-03-01',
    to: '2026-03-31',
    currency: 'DZD',
    totals: {
      payoutCount: lines.reduce((all, { payoutCount }) => all + payoutCount, 0),
      principal: (lines.reduce((all, { principal }) => all + Number(principal) * 100, 0) / 100).toFixed(2),
      fee: (lines.reduce((all, { fee }) => all + Number(fee) * 100, 0) / 100).toFixed(2),
    },
    lines,
    ...over,
  });
  const record = (invoice: object, client = officer) => client.post(`${base()}/post-invoices`, invoice);
  const recorded = async (...lines: Line[]) => (await record(invoiceOf(lines)).expect(201)).body;
  const linesOf = async (id: string) => (await officer.get(`/v1/post-invoices/${id}/lines`).expect(200)).body.items;
  const decide = (id: string, decision: object, client = staff.approver) => client.post(`/v1/post-invoices/${id}/decision`, decision);
  const placesOf = (body: { errors: { pointer?: string; row?: number; cell?: string }[] }) =>
    body.errors.map(({ pointer, row, cell }) => pointer ?? `${row} ${cell}`);

  it('is checked against no tariff before there is one', async () => {
    const { id, termsVersion } = await recorded(line(frame.officeCode, 2, '3000.05', '1.00'));
    expect(termsVersion).toBeNull();
    expect(await linesOf(id)).toMatchObject([{ agreedFee: null, differences: ['fee_without_tariff'] }]);
    const { body: set } = await staff.approver.put(`${base()}/post-terms`, '"0"', postTerms()).expect(200);
    expect(set).toMatchObject({ tariffFrom: '2020-01-01', confirmedBy: null });
    // One person's tariff charges nothing.
    expect((await recorded(line(frame.officeCode, 2, '3000.05', '1.00'))).termsVersion).toBeNull();
    await staff.approver.post(`${base()}/post-terms/confirmation`, { version: 1 }).expect(403);
    const { body: confirmed } = await officer.post(`${base()}/post-terms/confirmation`, { version: 1 }).expect(200);
    expect(confirmed).toMatchObject({ confirmedBy: officer.userId });
    expect(await linesOf(id)).toMatchObject([{ agreedFee: null }]);
  });

  it('is recorded whole or refused, with every place that is wrong, and once by its number', async () => {
    const good = invoiceOf([line(frame.officeCode, 2, '3000.05', '4.00')]);
    const wrong = async (over: object) => placesOf((await record({ ...good, ...over }).expect(422)).body);
    expect(await wrong({ totals: { payoutCount: 3, principal: '3000.06', fee: '4.00' } })).toEqual([
      '/totals/principal',
      '/totals/payoutCount',
    ]);
    expect(await wrong({ currency: 'EUR' })).toEqual(['/currency']);
    expect(await wrong({ to: '2026-02-28' })).toContain('/to');
    const lines = [
      line(frame.officeCode, 1, '1.001', '0'),
      line(frame.officeCode, 1, '1', '0', '2026-04-01'),
      line(other.officeCode, 1, '0', '0'),
      line(other.officeCode, 1, '-1', '0'),
    ];
    expect(await wrong({ lines })).toEqual(
      expect.arrayContaining(['/lines/0/principal', '/lines/1/officeCode', '/lines/1/day', '/lines/2/principal', '/lines/3/officeCode']),
    );
    const both = await Promise.all([record(good), record({ ...good, number: good.number.toLowerCase() })]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    await record(
      invoiceOf([line(frame.officeCode, 1, '1', '0')]),
      await platform.as('finance_officer', { programme: other.programmeId }),
    ).expect(404);
    await record(invoiceOf([line(frame.officeCode, 1, '1', '0')]), await platform.as('approver', { programme: frame.programmeId })).expect(
      403,
    );
  });

  it('is read from the post’s own table, whose columns are guessed, and named by row and cell where it is wrong', async () => {
    const query = 'number=F/77&issuedOn=2026-04-02&from=2026-03-01&to=2026-03-31&currency=DZD&payoutCount=3&principal=3300.05&fee=5.50';
    const send = (table: string, more = query) => officer.post(`${base()}/post-invoice-files?${more}`, table);
    const header = 'Code bureau;Jour;Nombre;Montant payé;Commission';
    const { body } = await send(
      [
        header,
        `${frame.officeCode};10/03/2026;1;1 000,00;1,50`,
        `${frame.officeCode};11/03/2026;1;2000,05;2,50`,
        `${other.officeCode};2026-03-10;1;300,00;1,50`,
        '',
      ].join('\n'),
    ).expect(201);
    expect(body).toMatchObject({ number: 'F/77', payoutCount: 3, principal: { amount: '3300.05' }, state: 'received', termsVersion: 1 });
    expect((await linesOf(body.id)).map(({ differences }: { differences: string[] }) => differences)).toEqual([
      [],
      [],
      ['fee_above_tariff'],
    ]);
    const bad = await send([header, `${frame.officeCode};31/02/2026;1;1,00;0`, `??;;x;1e3;0`, ''].join('\n')).expect(422);
    expect(placesOf(bad.body)).toEqual(['2 day', '3 officeCode', '3 payoutCount', '3 principal']);
    expect(placesOf((await send(`Jour;Montant\n;1\n`).expect(422)).body)).toEqual(['1 officeCode', '1 payoutCount']);
    const outside = await send([header, `${frame.officeCode};01/04/2026;3;3300,05;5,5`, ''].join('\n'), query.replace('77', '78')).expect(
      422,
    );
    expect(placesOf(outside.body)).toEqual(['2 day']);
  });

  it('is read below its titles and without its totals, from a workbook too, and named by the row that is seen', async () => {
    const query = 'issuedOn=2026-04-02&from=2026-03-01&to=2026-03-31&currency=DZD&payoutCount=3&principal=3300.05&fee=4.00';
    const rows = (principal: string) => [
      ['Algérie Poste', '', '', ''],
      ['Facture de mars', '', '', ''],
      ['Code bureau', 'Nombre', 'Montant payé', 'Commission'],
      [frame.officeCode, '2', principal, '2,50'],
      [other.officeCode, '1', '300,00', '1,50'],
      ['TOTAL GÉNÉRAL', '3', '3 300,05', '4,00'],
    ];
    const csv = (principal: string) => rows(principal).map((cells) => cells.join(';')).join('\n'); // biome-ignore format: one expression
    const send = (number: string, type: string, content: string | Buffer) =>
      officer.post(`${base()}/post-invoice-files?number=${number}&${query}`).type(type).send(content);
    expect((await send('F-81', 'text/csv', csv('3 000,05')).expect(201)).body).toMatchObject({ payoutCount: 3, state: 'received' });
    const workbook = await written({ kind: 'xlsx' }, rows('3 000,05'));
    await send('F-82', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', workbook).expect(201);
    expect(placesOf((await send('F-83', 'text/csv', csv('x')).expect(422)).body)).toEqual(['4 principal']);
    expect(placesOf((await send('F-83', 'text/csv', csv('1,00')).expect(422)).body)).toEqual(['/totals/principal']);
  });

  it('has its cells read as those of statements, and names the row that is seen', async () => {
    const query = 'issuedOn=2026-04-02&from=2026-03-01&to=2026-03-31&currency=DZD&payoutCount=1002&principal=3300.05&fee=4.00';
    const send = (number: string, content: string | Buffer, type = 'text/csv') =>
      officer.post(`${base()}/post-invoice-files?number=${number}&${query}`).type(type).send(content);
    const header = 'Code bureau;Jour;Nombre;Montant payé;Commission';
    const table = (principal: string, more = '') =>
      ['Facture de mars;;;;', header, `${frame.officeCode};10/03/2026 08:15;1\u00A0001;${principal};2,50 DA`, `${other.officeCode};;١;300,00 DZD;DZD 1,50`, more].join('\n'); // biome-ignore format: one table
    let n = 90;
    for (const principal of ['3 000,05 DA', '3\u202F000,05', '3\u00A0000.05 دج', '+3000,05', '٣٠٠٠٫٠٥']) {
      n += 1;
      const { body } = await send(`F-${n}`, table(principal)).expect(201);
      expect(body).toMatchObject({ payoutCount: 1002, principal: { amount: '3300.05' }, fee: { amount: '4.00' } });
      expect((await linesOf(body.id))[0]).toMatchObject({
        day: '2026-03-10',
        theirs: { payoutCount: 1001, principal: { amount: '3000.05' } },
      });
    }
    // What is taken back has a minus, before, behind or around it, and is no line of an invoice.
    for (const principal of ['-3000,05', '3000,05-', '(3 000,05)', '3.000', 'EUR 3', '3000,05 -1'])
      expect(placesOf((await send('F-99', table(principal)).expect(422)).body), principal).toEqual(['3 principal']);
    expect((await send('F-99', table('3.000')).expect(422)).body.errors[0].detail).toContain('all its decimals');
    expect((await send('F-99', table('3000,05-')).expect(422)).body.errors[0].detail).toContain('Not below zero');
    expect(placesOf((await send('F-99', table('3000,05', `${frame.officeCode};01/04/2026;0;1,00;0`)).expect(422)).body)).toContain('5 day');
    const rows = [header.split(';'), [frame.officeCode, '', 2, 3000.05, 2.5]];
    const workbookOf = (more: Record<string, string>) => workbook({ rows: sheetData(rows), more });
    const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const second = await send('F-99', await workbookOf({ Suite: sheetData(rows) }), xlsx).expect(422);
    expect(second.body.detail).toContain('"Suite" (2 rows) lists offices as well');
    expect(placesOf((await send('F-99', await workbookOf({ Notes: sheetData([['Seen']]) }), xlsx).expect(422)).body)).toContain(
      '/totals/principal',
    );
  });

  it('is compared with our pay-outs and the tariff, each difference by its name, with the exceptions that explain it', async () => {
    const statementId = newId();
    await platform.owner.query(
      `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, line_count, total, uploaded_by, uploaded_at)
      values ($1, $2, 'March', repeat('a', 64), 'DZD', '2026-03-01', '2026-03-31', 0, 0, $1, now())`,
      [statementId, frame.programmeId],
    );
    const { rows } = await platform.owner.query(
      `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at)
      values (gen_random_uuid(), $2, $1, 'amount_over', $3, 'x', now()) returning id`,
      [statementId, frame.programmeId, paid[0]?.payoutId],
    );
    // Tariff: 0.50 and one per mille, at least 1.00: 1.50 of 1000.00, 2.50 of 2000.05, 1.00 of 300.00.
    const { id } = await recorded(
      line(frame.officeCode, 3, '3500.05', '3.99'),
      line(other.officeCode, 0, '100.00', '1.00'),
      line('99999', 1, '50.00', '0.00'),
    );
    const lines = await linesOf(id);
    expect(lines).toMatchObject([
      {
        ours: { payoutCount: 2, principal: { amount: '3000.05' } },
        agreedFee: { amount: '4.00' },
        differences: ['more_payouts', 'principal_above', 'fee_below_tariff'],
        exceptionIds: [rows[0].id],
      },
      { ours: { payoutCount: 1 }, agreedFee: { amount: '1.00' }, differences: ['fewer_payouts', 'principal_below'], exceptionIds: [] },
      { officeId: null, differences: ['office_unknown'] },
    ]);
    const { body: sheet } = await officer.get(`/v1/post-invoices/${id}`).expect(200);
    expect(sheet.differences).toContainEqual({ difference: 'office_unknown', lineCount: 1 });
    expect(sheet.notInvoiced).toEqual([]);
    const { id: partial } = await recorded(line(other.officeCode, 1, '300.00', '1.00'));
    expect((await officer.get(`/v1/post-invoices/${partial}`).expect(200)).body.notInvoiced).toMatchObject([
      { officeCode: frame.officeCode, payoutCount: 2, amount: { amount: '3000.05' } },
    ]);
    await (await platform.as('finance_officer', { programme: other.programmeId })).get(`/v1/post-invoices/${id}`).expect(404);
    await decide(id, { decision: 'accepted' }).expect(422);
    expect(placesOf((await decide(id, { decision: 'disputed' }).expect(422)).body)).toEqual(['/reason']);
    expect((await decide(id, { decision: 'disputed', reason: 'Office 99999 is not ours' }).expect(200)).body.state).toBe('disputed');
    await officer.post(`${base()}/settlements`, { fundId: frame.fundId, invoiceId: id }).expect(409);
    const named = (lines: object[]) => decide(id, { decision: 'partly_accepted', reason: 'As far as we paid', lines });
    expect(placesOf((await named([{ position: 1, principal: '3500.06', fee: '0' }]).expect(422)).body)).toEqual(['/lines/0/principal']);
    expect(placesOf((await named([{ position: 3, principal: '1', fee: '0' }]).expect(422)).body)).toEqual(['/lines/0/position']);
    expect(placesOf((await named([{ position: 9, principal: '1', fee: '0' }]).expect(422)).body)).toEqual(['/lines/0/position']);
    const { body: accepted } = await decide(id, { decision: 'partly_accepted', reason: 'As far as we paid' }).expect(200);
    expect(accepted).toMatchObject({ state: 'partly_accepted', accepted: { principal: { amount: '3100.05' }, fee: { amount: '4.99' } } });
    await decide(id, { decision: 'disputed', reason: 'Again' }).expect(409);
    // The same days on another invoice: what was agreed to once is not agreed to again.
    expect((await linesOf(partial))[0].differences).toEqual(['claimed_before']);
    expect((await linesOf(partial))[0].claimedBefore).toEqual({ amount: '100.00', currency: 'DZD' });
  });

  it('is settled as far as it was agreed to; its fee is posted with the approval, once, and taken back when that is called off', async () => {
    const { body: all } = await officer.get(`${base()}/post-invoices?state=partly_accepted`).expect(200);
    const [invoice] = all.items;
    const draft = () => officer.post(`${base()}/settlements`, { fundId: frame.fundId, invoiceId: invoice.id, submit: true });
    const fees = async () =>
      (await officer.get(`${base()}/identities`).expect(200)).body.identities
        .filter(({ identity }: { identity: string }) => identity === 'office_payable')
        .flatMap(({ right, holds }: { right: { term: string; amount: { amount: string } }[]; holds: boolean }) => [
          holds,
          right.find(({ term }) => term === 'fees')?.amount.amount,
        ])
        .sort();
    const drafts = await Promise.all([draft(), draft()]);
    expect(drafts.map(({ status }) => status).sort()).toEqual([201, 422]);
    const { body } = drafts.find(({ status }) => status === 201) ?? { body: undefined };
    expect(body).toMatchObject({
      amount: { amount: '3105.04' },
      invoiceId: invoice.id,
      from: '2026-03-01',
      to: '2026-03-31',
      lines: [
        { officeId: frame.officeId, principal: { amount: '3000.05' }, fee: { amount: '3.99' } },
        { officeId: other.officeId, principal: { amount: '100.00' }, fee: { amount: '1.00' } },
      ],
    });
    const byHand = {
      fundId: frame.fundId,
      reference: invoice.number,
      from: '2026-03-01',
      to: '2026-03-31',
      amount: { amount: '4.99', currency: 'DZD' },
    };
    await officer.post(`${base()}/post-fees`, byHand).expect(409);
    expect(await fees()).toEqual(['0.00', '0.00', true, true]);
    await staff.approver.post(`/v1/settlements/${body.id}/approval`).expect(200);
    expect(await fees()).toEqual(['1.00', '3.99', true, true]);
    // A fee that is on its way to the post is not taken back under it.
    const { rows } = await platform.owner.query(`select id from journal_entries where event = 'fee' and fund_id = $1`, [frame.fundId]);
    const refused = await officer.post(`/v1/journal-entries/${rows[0].id}/reversal`, { reason: 'A mistake' });
    expect([refused.status, refused.body.code]).toEqual([409, 'claimed_by_settlement']);
    await officer.post(`/v1/settlements/${body.id}/cancellation`, { reason: 'Wrong month' }).expect(200);
    expect(await fees()).toEqual(['0.00', '0.00', true, true]);
    const { body: again } = await draft().expect(201);
    await seeThrough(staff, again.id);
    expect(await fees()).toEqual(['1.00', '3.99', true, true]);
    const { body: sheet } = await officer.get(`/v1/post-invoices/${invoice.id}`).expect(200);
    expect(sheet.settled).toEqual(sheet.accepted);
    await draft().expect(422);
    const { body: left } = await officer.get(`${base()}/payables`).expect(200);
    expect(left.items).toMatchObject([{ officeId: other.officeId, owed: { amount: '200.00' } }]);
  });

  it('is charged by the tariff of each day, once two people have said it, and keeps the one that it was recorded under', async () => {
    const feesOf = async (id: string) => (await linesOf(id)).map(({ agreedFee }: { agreedFee: { amount: string } }) => agreedFee.amount);
    const asked = () => recorded(line(frame.officeCode, 2, '3000.05', '4.00'), line(other.officeCode, 1, '300.00', '1.00'));
    const before = await asked();
    const dearer = { ...postTerms({ fixed: '10', perMille: '0', minimum: '0' }), tariffFrom: '2026-03-11' };
    await staff.approver.put(`${base()}/post-terms`, '"1"', dearer).expect(200);
    const unconfirmed = await asked();
    expect([before.termsVersion, unconfirmed.termsVersion]).toEqual([1, 1]);
    await staff.approver.post(`${base()}/post-terms/confirmation`, { version: 2 }).expect(403);
    await officer.post(`${base()}/post-terms/confirmation`, { version: 2 }).expect(200);
    // 1000.00 on the tenth by the old tariff, 2000.05 on the eleventh by the new one, 300.00 on the tenth.
    const after = await asked();
    expect(after.termsVersion).toBe(2);
    expect(await feesOf(after.id)).toEqual(['11.50', '1.00']);
    expect([await feesOf(before.id), await feesOf(unconfirmed.id)]).toEqual([
      ['4.00', '1.00'],
      ['4.00', '1.00'],
    ]);
    // The same tariff in other words, with another account: it keeps its day. Once others have followed, terms are confirmed no more.
    const moved = {
      ...postTerms({ fixed: '10.00', perMille: '0.0', minimum: '0' }),
      payee: { name: 'La poste', account: '007123', bic: null },
    };
    const { body } = await staff.approver.put(`${base()}/post-terms`, '"2"', moved).expect(200);
    expect(body).toMatchObject({ version: 3, tariffFrom: '2026-03-11', isInForce: false, confirmedBy: null });
    const { body: last } = await staff.approver.put(`${base()}/post-terms`, '"3"', postTerms(null)).expect(200);
    expect(last.tariffFrom).toBe(platform.today());
    await officer.post(`${base()}/post-terms/confirmation`, { version: 3 }).expect(409);
    await expect(
      platform.owner.query('insert into post_terms_confirmations values ($1, 3, gen_random_uuid(), now())', [frame.programmeId]),
    ).rejects.toMatchObject({ constraint: 'post_terms_confirmed_last' });
    expect(await feesOf((await asked()).id)).toEqual(['11.50', '1.00']);
  });
});

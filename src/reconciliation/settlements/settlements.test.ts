import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { bankSays, postTerms, type Settlers, seeThrough, settled } from '../../../test/support/settled.ts';
import { insertMatch, matchedStatement, stageStatement } from '../../../test/support/statements.ts';
import { newId, packageRoot } from '../../platform/index.ts';

describe('settling with the post', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let other: Frame;
  let officer: Client;
  let staff: Settlers;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    other = await makeFrame(platform);
    const here = { programme: frame.programmeId };
    officer = await platform.as('finance_officer', here);
    staff = { maker: officer, approver: await platform.as('finance_officer', here), payer: await platform.as('finance_officer', here) };
    await payList(platform, frame, [
      { amount: '100.00' },
      { amount: '50.00' },
      { amount: '30.00', officeId: other.officeId },
      { outcome: 'voided', amount: '7.00' },
    ]);
    await staff.approver.put(`/v1/programmes/${frame.programmeId}/post-terms`, '"0"', postTerms()).expect(200);
    await staff.maker.post(`/v1/programmes/${frame.programmeId}/post-terms/confirmation`, { version: 1 }).expect(200);
  });
  afterAll(() => platform.close());

  const payables = async (): Promise<unknown[]> =>
    (await officer.get(`/v1/programmes/${frame.programmeId}/payables`).expect(200)).body.items;
  const draft = (items: [officeId: string, amount: string, currency?: string][], more: object = {}, client = officer) =>
    client.post(`/v1/programmes/${frame.programmeId}/settlements`, {
      fundId: frame.fundId,
      items: items.map(([officeId, amount, currency = 'DZD']) => ({ officeId, amount: { amount, currency } })),
      submit: true,
      ...more,
    });
  const step = (id: string, name: string, body: object = {}, client = officer) => client.post(`/v1/settlements/${id}/${name}`, body);
  const dzd = (amount: string) => ({ amount, currency: 'DZD' });
  const bankMoved = async () => {
    const { rows } = await platform.owner.query(
      `select coalesce(sum(p.amount), 0)::text as moved from postings p join accounts a on a.id = p.account_id
      join journal_entries e on e.id = p.entry_id where e.event = 'settlement' and a.kind = 'bank' and a.fund_id = $1`,
      [frame.fundId],
    );
    return rows[0].moved;
  };

  it('claims what is owed, refuses more by name, and pays it step by step, each by somebody else', async () => {
    const owed = (officeId: string, officeCode: string, amount: string, claimed = '0.00') => ({
      fundId: frame.fundId,
      officeId,
      officeCode,
      owed: dzd(amount),
      claimed: dzd(claimed),
    });
    expect(await payables()).toEqual(
      expect.arrayContaining([owed(frame.officeId, frame.officeCode, '150.00'), owed(other.officeId, other.officeCode, '30.00')]),
    );
    const both = (second: string): [string, string][] => [
      [frame.officeId, '100.00'],
      [other.officeId, second],
    ];
    expect((await draft(both('30.01')).expect(422)).body).toMatchObject({
      code: 'settlement_exceeds_payable',
      errors: [
        { pointer: '/items/1/amount', detail: `Office ${other.officeCode} is owed 30.00 DZD that no settlement claims yet, not 30.01.` },
      ],
    });
    const { body } = await draft(both('30.00'), { reference: 'VIR-1', submit: false }).expect(201);
    expect(body).toMatchObject({ state: 'draft', amount: dzd('130.00'), reference: 'VIR-1', bankLine: null, order: null });
    await draft([[frame.officeId, '1.00']], { reference: 'VIR-1' }).expect(409);
    expect(await payables()).toEqual(expect.arrayContaining([owed(frame.officeId, frame.officeCode, '150.00', '100.00')]));
    const { id } = body;
    const early = await step(id, 'approval', {}, staff.approver).expect(409);
    expect(early.body).toMatchObject({ code: 'conflict', state: 'draft' });
    await step(id, 'submission').expect(200);
    expect((await step(id, 'approval').expect(403)).body.code).toBe('separation_of_duties');
    await step(id, 'approval', {}, staff.approver).expect(200);
    expect((await step(id, 'instruction', {}, staff.approver).expect(403)).body.code).toBe('separation_of_duties');
    await step(id, 'instruction', { executeOn: '2020-01-01' }, staff.payer).expect(422);
    const { body: sent } = await step(id, 'instruction', {}, staff.payer).expect(200);
    expect(sent).toMatchObject({ state: 'instructed', order: { termsVersion: 1 } });
    expect(await bankMoved()).toBe('0');
    const { body: paid } = await step(id, 'confirmation', { bankReference: 'BK-9' }, staff.payer).expect(200);
    expect(paid).toMatchObject({ state: 'paid', bankReference: 'BK-9', threeWays: { closed: false, missing: ['bank_line', 'post'] } });
    expect(paid.steps.map(({ step: name }: { step: string }) => name)).toEqual(['drafted', 'submitted', 'approved', 'instructed', 'paid']);
    expect(await payables()).toEqual([owed(frame.officeId, frame.officeCode, '50.00')]);
    expect(await bankMoved()).toBe('-130.00');
    await step(id, 'confirmation', { bankReference: 'BK-9' }, staff.payer).expect(409);
    await step(id, 'cancellation', { reason: 'Too late' }).expect(409);
  });

  it('gives the bank one order, the same each time, which is valid against the schema of ISO 20022', async () => {
    const { body } = await draft([[frame.officeId, '10.00']], { reference: 'VIR-2' }).expect(201);
    const order = (client = staff.payer) => client.get(`/v1/settlements/${body.id}/order`);
    await order().expect(409);
    await step(body.id, 'approval', {}, staff.approver).expect(200);
    const { body: sent } = await step(body.id, 'instruction', {}, staff.payer).expect(200);
    const first = await order().expect(200);
    const xml = first.text ?? first.body.toString('utf8');
    const { errors } = await validateXML({
      xml: [{ fileName: 'order.xml', contents: xml }],
      schema: [{ fileName: 'p.xsd', contents: readFileSync(join(packageRoot, 'test/iso20022/pain.001.001.09.xsd'), 'utf8') }],
    });
    expect(errors).toEqual([]);
    expect(xml).toContain('<EndToEndId>VIR-2</EndToEndId>');
    expect(xml).toContain('<InstdAmt Ccy="DZD">10.00</InstdAmt>');
    platform.clock.skip(60_000);
    const again = await order().expect(200);
    expect(again.text ?? again.body.toString('utf8')).toBe(xml);
    expect(first.headers['content-disposition']).toContain(sent.order.digest.slice(0, 8));
    await order(await platform.as('auditor')).expect(403);
    // What the bank did not carry out is called off, and what it claimed is free again.
    for (const own of [staff.maker, staff.payer])
      expect((await step(body.id, 'cancellation', { reason: 'The bank returned it' }, own).expect(403)).body.code).toBe(
        'separation_of_duties',
      );
    await step(body.id, 'cancellation', { reason: 'The bank returned it' }, staff.approver).expect(200);
    await order().expect(409);
    expect(await payables()).toMatchObject([{ claimed: dzd('0.00') }]);
  });

  it('never claims more than is owed, however many settle at once; and is approved and paid once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => draft([[frame.officeId, '20.00']])));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422, 422, 422]);
    const [one, two] = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    await step(one, 'rejection', { reason: 'Not this week' }, staff.approver).expect(200);
    const both = await Promise.all([staff.approver, staff.payer].map((client) => step(two, 'approval', {}, client)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    await step(two, 'instruction', {}, staff.payer).expect(200);
    const moved = Number(await bankMoved());
    const paid = await Promise.all([1, 2, 3].map((n) => step(two, 'confirmation', { bankReference: `BK-${n}` }, staff.payer)));
    expect(paid.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(Number(await bankMoved())).toBe(moved - 20);
    const { body } = await officer.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200);
    expect(body.holds).toBe(true);
  });

  it('is approved within a limit', async () => {
    const { body } = await draft([[frame.officeId, '3.00']]).expect(201);
    const small = await platform.as('approver', { programme: frame.programmeId });
    await platform.owner.query(`update role_grants set limit_amount = 2.99, limit_currency = 'DZD' where user_id = $1`, [small.userId]);
    expect((await step(body.id, 'approval', {}, small).expect(403)).body.code).toBe('settlement_beyond_limit');
    await platform.owner.query(`update role_grants set limit_amount = 3 where user_id = $1`, [small.userId]);
    await step(body.id, 'approval', {}, small).expect(200);
    await step(body.id, 'cancellation', { reason: 'A test' }).expect(200);
  });

  it('shows each office and day beside the post’s statement', async () => {
    const path = `/v1/programmes/${frame.programmeId}/office-days?from=2026-03-01&to=2026-03-31`;
    const { body } = await officer.get(path).expect(200);
    const day = (officeId: string) => body.items.find((item: { officeId: string }) => item.officeId === officeId);
    expect(body.items).toHaveLength(2);
    expect(day(frame.officeId)).toEqual({
      day: '2026-03-10',
      officeId: frame.officeId,
      officeCode: frame.officeCode,
      payouts: { count: 3, amount: dzd('157.00') },
      voids: { count: 1, amount: dzd('7.00') },
      fees: dzd('0.00'),
      owed: dzd('150.00'),
      statement: { count: 0, amount: dzd('0.00') },
      difference: dzd('-150.00'),
    });
    const { body: first } = await officer.get(`${path}&limit=1`).expect(200);
    const { body: rest } = await officer.get(`${path}&limit=1&cursor=${first.nextCursor}`).expect(200);
    expect([...first.items, ...rest.items]).toEqual(body.items);
    expect(rest.nextCursor).toBeNull();
    expect((await officer.get(`${path}&officeId=${other.officeId}&fundId=${frame.fundId}`).expect(200)).body.items).toEqual([
      day(other.officeId),
    ]);
    await officer.get(path.replace('2026-03-31', '2026-02-28')).expect(400);
    await officer.get(`${path}&cursor=eA`).expect(400);
  });

  it('counts a sum of the post’s once, and what the bank says of pay-outs not as the post’s', async () => {
    const own = await makeFrame(platform);
    const auditor = await platform.as('auditor');
    const day = async () =>
      (await auditor.get(`/v1/programmes/${own.programmeId}/office-days?from=2026-03-10&to=2026-03-10`).expect(200)).body.items[0];
    await payList(
      platform,
      own,
      ['100.00', '200.00', '300.00'].map((amount) => ({ amount })),
    );
    const sum = { officeCode: own.officeCode, amount: '600.00', paidOn: '2026-03-10' };
    await matchedStatement(platform, { programmeId: own.programmeId, lines: [sum] });
    expect(await day()).toMatchObject({ statement: { count: 1, amount: dzd('600.00') }, difference: dzd('0.00') });
    // One more, which only the bank's paper has.
    await payList(platform, own, [{ amount: '50.00' }]);
    const settlementId = await settled(platform, own, '650.00');
    await bankSays(platform, own.programmeId, '650.00', settlementId);
    await matchedStatement(platform, { programmeId: own.programmeId, source: 'bank', lines: [{ ...sum, amount: '50.00' }] });
    expect(await day()).toMatchObject({ statement: { count: 1, amount: dzd('600.00') }, difference: dzd('-50.00') });
    const { threeWays } = (await auditor.get(`/v1/settlements/${settlementId}`).expect(200)).body;
    expect(threeWays).toMatchObject({ missing: ['post'], post: { payoutCount: 3, amount: dzd('600.00') } });
    const { body } = await auditor.get(`/v1/programmes/${own.programmeId}/ledger-periods/next`).expect(200);
    const cover = body.checklist.find(({ check }: { check: string }) => check === 'statements_cover');
    expect(cover.open).toMatchObject([{ amount: dzd('50.00') }]);
  });

  it('is closed three ways once the post lists its pay-outs and the bank its transfer', async () => {
    const own = await makeFrame(platform);
    const [paid] = await payList(platform, own, [{ amount: '12.00' }]);
    const settlementId = await settled(platform, own, '12.00');
    const waysOf = async () => (await (await platform.as('auditor')).get(`/v1/settlements/${settlementId}`).expect(200)).body.threeWays;
    expect(await waysOf()).toMatchObject({ closed: false, missing: ['bank_line', 'post'], ours: { payoutCount: 1, amount: dzd('12.00') } });
    await bankSays(platform, own.programmeId, '12.00', settlementId);
    expect(await waysOf()).toMatchObject({ closed: false, missing: ['post'], bank: { reference: 'BK-77', bookedOn: '2026-03-31' } });
    // A line of the post, matched with its pay-out.
    const { lineIds } = await stageStatement(platform, {
      programmeId: own.programmeId,
      state: 'reconciled',
      lines: [{ serial: paid?.serial ?? '', amount: '12', officeCode: own.officeCode }],
    });
    await insertMatch(platform.owner, lineIds[0] ?? '', paid?.payoutId ?? '', newId());
    expect(await waysOf()).toMatchObject({ closed: true, missing: [], post: { payoutCount: 1, amount: dzd('12.00'), invoiceState: null } });
    const days = await (await platform.as('auditor'))
      .get(`/v1/programmes/${own.programmeId}/office-days?from=2026-03-01&to=2026-03-31`)
      .expect(200);
    expect(days.body.items).toMatchObject([{ statement: { count: 1, amount: dzd('12.00') }, difference: dzd('0.00') }]);
  });

  it('names every item that is wrong, and asks for the role, the programme and a fresh second factor', async () => {
    const { body } = await draft([
      [frame.officeId, '1.001'],
      [other.officeId, '1', 'EUR'],
      [frame.officeId, '0'],
    ]).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/items/0/amount/amount',
      '/items/1/amount/currency',
      '/items/2/officeId',
      '/items/2/amount/amount',
    ]);
    await draft([], { items: undefined }).expect(422);
    await draft([[frame.officeId, '1']], { from: '2026-03-02', to: '2026-03-01' }).expect(422);
    const elsewhere = await platform.as('finance_officer', { programme: other.programmeId });
    await draft([[frame.officeId, '1']], {}, elsewhere).expect(404);
    await draft([[frame.officeId, '1']], {}, await platform.as('auditor')).expect(403);
    await draft([[frame.officeId, '1']], { fundId: other.fundId }).expect(404);
    const { body: made } = await draft([[frame.officeId, '1']]).expect(201);
    await elsewhere.get(`/v1/settlements/${made.id}`).expect(404);
    await step(made.id, 'approval', {}, elsewhere).expect(404);
    platform.clock.skip(10 * 60_000);
    for (const name of ['approval', 'instruction'])
      expect((await step(made.id, name, {}, staff.approver).expect(401)).body.code).toBe('step_up_required');
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
    await seeThrough(staff, made.id);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';

describe('money in another currency', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  let head: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    head = await platform.as('finance_officer');
    for (const [validOn, rate] of [
      ['2026-01-01', '150'],
      ['2026-02-01', '145.1234'],
      ['2026-03-01', '160'],
    ] as const)
      await head.post('/v1/exchange-rates', { from: 'EUR', to: 'DZD', validOn, rate, source: 'Bank of Algeria' }).expect(201);
  });
  afterAll(() => platform.close());

  const open = async (): Promise<string> => {
    const fund = { donor: 'A donor', agreement: newId(), pledged: { amount: '5000.00', currency: 'EUR' } };
    return (await finance.post(`/v1/programmes/${frame.programmeId}/funds`, fund).expect(201)).body.id;
  };
  const give = (fundId: string, amount: string, receivedOn = '2026-02-15', currency = 'EUR', reference = newId()) =>
    finance.post(`/v1/funds/${fundId}/contributions`, { amount: { amount, currency }, receivedOn, reference });
  const change = (fundId: string, sold: string, bought: string, reference = newId()) =>
    finance.post(`/v1/funds/${fundId}/conversions`, {
      sold: { amount: sold, currency: 'EUR' },
      bought: { amount: bought, currency: 'DZD' },
      convertedOn: '2026-03-02',
      reference,
    });
  const sheetOf = async (fundId: string) => (await finance.get(`/v1/funds/${fundId}/sheet`).expect(200)).body;
  const balancesOf = async (fundId: string) =>
    Object.fromEntries(
      (
        await platform.owner.query(
          `select a.kind || ' ' || a.currency as account, sum(p.amount) as balance from accounts a join postings p on p.account_id = a.id
          where a.fund_id = $1 group by 1 order by 1`,
          [fundId],
        )
      ).rows.map(({ account, balance }) => [account, balance]),
    );

  it('is booked at the last rate on or before its day, and says which', async () => {
    const fundId = await open();
    const { body } = await give(fundId, '1000.00').expect(201);
    expect(body).toMatchObject({
      amount: { amount: '1000.00', currency: 'EUR' },
      value: { amount: '145123.40', currency: 'DZD' },
      rate: { rate: '145.1234', validOn: '2026-02-01', source: 'Bank of Algeria' },
      reversedAt: null,
    });
    await give(fundId, '10.00', '2026-01-31').expect(201);
    expect(await balancesOf(fundId)).toEqual({
      'bank EUR': '1010.00',
      'exchange DZD': '146623.40',
      'exchange EUR': '-1010.00',
      'fund_available DZD': '-146623.40',
    });
    const { body: fund } = await finance.get(`/v1/funds/${fundId}`).expect(200);
    expect(fund.received).toEqual({ amount: '146623.40', currency: 'DZD' });
    const { body: list } = await finance.get(`/v1/funds/${fundId}/contributions`).expect(200);
    expect(list.items[0]).toEqual(body);
  });

  it('is refused where no rate is known for the day, naming what is missing', async () => {
    const fundId = await open();
    const { body } = await give(fundId, '1000.00', '2025-12-31').expect(422);
    expect(body).toMatchObject({ code: 'no_exchange_rate', from: 'EUR', to: 'DZD', day: '2025-12-31' });
    expect((await give(fundId, '1.00', '2026-02-15', 'USD').expect(422)).body.code).toBe('no_exchange_rate');
    expect(await balancesOf(fundId)).toEqual({});
  });

  it('is changed at what the bank gave; a loss comes out of the fund', async () => {
    const fundId = await open();
    await give(fundId, '1000.00').expect(201);
    const { body } = await change(fundId, '600.00', '86000.00').expect(201);
    expect(body).toMatchObject({ bookedValue: { amount: '87074.04' }, difference: { amount: '-1074.04', currency: 'DZD' } });
    expect(await balancesOf(fundId)).toEqual({
      'bank DZD': '86000.00',
      'bank EUR': '400.00',
      'exchange DZD': '58049.36',
      'exchange EUR': '-400.00',
      'fund_available DZD': '-144049.36',
    });
    const sheet = await sheetOf(fundId);
    expect(sheet).toMatchObject({
      pledged: { amount: '5000.00', currency: 'EUR' },
      arrived: [{ amount: '1000.00', currency: 'EUR' }],
      received: { amount: '145123.40' },
      available: { amount: '144049.36' },
      exchange: { gains: { amount: '0.00' }, losses: { amount: '1074.04' } },
      foreignCash: [{ held: { amount: '400.00', currency: 'EUR' }, value: { amount: '58049.36', currency: 'DZD' } }],
      burn: { spent: { amount: '1074.04' }, last30Days: { amount: '1074.04' }, ofReceived: '0.0074', ofTime: null },
    });
  });

  it('leaves nothing behind when the rest is changed, and a gain goes to the fund', async () => {
    const fundId = await open();
    await give(fundId, '100.00', '2026-01-10').expect(201);
    await give(fundId, '200.00', '2026-03-10').expect(201);
    // 15000 + 32000 for 300: a hundred stand at 15666.67.
    expect((await change(fundId, '100.00', '15666.67').expect(201)).body.difference.amount).toBe('0.00');
    expect((await change(fundId, '200.00', '32000.00').expect(201)).body.difference.amount).toBe('666.67');
    expect(await balancesOf(fundId)).toMatchObject({ 'exchange DZD': '0.00', 'exchange EUR': '0.00', 'fund_available DZD': '-47666.67' });
    const sheet = await sheetOf(fundId);
    expect([sheet.foreignCash, sheet.exchange.gains.amount]).toEqual([[], '666.67']);
    const { body } = await finance.get(`/v1/funds/${fundId}/conversions`).expect(200);
    expect(body.items).toHaveLength(2);
    const { body: books } = await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200);
    const bank = books.identities.filter((one: { identity: string; subject: { id: string } }) => one.identity === 'fund_bank' && one.subject.id === fundId); // biome-ignore format: one
    expect(bank.map(({ left, holds }: { left: { amount: object }; holds: boolean }) => [left.amount, holds])).toEqual(
      expect.arrayContaining([
        [{ amount: '47666.67', currency: 'DZD' }, true],
        [{ amount: '0.00', currency: 'EUR' }, true],
      ]),
    );
  });

  it('is not changed beyond what is held, nor twice under one reference', async () => {
    const fundId = await open();
    expect((await change(fundId, '1.00', '145.00').expect(422)).body).toMatchObject({
      held: '0.00',
      errors: [{ pointer: '/sold/amount' }],
    });
    await give(fundId, '100.00').expect(201);
    expect((await change(fundId, '100.01', '14500.00').expect(422)).body.held).toBe('100.00');
    const reference = newId();
    await change(fundId, '10.00', '1450.00', reference).expect(201);
    await change(fundId, '10.00', '1450.00', reference).expect(409);
  });

  it.each([
    [{ bought: { amount: '1', currency: 'EUR' } }, '/bought/currency'],
    [{ sold: { amount: '0', currency: 'EUR' } }, '/sold/amount'],
    [{ sold: { amount: '1', currency: 'DZD' } }, '/sold/amount'],
    [{ bought: { amount: '0.001', currency: 'DZD' } }, '/bought/amount'],
    [{ convertedOn: '2098-01-01' }, '/convertedOn'],
  ])('is not changed when %j, naming the field', async (wrong, pointer) => {
    const right = { sold: { amount: '1', currency: 'EUR' }, bought: { amount: '145', currency: 'DZD' }, convertedOn: '2026-03-02' };
    const { body } = await finance.post(`/v1/funds/${frame.fundId}/conversions`, { ...right, reference: newId(), ...wrong }).expect(422);
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('is not received tomorrow', async () => {
    expect((await give(frame.fundId, '1.00', '2098-01-01', 'DZD').expect(422)).body.errors[0].pointer).toBe('/receivedOn');
  });

  it('has rates that stand where the agency does: finance everywhere records them, everybody with money reads them', async () => {
    const rate = { from: 'USD', to: 'DZD', validOn: '2026-05-01', rate: '130', source: 'Bank of Algeria' };
    await finance.post('/v1/exchange-rates', rate).expect(404);
    const made = await head.post('/v1/exchange-rates', rate).expect(201);
    const corrected = await head.post('/v1/exchange-rates', { ...rate, rate: '131.25' }).expect(201);
    const first = await finance.get('/v1/exchange-rates?from=USD&limit=1').expect(200);
    expect(first.body.items).toEqual([corrected.body]);
    const second = await finance.get(`/v1/exchange-rates?from=USD&limit=1&cursor=${first.body.nextCursor}`).expect(200);
    expect(second.body).toEqual({ items: [made.body], nextCursor: null });
    const given = await give(await open(), '100.00', '2026-05-01', 'USD').expect(201);
    expect(given.body.value.amount).toBe('13125.00');
    await head.get(`/v1/exchange-rates?cursor=${Buffer.from(`2026-02-31/${newId()}`).toString('base64url')}`).expect(400);
    for (const [wrong, pointer] of [
      [{ to: 'USD' }, '/to'],
      [{ from: 'XXQ' }, '/from'],
      [{ rate: '0.00' }, '/rate'],
      [{ validOn: '2098-01-01' }, '/validOn'],
    ] as const) {
      const { body } = await head.post('/v1/exchange-rates', { ...rate, ...wrong }).expect(422);
      expect(body.errors[0].pointer).toBe(pointer);
    }
  });
});

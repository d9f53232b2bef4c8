import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';

describe('what was entered wrong', () => {
  let platform: TestPlatform;
  let programmeId: string;
  let finance: Client;
  let fundId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    programmeId = (await makeFrame(platform)).programmeId;
    finance = await platform.as('finance_officer', { programme: programmeId });
    const head = await platform.as('finance_officer');
    await head.post('/v1/exchange-rates', { from: 'EUR', to: 'DZD', validOn: '2026-01-01', rate: '100', source: 'A bank' }).expect(201);
  });
  afterAll(() => platform.close());

  interface Made {
    readonly id: string;
    readonly entryId: string;
  }
  const open = async (said: object = {}): Promise<string> =>
    (await finance.post(`/v1/programmes/${programmeId}/funds`, { donor: 'D', agreement: newId(), ...said }).expect(201)).body.id;
  const give = async (amount: string, currency = 'DZD', reference = newId(), status = 201): Promise<Made> => {
    const contribution = { amount: { amount, currency }, receivedOn: '2026-02-01', reference };
    return (await finance.post(`/v1/funds/${fundId}/contributions`, contribution).expect(status)).body;
  };
  const change = async (sold: string, bought: string): Promise<Made> => {
    const conversion = { sold: { amount: sold, currency: 'EUR' }, bought: { amount: bought, currency: 'DZD' } };
    const rest = { convertedOn: '2026-02-02', reference: newId() };
    return (await finance.post(`/v1/funds/${fundId}/conversions`, { ...conversion, ...rest }).expect(201)).body;
  };
  const takeBack = ({ entryId }: Made) => finance.post(`/v1/journal-entries/${entryId}/reversal`, { reason: 'Entered wrong' });
  const sheet = async () => (await finance.get(`/v1/funds/${fundId}/sheet`).expect(200)).body;
  const booksHold = async () => {
    const { body } = await finance.get(`/v1/programmes/${programmeId}/identities`).expect(200);
    expect(body.identities.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
  };

  it('is taken back by a reversal, counts no more, and can be entered again under the same reference', async () => {
    fundId = await open();
    const reference = newId();
    const wrong = await give('5000.00', 'DZD', reference);
    await give('500.00', 'DZD', reference, 409);
    await takeBack(wrong).expect(201);
    await give('500.00', 'DZD', reference);
    await give('500.00', 'DZD', reference, 409);
    const { body: fund } = await finance.get(`/v1/funds/${fundId}`).expect(200);
    expect(fund.received.amount).toBe('500.00');
    expect(await sheet()).toMatchObject({
      received: { amount: '500.00' },
      available: { amount: '500.00' },
      arrived: [{ amount: '500.00' }],
    });
    const { body: list } = await finance.get(`/v1/funds/${fundId}/contributions`).expect(200);
    expect(list.items.map(({ reversedAt }: { reversedAt: string | null }) => reversedAt === null)).toEqual([false, true]);
    await booksHold();
  });

  it('of foreign money is taken back in its turn: the last conversion first', async () => {
    fundId = await open();
    const first = await give('100.00', 'EUR');
    const early = await change('40.00', '3900.00');
    const second = await give('60.00', 'EUR');
    const late = await change('60.00', '6500.00');
    for (const made of [first, second, early]) expect((await takeBack(made).expect(409)).body.code).toBe('conflict');
    await takeBack(late).expect(201);
    await takeBack(second).expect(201);
    expect(await sheet()).toMatchObject({
      received: { amount: '10000.00' },
      available: { amount: '9900.00' },
      exchange: { gains: { amount: '0.00' }, losses: { amount: '100.00' } },
      foreignCash: [{ held: { amount: '60.00', currency: 'EUR' }, value: { amount: '6000.00', currency: 'DZD' } }],
    });
    await booksHold();
    await takeBack(early).expect(201);
    await takeBack(first).expect(201);
    expect(await sheet()).toMatchObject({ received: { amount: '0.00' }, available: { amount: '0.00' }, arrived: [], foreignCash: [] });
    await booksHold();
  });

  it('lets go of what was set aside for fees with it', async () => {
    fundId = await open({ feeShare: '0.1' });
    await give('1000.00');
    const wrong = await give('9000.00');
    expect((await sheet()).setAside.amount).toBe('1000.00');
    await takeBack(wrong).expect(201);
    expect((await sheet()).setAside.amount).toBe('100.00');
  });
});

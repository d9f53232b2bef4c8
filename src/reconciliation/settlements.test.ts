import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';

describe('settling with the post', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let other: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    other = await makeFrame(platform);
    officer = await platform.as('finance_officer', { programme: frame.programmeId });
    await payList(platform, frame, [
      { amount: '100.00' },
      { amount: '50.00' },
      { amount: '30.00', officeId: other.officeId },
      { outcome: 'voided', amount: '7.00' },
    ]);
  });
  afterAll(() => platform.close());

  const payables = async (): Promise<unknown[]> =>
    (await officer.get(`/v1/programmes/${frame.programmeId}/payables`).expect(200)).body.items;
  const settle = (items: [officeId: string, amount: string, currency?: string][], reference: string, client = officer) =>
    client.post(`/v1/programmes/${frame.programmeId}/settlements`, {
      fundId: frame.fundId,
      reference,
      items: items.map(([officeId, amount, currency = 'DZD']) => ({ officeId, amount: { amount, currency } })),
    });

  it('knows what is owed, refuses more by name, and posts what was paid', async () => {
    const owed = (officeId: string, officeCode: string, amount: string) => ({
      fundId: frame.fundId,
      officeId,
      officeCode,
      owed: { amount, currency: 'DZD' },
    });
    expect(await payables()).toEqual(
      expect.arrayContaining([owed(frame.officeId, frame.officeCode, '150.00'), owed(other.officeId, other.officeCode, '30.00')]),
    );
    const over = await settle(
      [
        [frame.officeId, '150.00'],
        [other.officeId, '30.01'],
      ],
      'VIR-1',
    ).expect(422);
    expect(over.body).toMatchObject({
      code: 'settlement_exceeds_payable',
      errors: [{ pointer: '/items/1/amount', detail: `Office ${other.officeCode} is owed 30.00 DZD, not 30.01.` }],
    });
    expect(await payables()).toHaveLength(2);
    const { body } = await settle(
      [
        [frame.officeId, '100.00'],
        [other.officeId, '30.00'],
      ],
      'VIR-1',
    ).expect(201);
    expect(body).toMatchObject({ total: { amount: '130.00', currency: 'DZD' }, reference: 'VIR-1' });
    expect(await payables()).toEqual([owed(frame.officeId, frame.officeCode, '50.00')]);
    await settle([[frame.officeId, '1.00']], 'VIR-1').expect(409);
    const posted = await platform.owner.query(
      `select sum(p.amount)::text as moved from postings p join accounts a on a.id = p.account_id
      join journal_entries e on e.id = p.entry_id where e.event = 'settlement' and a.kind = 'bank' and a.fund_id = $1`,
      [frame.fundId],
    );
    expect(posted.rows).toEqual([{ moved: '-130.00' }]);
  });

  it('never pays more than is owed, however many settle at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => settle([[frame.officeId, '20.00']], `VIR-P${i}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422, 422, 422]);
    expect(await payables()).toMatchObject([{ owed: { amount: '10.00' } }]);
  });

  it('names every item that is wrong, and asks for the role, the programme and a fresh second factor', async () => {
    const { body } = await settle(
      [
        [frame.officeId, '1.001'],
        [other.officeId, '1', 'EUR'],
        [frame.officeId, '0'],
      ],
      'VIR-X',
    ).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/items/0/amount/amount',
      '/items/1/amount/currency',
      '/items/2/officeId',
      '/items/2/amount/amount',
    ]);
    await settle([[frame.officeId, '1']], 'VIR-Y', await platform.as('finance_officer', { programme: other.programmeId })).expect(404);
    await settle([[frame.officeId, '1']], 'VIR-Y', await platform.as('auditor')).expect(403);
    await officer
      .post(`/v1/programmes/${frame.programmeId}/settlements`, {
        fundId: other.fundId,
        reference: 'VIR-Z',
        items: [{ officeId: frame.officeId, amount: { amount: '1', currency: 'DZD' } }],
      })
      .expect(404);
    platform.clock.skip(10 * 60_000);
    expect((await settle([[frame.officeId, '1']], 'VIR-Y').expect(401)).body.code).toBe('step_up_required');
  });
});

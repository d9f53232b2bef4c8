import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('what the post asks for its work', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  let elsewhere: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '100000.00');
    elsewhere = await makeFrame(platform);
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await agreeOn('0.01');
    await payList(platform, frame, [
      { amount: '100.00' },
      { amount: '100.00' },
      { amount: '100.00', officeId: elsewhere.officeId },
      { amount: '900.00', paidOn: '2026-04-01', officeId: elsewhere.officeId },
      { amount: '500.00', outcome: 'voided', officeId: elsewhere.officeId },
    ]);
  });
  afterAll(() => platform.close());

  /** Another share of the fund for fees; null for no bound. */
  async function agreeOn(feeShare: string | null): Promise<void> {
    const path = `/v1/funds/${frame.fundId}`;
    const { headers } = await finance.get(path).expect(200);
    await finance.patch(path, headers['etag'] ?? '', { feeShare }).expect(200);
  }
  const record = (fee: object = {}, by = finance) =>
    by.post(`/v1/programmes/${frame.programmeId}/post-fees`, {
      fundId: frame.fundId,
      reference: newId(),
      from: '2026-03-01',
      to: '2026-03-31',
      amount: { amount: '10.00', currency: 'DZD' },
      ...fee,
    });
  const broken = async (): Promise<string[]> =>
    (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(
        ({ identity, holds }: { identity: string; holds: boolean }) => !holds && ['office_payable', 'fund_received'].includes(identity),
      )
      .map(({ identity }: { identity: string }) => identity);

  it('is owed to one office, or to all in proportion to what each paid in the period', async () => {
    const { body: own } = await record({ officeId: frame.officeId }).expect(201);
    expect(own.shares).toEqual([{ officeId: frame.officeId, officeCode: frame.officeCode, amount: { amount: '10.00', currency: 'DZD' } }]);
    const { body: shared } = await record().expect(201);
    expect(shared.shares).toEqual([
      { officeId: frame.officeId, officeCode: frame.officeCode, amount: { amount: '6.67', currency: 'DZD' } },
      { officeId: elsewhere.officeId, officeCode: elsewhere.officeCode, amount: { amount: '3.33', currency: 'DZD' } },
    ]);
    const { body } = await finance.get(`/v1/programmes/${frame.programmeId}/payables`).expect(200);
    const owed = new Map(body.items.map((item: { officeId: string; owed: { amount: string } }) => [item.officeId, item.owed.amount]));
    expect([owed.get(frame.officeId), owed.get(elsewhere.officeId)]).toEqual(['216.67', '1003.33']);
    const list = await finance.get(`/v1/programmes/${frame.programmeId}/post-fees`).expect(200);
    expect(list.body.items).toEqual([own, shared]);
    expect(await broken()).toEqual([]);
  });

  it('is recorded once by its reference, in the fund’s currency and a period that is one', async () => {
    const reference = newId();
    const both = await Promise.all([record({ reference }), record({ reference })]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const again = await record({ reference }).set('Accept-Language', 'ar').expect(409);
    expect(again.body.detail).toBe('سُجّلت فاتورة بهذا المرجع من قبل.');
    expect(again.headers['content-language']).toBe('ar');
    const abroad = await record({ amount: { amount: '1.00', currency: 'EUR' } })
      .set('Accept-Language', 'fr')
      .expect(422);
    expect(abroad.body.errors).toEqual([
      { pointer: '/amount/currency', code: 'fee_in_other_currency', detail: 'La monnaie du fonds est DZD.' },
    ]);
    const fault = async (fee: object) => (await record(fee).expect(422)).body.errors[0].pointer;
    expect(await fault({ amount: { amount: '1.00', currency: 'EUR' } })).toBe('/amount/currency');
    for (const amount of ['0.00', '-1.00', '1.001']) expect(await fault({ amount: { amount, currency: 'DZD' } })).toBe('/amount/amount');
    expect(await fault({ from: '2026-03-31', to: '2026-03-01' })).toBe('/to');
    expect(await fault({ officeId: newId() })).toBe('/officeId');
    expect(await fault({ from: '2020-01-01', to: '2020-01-31' })).toBe('/officeId');
    await record({ fundId: elsewhere.fundId }).expect(404);
    await record({}, await platform.as('programme_officer', { programme: frame.programmeId })).expect(403);
  });

  it('takes no more of a fund than its share, however many ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => record({ amount: { amount: '200.00', currency: 'DZD' } })));
    expect(answers.filter(({ status }) => status === 201).length).toBe(4);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(new Set(['fee_beyond_share']));
    await agreeOn(null);
    expect((await record({ amount: { amount: '99000.00', currency: 'DZD' } }).expect(409)).body.code).toBe('fee_beyond_fund');
    await agreeOn('0.01');
    expect(await broken()).toEqual([]);
  });

  it('cannot be forged in plain SQL', async () => {
    const sql: pg.Client = await platform.applicationClient();
    const insert = (amount: string, shares: readonly string[]) =>
      sql.query('begin').then(async () => {
        const id = newId();
        try {
          await sql.query(
            `insert into post_fees values ($1, $2, $3, $1::uuid::text, '2026-03-01', '2026-03-31', $4, 'DZD', gen_random_uuid(), now())`,
            [id, frame.programmeId, frame.fundId, amount],
          );
          for (const [i, share] of shares.entries())
            await sql.query(`insert into post_fee_shares values (gen_random_uuid(), $1, $2, $3, 'DZD')`, [
              id,
              [frame.officeId, elsewhere.officeId][i],
              share,
            ]);
          await sql.query('commit');
        } catch (error) {
          await sql.query('rollback');
          throw error;
        }
      });
    await expect(insert('5.00', ['4.00'])).rejects.toMatchObject({ constraint: 'post_fees_shared_out' });
    await expect(insert('5.00', [])).rejects.toMatchObject({ constraint: 'post_fees_shared_out' });
    await expect(insert('5.00', ['4.00', '2.00'])).rejects.toMatchObject({ constraint: 'post_fees_shared_out' });
    await expect(insert('1000.00', ['1000.00'])).rejects.toMatchObject({ constraint: 'post_fees_within_share' });
    for (const table of ['post_fees', 'post_fee_shares'])
      for (const statement of [`delete from ${table}`, `update ${table} set amount = 1`])
        await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  });
});

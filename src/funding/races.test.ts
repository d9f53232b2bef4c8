import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame, receive } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { post } from '../ledger/index.ts';
import { brokenConstraint, Money, newId } from '../platform/index.ts';
import { drawableIn } from './index.ts';

describe('a fund that many draw on at once', () => {
  let platform: TestPlatform;
  let programmeId: string;
  let finance: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    programmeId = (await makeFrame(platform)).programmeId;
    finance = await platform.as('finance_officer', { programme: programmeId });
    const head = await platform.as('finance_officer');
    await head.post('/v1/exchange-rates', { from: 'EUR', to: 'DZD', validOn: '2026-01-01', rate: '100', source: 'A bank' }).expect(201);
  });
  afterAll(() => platform.close());

  const open = async (received?: string): Promise<string> => {
    const { body } = await finance.post(`/v1/programmes/${programmeId}/funds`, { donor: 'D', agreement: newId() }).expect(201);
    if (received) await receive(platform, { programmeId, fundId: body.id }, received);
    return body.id;
  };
  const give = (fundId: string, amount: string, currency: string, reference = newId()) =>
    finance.post(`/v1/funds/${fundId}/contributions`, { amount: { amount, currency }, receivedOn: '2026-02-01', reference });
  const change = (fundId: string, sold: string, bought: string) =>
    finance.post(`/v1/funds/${fundId}/conversions`, {
      sold: { amount: sold, currency: 'EUR' },
      bought: { amount: bought, currency: 'DZD' },
      convertedOn: '2026-02-02',
      reference: newId(),
    });
  /** Commits a sum of each of these funds to one list, as approving it does. */
  const approve = (fundIds: readonly string[], amount: string) => {
    const subject = { type: 'payment_list', id: newId() };
    return platform.app.database.transaction((tx) =>
      post(
        tx,
        platform.clock.now(),
        fundIds.map((fundId) => ({ event: 'approval', programmeId, fundId, subject, amount: Money.of(amount, 'DZD') }) as const),
      ),
    );
  };
  const availableIn = async (fundId: string): Promise<string> =>
    (await finance.get(`/v1/funds/${fundId}/sheet`).expect(200)).body.available.amount;
  const countOf = (tries: readonly PromiseSettledResult<unknown>[]) => tries.filter(({ status }) => status === 'fulfilled').length;

  it('is never overdrawn by lists that are approved together, some of which draw on two', async () => {
    const [one, two] = [await open('1000.00'), await open('700.00')].sort() as [string, string];
    const tries = await Promise.allSettled(
      Array.from({ length: 16 }, (_, i) => approve(i % 2 ? [one, two] : [i % 4 ? two : one], '100.00')),
    );
    for (const result of tries) if (result.status === 'rejected') expect(brokenConstraint(result.reason)).toBe('accounts_not_overdrawn');
    const left = await Promise.all([one, two].map(availableIn));
    expect(countOf(tries)).toBeGreaterThanOrEqual(7);
    for (const amount of left) expect(Number(amount)).toBeGreaterThanOrEqual(0);
    const { rows } = await platform.owner.query<{ committed: string }>(
      `select sum(-p.amount)::text as committed from accounts a join postings p on p.account_id = a.id
      where a.kind = 'fund_committed' and a.fund_id = any($1)`,
      [[one, two]],
    );
    const committed = Money.of(rows[0]?.committed ?? '0', 'DZD');
    expect(Money.sum([committed, ...left.map((amount) => Money.of(amount, 'DZD'))], 'DZD').toString()).toBe('1700.00');
  });

  it('bears an exchange loss or refuses it, while lists take the rest', async () => {
    const fundId = await open();
    await give(fundId, '100.00', 'EUR').expect(201);
    const [lists, conversions] = await Promise.all([
      Promise.allSettled(Array.from({ length: 12 }, () => approve([fundId], '1000.00'))),
      Promise.all(Array.from({ length: 5 }, () => change(fundId, '20.00', '1500.00'))),
    ]);
    const converted = conversions.filter(({ status }) => status === 201).length;
    const refusals = conversions.filter(({ status }) => status !== 201);
    expect(refusals.map(({ body }) => body.code)).toEqual(refusals.map(() => 'loss_not_covered'));
    // Each loses 500 of the 10000 that came in, and each list takes 1000 of what is left.
    const left = 10_000 - 1_000 * countOf(lists) - 500 * converted;
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThan(1_000);
    expect(await availableIn(fundId)).toBe(`${left}.00`);
    const { body } = await finance.get(`/v1/funds/${fundId}/sheet`).expect(200);
    expect(body.foreignCash).toEqual(
      converted === 5
        ? []
        : [
            {
              held: { amount: `${100 - 20 * converted}.00`, currency: 'EUR' },
              value: { amount: `${10_000 - 2_000 * converted}.00`, currency: 'DZD' },
            },
          ],
    );
  });

  it('lets whoever commits money see whether it was set aside for fees, before anybody else can', async () => {
    const { body } = await finance
      .post(`/v1/programmes/${programmeId}/funds`, { donor: 'D', agreement: newId(), feeShare: '0.1' })
      .expect(201);
    await receive(platform, { programmeId, fundId: body.id }, '1000.00');
    const commit = () =>
      platform.app.database.transaction(async (tx) => {
        const subject = { type: 'payment_list', id: newId() };
        await post(tx, platform.clock.now(), [
          { event: 'approval', programmeId, fundId: body.id, subject, amount: Money.of('300.00', 'DZD') },
        ]);
        if ((await drawableIn(tx, body.id)).isNegative) throw new Error('set aside');
      });
    expect(countOf(await Promise.allSettled(Array.from({ length: 6 }, commit)))).toBe(3);
    expect(await availableIn(body.id)).toBe('100.00');
    expect((await drawableIn(platform.app.database.reader, body.id)).toString()).toBe('0.00');
  });

  it('never has more foreign money changed than it holds', async () => {
    const fundId = await open('5000.00');
    await give(fundId, '100.00', 'EUR').expect(201);
    const answers = await Promise.all(Array.from({ length: 6 }, () => change(fundId, '30.00', '3100.00')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 422, 422, 422]);
  });

  it('takes one transfer once, in whatever currency it is entered by several at a time', async () => {
    const [fundId, reference] = [await open(), newId()];
    const answers = await Promise.all(['EUR', 'DZD', 'EUR', 'DZD'].map((currency) => give(fundId, '10.00', currency, reference)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  describe('to somebody who writes plain SQL as the application', () => {
    let intruder: pg.Client;
    let fundId: string;
    let rateId: string;
    beforeAll(async () => {
      intruder = await platform.applicationClient();
      fundId = await open();
      await give(fundId, '100.00', 'EUR').expect(201);
      rateId = (await platform.owner.query('select id from exchange_rates limit 1')).rows[0].id;
    });

    const contribute = (values: Readonly<Record<string, unknown>>) =>
      insert('contributions', {
        id: newId(),
        fund_id: fundId,
        amount: '100',
        currency: 'DZD',
        received_on: '2026-02-01',
        reference: newId(),
        recorded_by: newId(),
        recorded_at: new Date(),
        ...values,
      });
    const convert = (values: Readonly<Record<string, unknown>>) =>
      insert('conversions', {
        id: newId(),
        fund_id: fundId,
        sold_amount: '10',
        sold_currency: 'EUR',
        bought_amount: '900',
        currency: 'DZD',
        booked_value: '1000',
        converted_on: '2026-02-01',
        reference: newId(),
        recorded_by: newId(),
        recorded_at: new Date(),
        ...values,
      });
    const insert = (table: string, row: Readonly<Record<string, unknown>>) =>
      intruder.query(
        `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.keys(row)
          .map((_, i) => `$${i + 1}`)
          .join(', ')})`,
        Object.values(row),
      );

    it.each([
      ['dates that run backwards', `starts_on = '2026-02-01', ends_on = '2026-01-01'`, 'funds_dates'],
      ['a pledge finer than its currency', `pledged = 1.005, agreement_currency = 'EUR'`, 'funds_pledge_fits'],
      ['a pledge in no currency', 'pledged = 1', 'funds_pledge_whole'],
      ['a share above the whole', 'draw_share = 1.1', 'funds_draw_share_check'],
      ['a share for fees above the whole', 'fee_share = 1.1', 'funds_fee_share_check'],
      ['an earmark that is no kind', `earmark_kinds = '{gift}'`, 'funds_earmark_kinds_check'],
      ['an earmark that is no group', `earmark_groups = '{friends}'`, 'funds_earmark_groups_check'],
      ['an earmark that is no wilaya', `earmark_wilayas = '{77}'`, 'funds_wilayas_known'],
      ['a version out of turn', 'version = version + 1', 'funds_versions_in_turn'],
      ['no version at all', 'version = version - 1', 'funds_versions_in_turn'],
    ])('gives a fund no %s', async (_what, terms, constraint) => {
      const update = `update funds set version = version + 1, changed_by = id, changed_at = now(), ${terms} where id = $1`;
      const statement = terms.startsWith('version')
        ? update.replace('version = version + 1, changed_by = id, changed_at = now(), ', '')
        : update;
      await expect(intruder.query(statement, [fundId])).rejects.toMatchObject({ constraint });
    });

    it('opens no fund in another currency than its programme pays in', async () => {
      const row = {
        id: newId(),
        programme_id: programmeId,
        donor: 'D',
        agreement: newId(),
        currency: 'EUR',
        created_by: newId(),
        created_at: new Date(),
      };
      await expect(insert('funds', row)).rejects.toMatchObject({ constraint: 'funds_programme_currency' });
    });

    it('books no contribution in another currency, at another rate, half or twice', async () => {
      const foreign = { foreign_amount: '1', foreign_currency: 'EUR', rate_id: rateId };
      await expect(contribute({ currency: 'EUR' })).rejects.toMatchObject({ constraint: 'contributions_fund_currency' });
      await expect(contribute({ ...foreign, amount: '100.01' })).rejects.toMatchObject({ constraint: 'contributions_at_rate' });
      await expect(contribute({ ...foreign, received_on: '2025-12-31' })).rejects.toMatchObject({ constraint: 'contributions_at_rate' });
      await expect(contribute({ ...foreign, foreign_currency: 'USD' })).rejects.toMatchObject({ constraint: 'contributions_at_rate' });
      await expect(contribute({ foreign_amount: '1' })).rejects.toMatchObject({ constraint: 'contributions_foreign_whole' });
      const { rows } = await platform.owner.query('select reference from contributions where fund_id = $1', [fundId]);
      await expect(contribute({ reference: rows[0].reference })).rejects.toMatchObject({ constraint: 'contributions_reference_once' });
    });

    it('books no conversion beyond what is held, at another value, or into another currency', async () => {
      await expect(convert({ sold_amount: '100.01', booked_value: '10001' })).rejects.toMatchObject({
        constraint: 'conversions_of_what_is_held',
      });
      await expect(convert({ booked_value: '999.98' })).rejects.toMatchObject({ constraint: 'conversions_of_what_is_held' });
      await expect(convert({ sold_currency: 'USD' })).rejects.toMatchObject({ constraint: 'conversions_of_what_is_held' });
      await expect(convert({ currency: 'USD' })).rejects.toMatchObject({ constraint: 'conversions_fund_currency' });
    });

    it('posts no more foreign money out than came in', async () => {
      const moved = (event: 'conversion_out' | 'exchange_loss' | 'conversion_in', amount: Money) =>
        platform.app.database.transaction((tx) =>
          post(tx, platform.clock.now(), [{ event, programmeId, fundId, subject: { type: 'conversion', id: newId() }, amount }]),
        );
      await expect(moved('conversion_out', Money.of('100.01', 'EUR'))).rejects.toMatchObject({ constraint: 'accounts_exchange_held' });
      await expect(moved('conversion_in', Money.of('10000.01', 'DZD'))).rejects.toMatchObject({ constraint: 'accounts_exchange_held' });
    });

    it('rewrites neither history, rates nor conversions', async () => {
      for (const table of ['fund_versions', 'exchange_rates', 'conversions', 'contributions']) {
        for (const statement of [`delete from ${table}`, `truncate ${table}`])
          await expect(intruder.query(statement), statement).rejects.toMatchObject({ code: '42501' });
        await expect(platform.owner.query(`delete from ${table}`), table).rejects.toMatchObject({ constraint: `${table}_append_only` });
      }
      for (const statement of [
        `insert into fund_versions select fund_id, 9, donor, null, null, null, null, null, 1, null, '{}', '{}', '{}', changed_by, now() from fund_versions limit 1`,
        `update funds set currency = 'EUR'`,
        `update funds set agreement = 'another'`,
        `update exchange_rates set rate = 1`,
      ])
        await expect(intruder.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    });
  });
});

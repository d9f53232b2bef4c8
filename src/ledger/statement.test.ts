import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { Money, newId } from '../platform/index.ts';
import { accountKinds, chart } from './chart.ts';
import { type LedgerEvent, post } from './index.ts';
import { postingRules, reversibleEvents, undoneBy } from './rules.ts';

describe('the chart', () => {
  it('has a code and a name in each language for every kind of account, none twice', () => {
    const lines = Object.values(chart);
    expect(new Set(lines.map(({ code }) => code)).size).toBe(lines.length);
    for (const { names } of lines) expect(Object.values(names).every((name) => name.length > 2)).toBe(true);
    expect(accountKinds.map((kind) => chart[kind].code)).toEqual([...lines.map(({ code }) => code)].sort());
  });

  it('leaves no event without a way to undo it', () => {
    for (const event of Object.keys(postingRules))
      expect(event in undoneBy !== (reversibleEvents as readonly string[]).includes(event), event).toBe(true);
  });
});

describe('what the books show', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '100000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await payList(
      platform,
      frame,
      [
        { amount: '100.00', paidOn: '2026-03-10' },
        { amount: '50.00', paidOn: '2026-04-02' },
        { amount: '30.00', paidOn: '2026-04-03', outcome: 'voided' },
        { amount: '20.00', outcome: 'expired' },
      ],
      { approvedAt: '2026-03-01T09:00:00Z' },
    );
    await at('2026-04-30T22:59:59.999Z', 'fee', '7.00');
    await at('2026-04-30T23:00:00.000Z', 'fee', '3.00');
  });
  afterAll(() => platform.close());

  const at = (moment: string, event: LedgerEvent, amount: string) =>
    platform.app.database.transaction((tx) =>
      post(tx, new Date(moment), [
        {
          event,
          programmeId: frame.programmeId,
          fundId: frame.fundId,
          subject: { type: 'test', id: newId() },
          amount: Money.of(amount, 'DZD'),
          officeId: frame.officeId,
        },
      ]),
    );
  const path = (rest: string) => `/v1/programmes/${frame.programmeId}/${rest}`;
  const accountOf = async (kind: string): Promise<string> =>
    (await finance.get(`/v1/funds/${frame.fundId}/accounts`).expect(200)).body.items.find(
      (account: { kind: string }) => account.kind === kind,
    ).id;

  it('is the chart of a fund with what each account holds, by pages', async () => {
    const { body } = await finance.get(`/v1/funds/${frame.fundId}/accounts?limit=3&at=2026-05-01T00:00:00Z`).expect(200);
    const rest = await finance
      .get(`/v1/funds/${frame.fundId}/accounts?limit=3&at=2026-05-01T00:00:00Z&cursor=${body.nextCursor}`)
      .expect(200);
    const all = [...body.items, ...rest.body.items];
    expect(Object.fromEntries(all.map(({ kind, code, balance }) => [kind, [code, balance.amount]]))).toEqual({
      bank: ['1010', '0.00'],
      fund_available: ['2010', '-190.00'],
      fund_committed: ['2020', '0.00'],
      vouchers_outstanding: ['2030', '30.00'],
      payable_to_post: ['2040', '160.00'],
    });
    expect(all.find(({ kind }) => kind === 'payable_to_post')).toMatchObject({
      names: { ar: 'مستحقات البريد', fr: 'Dû à la poste', en: 'Payable to the post' },
      office: { id: frame.officeId, code: frame.officeCode },
      side: 'credit',
    });
  });

  it('is a trial balance of days in the time zone of the programme, or at a moment, in which debits are credits', async () => {
    const { body } = await finance.get(path('trial-balance?from=2026-04-01&to=2026-04-30')).expect(200);
    const line = (kind: string) => body.lines.find((one: { kind: string }) => one.kind === kind);
    expect(line('payable_to_post')).toMatchObject({
      code: '2040',
      opening: { amount: '-100.00' },
      debit: { amount: '30.00' },
      credit: { amount: '87.00' },
      closing: { amount: '-157.00' },
    });
    expect(line('bank')).toMatchObject({ opening: { amount: '0.00' }, closing: { amount: '0.00' } });
    expect(body).toMatchObject({
      balanced: true,
      totals: [{ currency: 'DZD', debit: { amount: '117.00' }, credit: { amount: '117.00' }, balanced: true }],
    });
    const moment = await finance.get(path('trial-balance?at=2026-04-30T22:59:59.999Z')).expect(200);
    expect(moment.body.lines.find((one: { kind: string }) => one.kind === 'payable_to_post').closing.amount).toBe('-157.00');
    const before = await finance.get(path('trial-balance?at=2026-04-30T22:59:59.998Z')).expect(200);
    expect(before.body.lines.find((one: { kind: string }) => one.kind === 'payable_to_post').closing.amount).toBe('-150.00');
    await finance.get(path('trial-balance?at=2026-04-30T22:59:59Z&from=2026-04-01')).expect(422);
  });

  it('is what a fund held at any moment', async () => {
    const held = async (moment: string) =>
      Object.fromEntries(
        (await finance.get(`/v1/funds/${frame.fundId}/balances?at=${moment}`).expect(200)).body.balances.map(
          ({ kind, balance }: { kind: string; balance: { amount: string } }) => [kind, balance.amount],
        ),
      );
    expect(await held('2026-02-28T00:00:00Z')).toMatchObject({ bank: '0.00', fund_available: '0.00', payable_to_post: '0.00' });
    expect(await held('2026-03-10T09:00:00Z')).toMatchObject({ payable_to_post: '100.00', vouchers_outstanding: '80.00' });
    expect(await held('2026-03-10T08:59:59.999Z')).toMatchObject({ payable_to_post: '0.00', vouchers_outstanding: '180.00' });
  });

  it('is the statement of an account, with the balance after each movement, by pages', async () => {
    const id = await accountOf('payable_to_post');
    const { body } = await finance.get(`/v1/accounts/${id}/statement?from=2026-04-01&to=2026-04-30&limit=2`).expect(200);
    expect(body).toMatchObject({ opening: { amount: '-100.00' }, closing: { amount: '-180.00' }, account: { code: '2040' } });
    expect(
      body.items.map(({ event, side, amount, balance }: (typeof body)['items'][number]) => [event, side, amount.amount, balance.amount]),
    ).toEqual([
      ['payout', 'credit', '50.00', '-150.00'],
      ['payout', 'credit', '30.00', '-180.00'],
    ]);
    const { body: next } = await finance
      .get(`/v1/accounts/${id}/statement?from=2026-04-01&to=2026-04-30&limit=2&cursor=${body.nextCursor}`)
      .expect(200);
    expect(next).toMatchObject({ opening: { amount: '-180.00' }, closing: { amount: '-157.00' }, nextCursor: null });
    expect(next.items.map(({ event }: { event: string }) => event)).toEqual(['void', 'fee']);
  });

  it('walks every movement once, whatever the size of the pages', async () => {
    const id = await accountOf('vouchers_outstanding');
    const whole = (await finance.get(`/v1/accounts/${id}/statement?limit=200&to=2026-05-31`).expect(200)).body;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), async (limit) => {
        const seen: object[] = [];
        for (let cursor = ''; ; ) {
          const { body } = await finance
            .get(`/v1/accounts/${id}/statement?to=2026-05-31&limit=${limit}${cursor && `&cursor=${cursor}`}`)
            .expect(200);
          seen.push(...body.items);
          if (!body.nextCursor) break;
          cursor = body.nextCursor;
        }
        expect(seen).toEqual(whole.items);
      }),
      { numRuns: 4 },
    );
    for (const bad of ['x', '2026-01-01~1~1', '2026-99-01 00:00:00+00~01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f~1'])
      await finance.get(`/v1/accounts/${id}/statement?cursor=${Buffer.from(bad).toString('base64url')}`).expect(400);
  });

  it('is a journal that is walked by pages and by what it is of', async () => {
    const first = (await finance.get(`/v1/funds/${frame.fundId}/journal-entries?limit=4&to=2026-05-31`).expect(200)).body;
    const next = (
      await finance.get(`/v1/funds/${frame.fundId}/journal-entries?limit=200&to=2026-05-31&cursor=${first.nextCursor}`).expect(200)
    ).body;
    const events = [...first.items, ...next.items].map(({ event }: { event: string }) => event);
    expect(events.sort()).toEqual(['approval', 'expiry', 'fee', 'fee', 'issue', 'payout', 'payout', 'payout', 'void']);
    const fees = (await finance.get(`/v1/funds/${frame.fundId}/journal-entries?event=fee&to=2026-04-30`).expect(200)).body.items;
    expect(fees).toMatchObject([{ legs: [{ side: 'debit', amount: { amount: '7.00' } }, { officeId: frame.officeId }] }]);
  });

  const csv = async (query = '') => {
    const { text, headers } = await finance.get(path(`general-ledger.csv${query}`)).expect(200);
    expect(headers['content-type']).toMatch(/text\/csv/);
    return parse(text, { columns: true, bom: true }) as Record<string, string>[];
  };

  it('is a general ledger as a file, every leg once, in order', async () => {
    const rows = await csv('?to=2026-05-31');
    expect(rows).toHaveLength(18);
    const sum = (column: string) =>
      Money.sum(
        rows.map((row) => Money.of(row[column] || '0', 'DZD')),
        'DZD',
      ).toString();
    expect(sum('debit')).toBe(sum('credit'));
    expect(rows[0]).toMatchObject({ day: '2026-03-01', event: 'approval', account: '2010', debit: '200.00', credit: '', currency: 'DZD' });
    expect(rows.map(({ at }) => at)).toEqual([...rows.map(({ at }) => at)].sort());
    const april = await csv('?from=2026-04-01&to=2026-04-30');
    expect(april.map(({ event }) => event)).toEqual(['payout', 'payout', 'payout', 'payout', 'void', 'void', 'fee', 'fee']);
  });

  it('has the columns of the agency by a mapping that is data and has versions', async () => {
    await finance.get(path('general-ledger.csv?layout=iom')).expect(409);
    const none = await finance.get(path('account-mapping')).expect(200);
    expect([none.body.version, none.headers['etag']]).toEqual([0, '"0"']);
    const mapping = {
      reason: 'As PRISM has it',
      funds: [{ fundId: frame.fundId, wbs: 'CE.0321.DZ10.77.01.001' }],
      codes: [
        { kind: 'vouchers_outstanding', event: 'payout', glCode: '307410' },
        { kind: 'fund_available', event: 'fee', glCode: '307430' },
        { kind: 'payable_to_post', event: null, glCode: '201500' },
      ],
    };
    const put = (body: object, etag = '"0"', client = finance) => client.put(path('account-mapping'), etag, body);
    const made = await put(mapping).expect(200);
    expect([made.body.version, made.body.madeBy, made.headers['etag']]).toEqual([1, finance.userId, '"1"']);
    await put(mapping).expect(409);
    const april = await csv('?layout=iom&from=2026-04-01&to=2026-04-30');
    expect(april[0]).toMatchObject({
      posting_date: '2026-04-02',
      wbs_element: 'CE.0321.DZ10.77.01.001',
      gl_account: '307410',
      debit: '50.00',
      text: 'payout',
    });
    expect(april.map(({ gl_account }) => gl_account)).toEqual(['307410', '201500', '307410', '201500', '201500', '', '307430', '201500']);
    await put({ ...mapping, codes: [{ kind: 'payable_to_post', event: null, glCode: '999999' }] }, '"1"').expect(200);
    expect((await csv('?layout=iom&from=2026-04-01&to=2026-04-30'))[1]?.['gl_account']).toBe('999999');
    expect((await csv('?layout=iom&from=2026-04-01&to=2026-04-30&mappingVersion=1'))[1]).toMatchObject({
      gl_account: '201500',
      mapping_version: '1',
    });
    const other = await makeFrame(platform);
    const { body } = await put(
      {
        ...mapping,
        funds: [{ fundId: other.fundId, wbs: 'X1' }, ...mapping.funds, ...mapping.funds],
        codes: [...mapping.codes, ...mapping.codes],
      },
      '"2"',
    ).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/funds/0/fundId',
      '/funds/2/fundId',
      '/codes/3',
      '/codes/4',
      '/codes/5',
    ]);
    await put(mapping, '"2"', await platform.as('auditor')).expect(403);
    await finance.get(path('account-mapping?version=9')).expect(404);
  });

  it('keeps a version of a mapping as it was, in plain SQL too', async () => {
    const app = await platform.applicationClient();
    const refused = (statement: string, constraint: string) =>
      expect(app.query(statement), statement).rejects.toMatchObject({ constraint });
    const { programmeId, fundId } = frame;
    await refused(`insert into ledger_mapping_codes values ('${programmeId}', 1, 'bank', null, '102010')`, 'ledger_mappings_at_once');
    await refused(`insert into ledger_mapping_funds values ('${programmeId}', 1, '${fundId}', 'X1')`, 'ledger_mappings_at_once');
    const other = await makeFrame(platform);
    await refused(
      `begin; insert into ledger_mappings (programme_id, version, reason, made_by, made_at) values ('${programmeId}', 9, 'x', '${fundId}', now());
      insert into ledger_mapping_funds values ('${programmeId}', 9, '${other.fundId}', 'X1')`,
      'ledger_mapping_funds_own',
    );
    await app.query('rollback');
    await expect(app.query(`update ledger_mapping_codes set gl_code = '1111'`)).rejects.toMatchObject({ code: '42501' });
  });

  it('is for finance and auditors of the programme, and of a fund no more than that fund', async () => {
    const narrow = await platform.as('finance_officer', { fund: frame.fundId });
    const { body } = await narrow.get(path('trial-balance')).expect(200);
    expect(new Set(body.lines.map(({ fundId }: { fundId: string }) => fundId))).toEqual(new Set([frame.fundId]));
    await narrow.get(path('ledger-periods')).expect(404);
    const stranger = await platform.as('finance_officer', { programme: newId() });
    for (const place of ['trial-balance', 'general-ledger.csv', 'account-mapping']) await stranger.get(path(place)).expect(404);
    await stranger.get(`/v1/accounts/${await accountOf('bank')}/statement`).expect(404);
    await (await platform.as('approver')).get(path('trial-balance')).expect(403);
  });
});

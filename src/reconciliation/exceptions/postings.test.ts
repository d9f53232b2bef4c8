import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { booksOf } from '../../../test/support/books.ts';
import { makeStatement, open } from '../../../test/support/exceptions.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { matchStatement, stageStatement } from '../../../test/support/statements.ts';
import type { ExceptionKind } from '../types.ts';

describe('what the resolution of an exception posts', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let checker: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    [maker, checker] = (await Promise.all([1, 2].map(() => platform.as('finance_officer', { programme: frame.programmeId })))) as [
      Client,
      Client,
    ];
  });

  const books = () => booksOf(maker, frame);
  const ofPayout = async (kind: ExceptionKind, paid: Paid, line?: { amount?: string }): Promise<string> => {
    const { statementId, lineIds } = await makeStatement(platform, frame, line ? [{ serial: paid.serial, ...line }] : []);
    const [id] = await open(platform, frame, statementId, [{ kind, detail: 'x', lineId: lineIds[0] ?? null, payoutId: paid.payoutId }]);
    return id ?? '';
  };
  const propose = (id: string, resolution: string, more: object = {}, client = maker) =>
    client.post(`/v1/exceptions/${id}/proposals`, { resolution, note: 'Agreed by telephone', ...more });
  const approve = (id: string, { body }: { body: { decisions: { id: string }[] } }, client = checker) =>
    client.post(`/v1/exceptions/${id}/proposals/${body.decisions.at(-1)?.id}/approval`);
  const carried = async (id: string, resolution: string, more: object = {}) =>
    (await approve(id, await propose(id, resolution, more).expect(201)).expect(200)).body;
  const reopen = async (id: string) =>
    (await approve(id, await maker.post(`/v1/exceptions/${id}/reopening`, { reason: 'The post wrote again' }).expect(200)).expect(200))
      .body;

  it('claims what the post never listed, keeps it, and takes everything back when the exception is opened again', async () => {
    const [paid] = (await payList(platform, frame, [{ amount: '15000.00' }])) as [Paid];
    const before = await books();
    expect(before).toEqual({ bank: '100000.00', fund_available: '85000.00', payable_to_post: '15000.00' });
    const id = await ofPayout('ours_not_in_statement', paid);
    const proposed = (await propose(id, 'claim_on_post').expect(201)).body;
    expect(proposed).toMatchObject({
      state: 'proposed',
      amount: { amount: '15000.00' },
      decisions: [{ state: 'proposed', amount: { amount: '15000.00' } }],
    });
    expect(await books()).toEqual(before);
    const claimed = (await approve(id, { body: proposed }).expect(200)).body;
    expect(claimed).toMatchObject({
      state: 'resolved',
      resolution: 'claim_on_post',
      resolvedBy: checker.userId,
      claim: { state: 'open', officeId: frame.officeId },
    });
    expect(await books()).toEqual({ bank: '100000.00', fund_available: '85000.00', claims: '15000.00' });
    expect((await carried(id, 'claim_recovered')).claim.state).toBe('recovered');
    expect(await books()).toEqual({ bank: '100000.00', fund_available: '100000.00' });
    expect(await reopen(id)).toMatchObject({ state: 'open', resolution: null, claim: { state: 'undone' } });
    expect(await books()).toEqual(before);
    // And it can be decided anew.
    await carried(id, 'claim_on_post', { amount: { amount: '5000.00', currency: 'DZD' } });
    expect(await books()).toMatchObject({ payable_to_post: '10000.00', claims: '5000.00' });
  });

  it('withdraws a claim that fails, and knows cash that came back from what was kept', async () => {
    const [failed, repaid, returned] = (await payList(platform, frame, [
      { amount: '100.00' },
      { amount: '200.00' },
      { amount: '400.00' },
    ])) as [Paid, Paid, Paid];
    const [one, two, three] = await Promise.all([
      ofPayout('reversed', failed, { amount: '100.00' }),
      ofPayout('wrong_collector', repaid, { amount: '200.00' }),
      ofPayout('wrong_currency', returned, { amount: '400.00' }),
    ]);
    await carried(one, 'claim_on_post');
    await carried(two, 'claim_on_post');
    expect(await books()).toMatchObject({ payable_to_post: '400.00', claims: '300.00', fund_available: '99300.00' });
    await carried(one, 'claim_withdrawn');
    expect(await books()).toMatchObject({ payable_to_post: '500.00', claims: '200.00' });
    await propose(two, 'claim_repaid').expect(422);
    await carried(two, 'claim_repaid', { reference: 'IN-1' });
    // Cash that an agent paid in without any claim.
    await carried(three, 'cash_recovered', { reference: 'IN-2' });
    expect(await books()).toEqual({ bank: '100600.00', payable_to_post: '700.00', fund_available: '99900.00' });
    const { body } = await maker.get(`/v1/programmes/${frame.programmeId}/claims?state=repaid`).expect(200);
    expect(body.items).toMatchObject([{ exceptionId: two, amount: { amount: '200.00', currency: 'DZD' } }]);
    // The bank lists one of the two.
    const today = platform.today();
    const { id: statementId } = await stageStatement(platform, {
      programmeId: frame.programmeId,
      source: 'bank',
      from: today,
      to: today,
      lines: [{ kind: 'deposit', reference: 'IN-1', amount: '200.00', paidOn: today }],
    });
    await matchStatement(platform, statementId);
    const found = await platform.owner.query('select kind, record_type, detail from exceptions where statement_id = $1', [statementId]);
    expect(found.rows).toEqual([
      { kind: 'ours_not_in_statement', record_type: 'cash_recovery', detail: expect.stringContaining('Cash came back: 400.00 DZD') },
    ]);
    await reopen(two);
    await reopen(three);
    expect(await books()).toEqual({ bank: '100000.00', payable_to_post: '700.00', fund_available: '99300.00' });
  });

  it('bears what the post took beyond our books, within what the fund holds', async () => {
    const [paid, expired] = (await payList(platform, frame, [{ amount: '15000.00' }, { amount: '2000.00', outcome: 'expired' }])) as [
      Paid,
      Paid,
    ];
    const over = await ofPayout('amount_over', paid, { amount: '15400.00' });
    const { statementId, lineIds } = await makeStatement(platform, frame, [
      { serial: expired.serial, amount: '2000.00' },
      { serial: '99999999999999', amount: '90000.00' },
    ]);
    const [late, huge] = (await open(platform, frame, statementId, [
      { kind: 'paid_after_expiry', detail: 'x', lineId: lineIds[0] ?? null, payoutId: null },
      { kind: 'paid_not_in_list', detail: 'x', lineId: lineIds[1] ?? null, payoutId: null },
    ])) as [string, string];
    expect((await carried(over, 'write_off')).decisions[0].amount.amount).toBe('400.00');
    await carried(late, 'write_off');
    expect(await books()).toEqual({ bank: '100000.00', payable_to_post: '17400.00', fund_available: '82600.00' });
    expect((await propose(huge, 'write_off')).body.errors[0].pointer).toBe('/fundId');
    const waiting = await propose(huge, 'write_off', { fundId: frame.fundId }).expect(201);
    expect((await approve(huge, waiting).expect(409)).body.code).toBe('fund_short');
    const [decision] = waiting.body.decisions;
    await maker.post(`/v1/exceptions/${huge}/proposals/${decision.id}/refusal`, { reason: 'Too much' }).expect(200);
    await carried(huge, 'write_off', { fundId: frame.fundId, amount: { amount: '82600.00', currency: 'DZD' } });
    expect(await books()).toEqual({ bank: '100000.00', payable_to_post: '100000.00' });
    await reopen(over);
    expect(await books()).toEqual({ bank: '100000.00', payable_to_post: '99600.00', fund_available: '400.00' });
  });

  it('bears what the bank took, at no office', async () => {
    const { statementId, lineIds } = await makeStatement(
      platform,
      frame,
      [
        { kind: 'fee', amount: '350.00' },
        { kind: 'deposit', amount: '350.00' },
      ],
      'bank',
    );
    const [charge, deposit] = (await open(
      platform,
      frame,
      statementId,
      lineIds.map((lineId) => ({ kind: 'bank_not_in_statement', detail: 'x', lineId, payoutId: null })),
    )) as [string, string];
    await carried(charge, 'write_off', { fundId: frame.fundId });
    expect(await books()).toEqual({ bank: '99650.00', fund_available: '99650.00' });
    await propose(deposit, 'write_off', { fundId: frame.fundId }).expect(422);
    const other = await makeStatement(platform, frame, [{ amount: '105.00' }, { amount: '7.00' }], 'bank');
    const [over, twice] = (await open(
      platform,
      frame,
      other.statementId,
      (['amount_over', 'duplicate_in_file'] as const).map((kind, i) => ({
        kind,
        detail: 'x',
        lineId: other.lineIds[i] ?? '',
        payoutId: null,
      })),
    )) as [string, string];
    // In plain SQL, at an office of the post.
    const atOffice = platform.owner.query(
      `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, note, proposed_by, proposed_at)
      values (gen_random_uuid(), $1, 'write_off', 5, 'DZD', $2, $3, 'x', gen_random_uuid(), now())`,
      [over, frame.fundId, frame.officeId],
    );
    await expect(atOffice).rejects.toMatchObject({ constraint: 'exception_decisions_fit_line' });
    await carried(over, 'write_off', { fundId: frame.fundId, amount: { amount: '5.00', currency: 'DZD' } });
    await carried(twice, 'write_off', { fundId: frame.fundId });
    expect(await books()).toEqual({ bank: '99638.00', fund_available: '99638.00' });
  });

  it('posts nothing where nothing moves', async () => {
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const before = await books();
    const id = await ofPayout('wrong_office', paid, {});
    await propose(id, 'claim_on_post').expect(422);
    await maker.post(`/v1/exceptions/${id}/resolution`, { resolution: 'post_error', note: 'They will correct it' }).expect(200);
    expect(await books()).toEqual(before);
    const { body } = await maker.post(`/v1/exceptions/${id}/reopening`, { reason: 'They did not' }).expect(200);
    expect(body).toMatchObject({ state: 'open', history: [{ what: 'resolved' }, { what: 'reopened', reason: 'They did not' }] });
  });
});

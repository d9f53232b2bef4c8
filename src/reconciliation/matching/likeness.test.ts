import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type Line, makeBookkeeping, matchedStatement, matchesOf } from '../../../test/support/statements.ts';
import type { Match } from './types.ts';

describe('lines of the post that name no voucher', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const matched = async (lines: readonly Line[]): Promise<{ matches: Match[]; kinds: string[]; matching: Record<string, unknown> }> => {
    const { id } = await matchedStatement(platform, { programmeId: frame.programmeId, lines });
    const { body: matching } = await officer.get(`/v1/statements/${id}/matching`).expect(200);
    return { matches: await matchesOf(officer, id), matching, kinds: matching.exceptions.map(({ kind }: { kind: string }) => kind) };
  };
  const begin = async (...wishes: Parameters<typeof payList>[2]): Promise<Paid[]> => {
    ({ frame, officer } = await makeBookkeeping(platform));
    return payList(platform, frame, wishes);
  };

  it('are found by the pay-out that they quote, and only when the amount agrees', async () => {
    const [one, other] = (await begin({}, {})) as [Paid, Paid];
    const { matches, matching } = await matched([
      { ourReference: one.payoutId.toUpperCase(), paidOn: '2026-03-12' },
      { ourReference: other.payoutId, amount: '15001.00' },
    ]);
    expect(matches).toMatchObject([
      {
        row: 1,
        pass: 'exact',
        targets: [{ type: 'payout', id: one.payoutId }],
        reason: 'The post quotes our pay-out, and the amount agrees; the dates are 2 days apart.',
      },
    ]);
    expect(matching).toMatchObject({
      state: 'reconciled',
      run: { state: 'done', number: 1 },
      exceptions: [{ kind: 'amount_over', open: 1 }],
    });
  });

  it('are found by document, amount, office and day where exactly one fits the other', async () => {
    const [alone] = (await begin({ paidOn: '2026-03-02' }, { paidOn: '2026-03-20' }, { paidOn: '2026-03-21' })) as [Paid, Paid, Paid];
    const line = { documentLastFour, officeCode: frame.officeCode };
    const { matches, kinds } = await matched([
      { ...line, paidOn: '2026-03-04' },
      { ...line, paidOn: '2026-03-20' },
      { ...line, paidOn: '2026-03-02', serial: '99999999999999' },
    ]);
    expect(matches.map(({ row, pass, targets }) => [row, pass, targets[0]?.id])).toEqual([[1, 'document', alone.payoutId]]);
    expect(kinds).toEqual(['ours_not_in_statement', 'paid_not_in_list']);
  });

  it('are the sum of what an office paid on a day', async () => {
    const paid = await begin({}, {}, { amount: '1000.50' }, { paidOn: '2026-03-25' });
    const { matches, matching } = await matched([
      { officeCode: frame.officeCode, amount: '31000.50', paidOn: '2026-03-11' },
      { officeCode: frame.officeCode, amount: '31000.50', paidOn: '2026-03-11' },
      { kind: 'deposit', officeCode: frame.officeCode, paidOn: '2026-03-25' },
    ]);
    expect(matches.map(({ row, pass, targetCount }) => [row, pass, targetCount])).toEqual([
      [1, 'office_day', 3],
      [3, 'office_day_deposit', 1],
    ]);
    expect(matches[0]?.targets.map(({ id }) => id).sort()).toEqual(
      paid
        .slice(0, 3)
        .map(({ payoutId }) => payoutId)
        .sort(),
    );
    expect(matches[0]?.reason).toBe('The amount is what 3 pay-outs of the office come to; the dates are 1 days apart.');
    expect(matching).toMatchObject({
      passes: [
        { name: 'office_day', count: 1 },
        { name: 'office_day_deposit', count: 1 },
      ],
      exceptions: [{ kind: 'paid_not_in_list', open: 1 }],
    });
  });

  it('are the sum of days that follow each other, of an office or of all, where one span alone fits', async () => {
    const other = (await makeFrame(platform)).officeId;
    const paid = await begin(
      { amount: '100.00', paidOn: '2026-03-09' },
      { amount: '200.00', paidOn: '2026-03-10' },
      { amount: '300.00', paidOn: '2026-03-11' },
      { amount: '55.00', paidOn: '2026-03-20' },
      { amount: '55.00', paidOn: '2026-03-21' },
      { amount: '55.00', paidOn: '2026-03-22' },
      { amount: '7.00', paidOn: '2026-03-25', officeId: other },
      { amount: '8.00', paidOn: '2026-03-26' },
    );
    const { matches, matching } = await matched([
      { officeCode: frame.officeCode, amount: '600.00', paidOn: '2026-03-13' },
      // Two spans come to it.
      { officeCode: frame.officeCode, amount: '110.00', paidOn: '2026-03-23' },
      // Between the two days lies another with something to claim.
      { officeCode: frame.officeCode, amount: '400.00', paidOn: '2026-03-13' },
      { kind: 'deposit', amount: '15.00', paidOn: '2026-03-28', officeCode: null },
      // Before the last of it was paid.
      { amount: '62.00', paidOn: '2026-03-24', officeCode: null },
    ]);
    expect(matches.map(({ row, pass, targets }) => [row, pass, targets.map(({ id }) => id).sort()])).toEqual([
      [
        1,
        'office_days',
        paid
          .slice(0, 3)
          .map(({ payoutId }) => payoutId)
          .sort(),
      ],
      [
        4,
        'days_deposit',
        paid
          .slice(6)
          .map(({ payoutId }) => payoutId)
          .sort(),
      ],
    ]);
    expect(matches[0]?.reason).toBe(
      'The amount is what 3 pay-outs of the office come to on days that follow each other, the first 4 days before.',
    );
    expect(matching['exceptions']).toContainEqual({ kind: 'paid_not_in_list', open: 3, resolved: 0 });
  });

  it('leaves days that two lines could be to somebody', async () => {
    await begin(
      { amount: '10.00', paidOn: '2026-03-02' },
      { amount: '20.00', paidOn: '2026-03-03' },
      { amount: '40.00', paidOn: '2026-03-04' },
    );
    const { matches } = await matched([
      { officeCode: frame.officeCode, amount: '30.00', paidOn: '2026-03-06' },
      { officeCode: frame.officeCode, amount: '60.00', paidOn: '2026-03-06' },
    ]);
    expect(matches).toEqual([]);
  });

  it('may be fees, which open nothing and are the recorded invoice of their reference', async () => {
    await begin({});
    await platform.owner.query(`set session_replication_role = replica`);
    await platform.owner.query(
      `insert into post_fees values (gen_random_uuid(), $1, $2, 'INV-1', '2026-03-01', '2026-03-31', 450, 'DZD', $1, now())`,
      [frame.programmeId, frame.fundId],
    );
    await platform.owner.query(`set session_replication_role = origin`);
    const { matches, matching } = await matched([
      { kind: 'fee', reference: 'inv-1', amount: '450.00' },
      { kind: 'fee', reference: 'INV-2', amount: '30.00' },
    ]);
    expect(matches).toMatchObject([{ row: 1, pass: 'fee', targets: [{ type: 'fee' }] }]);
    expect(matching).toMatchObject({
      fees: { count: 2, matched: 1, total: { amount: '480.00', currency: 'DZD' } },
      exceptions: [{ kind: 'ours_not_in_statement', open: 1 }],
    });
  });
});

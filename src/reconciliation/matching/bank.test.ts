import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handedAdvance } from '../../../test/support/bank-records.ts';
import { type Frame, receive } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { instructed } from '../../../test/support/settled.ts';
import { makeBookkeeping, matchedStatement, matchesOf, stageStatement } from '../../../test/support/statements.ts';

describe('the bank’s statement', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    ({ frame, officer } = await makeBookkeeping(platform));
  });
  afterAll(() => platform.close());

  const advance = (amount: string, reference: string, on: string) => handedAdvance(platform, frame, { reference, amount, on });

  it('is matched with the settlement whose reference it quotes, and with no other amount', async () => {
    const { frame: own, officer: reader } = await makeBookkeeping(platform);
    await payList(platform, own, [{ amount: '6000.00' }]);
    const moment = new Date('2026-03-04T12:00:00Z');
    const quoted = await instructed(platform, own, '5000.00', { moment, reference: 'SET-1' });
    await instructed(platform, own, '600.00', { moment, reference: 'SET-2' });
    const { id } = await matchedStatement(platform, {
      programmeId: own.programmeId,
      source: 'bank',
      lines: [
        { reference: 'B1', ourReference: 'set-1', amount: '5000.00', paidOn: '2026-03-20' },
        { reference: 'B2', ourReference: 'SET-1', amount: '5000.00', paidOn: '2026-03-21' },
        { reference: 'SET-2', amount: '500.00', paidOn: '2026-03-05' },
      ],
    });
    expect(await matchesOf(reader, id)).toMatchObject([
      {
        row: 1,
        pass: 'settlement_reference',
        targets: [{ type: 'settlement', id: quoted }],
        reason: 'The bank quotes our reference, and the amount is what 1 settlements of it come to.',
      },
    ]);
    const { rows } = await platform.owner.query(
      'select l.row_number as row, e.kind from exceptions e join statement_lines l on l.id = e.statement_line_id where e.statement_id = $1 order by 1',
      [id],
    );
    expect(rows).toEqual([
      { row: 2, kind: 'bank_not_in_statement' },
      { row: 3, kind: 'amount_under' },
    ]);
  });

  it('is matched with contributions and advances, by what it quotes or where nothing else fits', async () => {
    const [quoted, alike, twin, other, missing] = [
      await advance('700.00', 'ADV-1', '2026-03-02'),
      await advance('800.00', 'ADV-2', '2026-03-05'),
      await advance('900.00', 'ADV-3', '2026-03-05'),
      await advance('900.00', 'ADV-4', '2026-03-06'),
      await advance('50.00', 'ADV-5', '2026-03-09'),
    ];
    await receive(platform, frame, '5000.00'); // dated 1 January: out of the period, and of any window
    const lines = [{ reference: 'B10', amount: '4.00' }];
    const earlier = await stageStatement(platform, { programmeId: frame.programmeId, source: 'bank', lines });
    const { id } = await matchedStatement(
      platform,
      {
        programmeId: frame.programmeId,
        source: 'bank',
        lines: [
          { reference: 'B1', ourReference: 'adv-1', amount: '700.00', paidOn: '2026-03-28' },
          { reference: 'B2', amount: '800.00', paidOn: '2026-03-06' },
          { reference: 'B3', amount: '900.00', paidOn: '2026-03-05' },
          { reference: 'B4', ourReference: 'ADV-5', amount: '51.00', paidOn: '2026-03-09' },
          { reference: 'B5', kind: 'deposit', amount: '12.00' },
          { reference: 'B2', kind: 'reversal', amount: '800.00', paidOn: '2026-03-08' },
          { reference: 'B9', kind: 'reversal', amount: '3.00' },
          { reference: 'B10', amount: '4.00', repeats: earlier.lineIds[0] ?? '' },
          { reference: 'B11', kind: 'deposit', amount: '5000.00', paidOn: '2026-03-01' },
          { reference: 'B5', kind: 'deposit', amount: '12.00' },
          { reference: 'B12', ourReference: 'ADV-5', amount: '50.00', currency: 'EUR' },
        ],
      },
      3,
    );
    expect((await matchesOf(officer, id)).map(({ row, pass, targets }) => [row, pass, targets[0]?.type, targets[0]?.id])).toEqual([
      [1, 'advance_reference', 'advance', quoted],
      [2, 'advance', 'advance', alike],
      [6, 'reversal_of_reference', 'line', expect.any(String)],
    ]);
    const { rows } = await platform.owner.query(
      `select l.row_number as row, e.kind, e.record_id as record from exceptions e left join statement_lines l on l.id = e.statement_line_id
      where e.statement_id = $1 order by l.row_number, e.id`,
      [id],
    );
    expect(rows).toEqual([
      { row: 3, kind: 'bank_not_in_statement', record: null },
      { row: 4, kind: 'amount_over', record: missing },
      { row: 5, kind: 'bank_not_in_statement', record: null },
      { row: 6, kind: 'reversed', record: null },
      { row: 7, kind: 'reversal_without_payment', record: null },
      { row: 9, kind: 'bank_not_in_statement', record: null },
      { row: 10, kind: 'duplicate_in_file', record: null },
      { row: 11, kind: 'wrong_currency', record: missing },
      { row: null, kind: 'ours_not_in_statement', record: twin },
      { row: null, kind: 'ours_not_in_statement', record: other },
    ]);
  });
});

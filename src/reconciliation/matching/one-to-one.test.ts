import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type Line, matchedStatement } from '../../../test/support/statements.ts';

const days = ['2026-03-10', '2026-03-11', '2026-03-13', '2026-03-20'];

describe('matching, whatever the lines', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let paid: Paid[];
  beforeAll(async () => {
    platform = await startPlatform({ works: false });
    frame = await makeFrame(platform);
    paid = await payList(
      platform,
      frame,
      Array.from({ length: 6 }, (_, i) => ({ paidOn: days[i % 3] ?? '', ...(i > 3 ? { amount: '9000.00' } : {}) })),
    );
  });
  afterAll(() => platform.close());

  /** A line that may be one of the pay-outs, more or less; equal ones have equal keys. */
  const aLine = fc
    .record({
      which: fc.nat(5),
      by: fc.constantFrom('serial', 'quote', 'document', 'nothing'),
      paidOn: fc.constantFrom(...days),
      amount: fc.constantFrom('15000.00', '9000.00', '24000.00'),
      kind: fc.constantFrom('payment', 'payment', 'payment', 'reversal', 'deposit') as fc.Arbitrary<NonNullable<Line['kind']>>,
    })
    .map(({ which, by, ...line }) => ({ ...line, ...said(by, which) }));
  const said = (by: string, which: number): Line => {
    const one = paid[which];
    if (by === 'serial') return { serial: one?.serial ?? null, reference: 'day' };
    if (by === 'quote') return { ourReference: one?.payoutId ?? '', reference: 'day' };
    return { officeCode: frame.officeCode, reference: 'day', ...(by === 'document' ? { documentLastFour } : {}) };
  };

  /** What each line became, by what the line says: lines that say the same are told apart by nothing. */
  async function outcome(lines: readonly Line[], batch: number): Promise<{ said: string[]; claimed: string[] }> {
    const { id } = await matchedStatement(platform, { programmeId: frame.programmeId, lines }, batch);
    const { rows } = await platform.owner.query<{ row: number; pass: string; targets: string[] }>(
      `select l.row_number as row, m.pass, array_agg(t.target_type || '/' || t.target_id order by t.part) as targets
      from statement_lines l join statement_matches m on m.statement_line_id = l.id join statement_match_targets t on t.statement_line_id = l.id
      where l.statement_id = $1 group by 1, 2`,
      [id],
    );
    await platform.owner.query('delete from exceptions where statement_id = $1', [id]);
    await platform.owner.query(
      'delete from statement_matches m using statement_lines l where l.id = m.statement_line_id and l.statement_id = $1',
      [id],
    );
    // Statements that are gone are in nobody's way: what they listed is no duplicate of what comes next.
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query('delete from statement_lines where statement_id = $1', [id]);
    await platform.owner.query('set session_replication_role = origin');
    // A reversal's target is another line, whose identifier differs each time.
    const what = (targets: readonly string[]) => targets.map((target) => (target.startsWith('line/') ? 'line' : target));
    const became = rows.map(({ row, pass, targets }) => JSON.stringify([lines[row - 1], pass, what(targets)]));
    return { said: became.sort(), claimed: rows.flatMap(({ targets }) => targets) };
  }

  it('is one-to-one, and the same in any order of lines and any size of batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(aLine, { minLength: 1, maxLength: 10 })
          .chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length }), fc.constantFrom(3, 50))),
        async ([lines, shuffled, batch]) => {
          const one = await outcome(lines, 50);
          expect(new Set(one.claimed).size).toBe(one.claimed.length);
          expect(await outcome(lines, 50)).toMatchObject({ said: one.said });
          expect(await outcome(shuffled, batch)).toMatchObject({ said: one.said });
        },
      ),
      { numRuns: 8 },
    );
  });
});

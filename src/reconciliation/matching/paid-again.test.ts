import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type Line, makeBookkeeping, matchedStatement, matchesOf } from '../../../test/support/statements.ts';

describe('a payment that its file takes back and makes again', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    ({ frame, officer } = await makeBookkeeping(platform));
  });
  afterAll(() => platform.close());

  type Move = Pick<Line, 'kind' | 'paidOn'>;
  const [pay, back]: [Move, Move] = [{ kind: 'payment' }, { kind: 'reversal' }];
  const on = (move: Move, day: string): Move => ({ ...move, paidOn: `2026-03-${day}` });

  /** What becomes of the moves of one pay-out: which rows are what, and what they are called. */
  async function outcome(moves: readonly Move[], says: (paid: Paid) => Line, batch?: number) {
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const said = says(paid);
    const lines = moves.map((move) => ({ ...said, paidOn: paid.paidOn, ...move }));
    const { id, lineIds } = await matchedStatement(platform, { programmeId: frame.programmeId, lines }, batch);
    const matches = Object.fromEntries(
      (await matchesOf(officer, id)).map(({ row, targets }) => {
        const target = targets[0]?.id ?? '';
        return [row, target === paid.payoutId ? 'ours' : lineIds.indexOf(target) + 1];
      }),
    );
    const { rows } = await platform.owner.query<{ row: number | null; kind: string; payout: string | null }>(
      `select l.row_number as row, e.kind, e.payout_id as payout from exceptions e left join statement_lines l on l.id = e.statement_line_id
      where e.statement_id = $1 and (e.payout_id = $2 or l.id is not null) and e.state = 'open' order by 1`,
      [id, paid.payoutId],
    );
    // The pay-out is in nobody's way afterwards.
    await platform.owner.query('delete from exceptions where statement_id = $1', [id]);
    return { matches, kinds: rows.map(({ row, kind }) => [row, kind]), claims: rows.some(({ payout }) => payout !== null) };
  }

  let counter = 0;
  const ways: Readonly<Record<string, (paid: Paid) => Line>> = {
    'by serial': ({ serial }) => ({ serial }),
    'by serial and reference': ({ serial }) => ({ serial, reference: `S-${serial}` }),
    'by what it quotes of ours': ({ payoutId }) => ({ reference: `Q-${payoutId.slice(-12)}`, ourReference: payoutId }),
    'by our identifier as reference': ({ payoutId }) => ({ reference: payoutId }),
    'by likeness, with one reference': () => {
      counter += 1;
      return { reference: `L-${counter}`, officeCode: frame.officeCode, documentLastFour };
    },
  };

  for (const [way, says] of Object.entries(ways)) {
    it(`is the payment that stands, and nothing is named, ${way}`, async () => {
      for (const batch of [2, 50])
        expect(await outcome([pay, back, pay], says, batch)).toEqual({ matches: { 2: 1, 3: 'ours' }, kinds: [], claims: false });
    });

    it(`is taken back where nothing follows, ${way}`, async () => {
      expect(await outcome([pay, back], says)).toEqual({ matches: { 1: 'ours', 2: 1 }, kinds: [[2, 'reversed']], claims: true });
    });
  }

  const { 'by serial': bySerial = () => ({}) } = ways;

  it('is claimed twice where nothing is taken back', async () => {
    expect(await outcome([pay, pay], bySerial)).toEqual({ matches: { 1: 'ours' }, kinds: [[2, 'duplicate_in_file']], claims: true });
    expect((await outcome([pay, back, pay, pay], bySerial)).kinds).toEqual([[expect.any(Number), 'duplicate_in_file']]);
  });

  it('is the payment that stands on other days too, in any order of rows', async () => {
    const sooner = [on(pay, '10'), on(back, '10'), on(pay, '11')];
    const later = [on(pay, '10'), on(back, '11'), on(pay, '11')];
    const apart = [on(pay, '08'), on(back, '09'), on(pay, '12')];
    for (const moves of [sooner, later, apart])
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 2],
        [1, 2, 0],
      ]) {
        const rows = order.flatMap((i) => moves[i] ?? []);
        const row = (i: number) => order.indexOf(i) + 1;
        expect(await outcome(rows, bySerial), JSON.stringify(rows)).toEqual({
          matches: { [row(1)]: row(0), [row(2)]: 'ours' },
          kinds: [],
          claims: false,
        });
      }
    const { kinds } = await outcome([back, pay, pay], bySerial);
    expect(kinds).toEqual([]);
  });

  it('may be so several times', async () => {
    expect(await outcome([pay, back, pay, back, pay], bySerial)).toEqual({
      matches: { 2: 1, 4: 3, 5: 'ours' },
      kinds: [],
      claims: false,
    });
    // Taken back for good: once, and not once for each reversal.
    expect((await outcome([pay, back, pay, back], bySerial)).kinds).toEqual([[expect.any(Number), 'reversed']]);
  });

  it('is what it was where the payment that follows is none of ours', async () => {
    // Of another amount, or so late that no pass takes it for the pay-out.
    const far = await outcome([on(pay, '10'), on(back, '10'), on(pay, '25')], bySerial);
    expect(far).toMatchObject({
      matches: { 1: 'ours', 2: 1 },
      kinds: [
        [2, 'reversed'],
        [3, 'duplicate_in_file'],
      ],
    });
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const lines: Line[] = [pay, back, { ...pay, amount: '14000.00' }].map((move) => ({ serial: paid.serial, ...move }));
    const { id } = await matchedStatement(platform, { programmeId: frame.programmeId, lines });
    expect((await matchesOf(officer, id)).map(({ row }) => row)).toEqual([1, 2]);
  });

  it('stays so when the statement is matched again', async () => {
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const lines = [pay, back, pay].map((move) => ({ serial: paid.serial, ...move }));
    const { id } = await matchedStatement(platform, { programmeId: frame.programmeId, lines });
    const before = await matchesOf(officer, id);
    await officer.post(`/v1/statements/${id}/matching-runs`, { reason: 'Once more' }).expect(202);
    await platform.settled();
    expect(await matchesOf(officer, id)).toEqual(before);
    expect(before.map(({ row }) => row)).toEqual([2, 3]);
    const { rows } = await platform.owner.query('select kind from exceptions where statement_id = $1 and statement_line_id is not null', [
      id,
    ]);
    expect(rows).toEqual([]);
  });
});

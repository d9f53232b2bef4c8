import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handedAdvance, toldSettlement } from '../../../test/support/bank-records.ts';
import { type Frame, receive } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type Line, makeBookkeeping, matchedStatement, matchesOf, type StatementWish } from '../../../test/support/statements.ts';

describe('statements that would hide something', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    ({ frame, officer } = await makeBookkeeping(platform));
  });
  afterAll(() => platform.close());

  const matched = (source: 'post' | 'bank', lines: readonly Line[], wish: Partial<StatementWish> = {}) =>
    matchedStatement(platform, { programmeId: frame.programmeId, source, lines, ...wish });
  const foundIn = async (id: string): Promise<[number, string, string | undefined][]> =>
    (await matchesOf(officer, id)).map(({ row, pass, targets }) => [row, pass, targets[0]?.id]);
  const kindsOf = async (id: string): Promise<[number, string][]> =>
    (
      await platform.owner.query<{ row: number; kind: string }>(
        `select l.row_number as row, e.kind from exceptions e join statement_lines l on l.id = e.statement_line_id
        where e.statement_id = $1 and e.resolution is distinct from 'superseded' order by 1, 2`,
        [id],
      )
    ).rows.map(({ row, kind }) => [row, kind]);
  const missingOf = async (id: string): Promise<string[]> =>
    (
      await platform.owner.query<{ id: string }>(
        `select coalesce(payout_id, record_id) as id from exceptions where statement_id = $1 and kind = 'ours_not_in_statement' and state = 'open'`,
        [id],
      )
    ).rows.map((row) => row.id);
  const match = (id: string, row: number, type: string, target: string | undefined) =>
    officer.post(`/v1/statements/${id}/matches`, { row, targets: [{ type, id: target }], reason: 'They say so' });
  const refusal = async (asked: ReturnType<typeof match>): Promise<string> => (await asked.expect(422)).body.errors[0].detail;

  it('are matched by hand with records of the line’s kind and amount only', async () => {
    const advance = await handedAdvance(platform, frame, { reference: 'HAND-1', amount: '10000.00', on: '2026-01-05' });
    await receive(platform, frame, '7000.00');
    const { rows } = await platform.owner.query(`select id from contributions where amount = 7000`);
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const { id, lineIds } = await matched('bank', [
      { amount: '1000000.00' },
      { amount: '7000.00' },
      { kind: 'deposit', amount: paid.amount },
      { kind: 'reversal', reference: 'R9', amount: '5.00' },
      { amount: '10000.00' },
    ]);
    const [large, , , taken] = lineIds;
    expect(await refusal(match(id, 1, 'advance', advance))).toContain('do not come to the amount');
    expect(await refusal(match(id, 2, 'contribution', rows[0].id))).toContain('never such a record');
    expect(await refusal(match(id, 3, 'payout', paid.payoutId))).toContain('never such a record');
    expect(await refusal(match(id, 2, 'line', large))).toContain('no such record');
    expect(await refusal(match(id, 5, 'line', taken))).toContain('no such record');
    expect(await refusal(match(id, 4, 'line', large))).toContain('do not come to the amount');
    expect(await kindsOf(id)).toHaveLength(5);
    await match(id, 5, 'advance', advance).expect(200);
    // In plain SQL, by a pass.
    const sql = await platform.applicationClient();
    const plain = (line: string | undefined, type: string, target: string) =>
      sql
        .query(
          `with m as (insert into statement_matches values ($1, 'advance', 0, 'Plain', true, gen_random_uuid(), now()))
          insert into statement_match_targets values ($2, $3, $1, 0)`,
          [line, type, target],
        )
        .catch(({ constraint }: { constraint: string }) => constraint);
    const other = await handedAdvance(platform, frame, { reference: 'HAND-2', amount: '10.00', on: '2026-01-05' });
    expect(await plain(large, 'advance', other)).toBe('statement_match_targets_sum');
    expect(await plain(lineIds[1], 'contribution', rows[0].id)).toBe('statement_match_targets_fit');
  });

  it('quote a pay-out of another programme, which is nothing of theirs, and are read all the same', async () => {
    const { frame: elsewhere } = await makeBookkeeping(platform);
    const [theirs] = (await payList(platform, elsewhere, [{ amount: '130.00' }])) as [Paid];
    const [ours] = (await payList(platform, frame, [{ amount: '130.00' }])) as [Paid];
    const { id } = await matched('post', [
      { ourReference: theirs.payoutId, amount: '130.00' },
      { ourReference: theirs.payoutId, serial: theirs.serial, amount: '130.00' },
      { reference: theirs.payoutId, serial: ours.serial, amount: '130.00' },
    ]);
    expect((await foundIn(id)).map(([row, , target]) => [row, target])).toEqual([[3, ours.payoutId]]);
    expect(await kindsOf(id)).toEqual([1, 2].map((row) => [row, 'paid_not_in_list']));
  });

  it('are compared with the pay-out that a person chose, whatever serial the line has', async () => {
    const [named, chosen] = (await payList(platform, frame, [{ outcome: 'live', amount: '900.00' }, { amount: '100.00' }])) as [Paid, Paid];
    const { id } = await matched('post', [{ serial: named.serial, amount: '900.00' }]);
    await match(id, 1, 'payout', chosen.payoutId).expect(200);
    expect(await kindsOf(id)).toEqual([[1, 'amount_over']]);
  });

  it('never pass another amount off as ours, however much a tolerance allows', async () => {
    const { frame: own, officer: finance } = await makeBookkeeping(platform);
    const wishes = [{ amount: '100.00' }, { amount: '100.00' }, { amount: '100.00' }, { amount: '100.00' }, { amount: '321.00' }];
    const [over, under, quoted, exact, likely] = (await payList(platform, own, wishes)) as [Paid, Paid, Paid, Paid, Paid];
    const path = `/v1/programmes/${own.programmeId}/matching-passes`;
    const { body, headers } = await finance.get(path).expect(200);
    const generous = body.passes.map((pass: { target: string; sums: string | null }) =>
      pass.target === 'payout' && pass.sums === null ? { ...pass, tolerance: '1000000' } : pass,
    );
    await finance.put(path, headers['etag'] ?? '', { reason: 'Rounding', passes: generous }).expect(200);
    const lines = [
      { serial: over.serial, amount: '90000.00' },
      { serial: under.serial, amount: '0.01' },
      { ourReference: quoted.payoutId, amount: '100.01' },
      // The nearer one is the pay-out, wherever it stands.
      { serial: exact.serial, amount: '90000.00' },
      { serial: exact.serial, amount: '100.00' },
      { officeCode: own.officeCode, documentLastFour, amount: '320.00' },
    ];
    const { id } = await matched('post', lines, { programmeId: own.programmeId });
    expect((await matchesOf(finance, id)).map(({ row, targets }) => [row, targets[0]?.id])).toEqual([
      [1, over.payoutId],
      [2, under.payoutId],
      [3, quoted.payoutId],
      [5, exact.payoutId],
      [6, likely.payoutId],
    ]);
    expect(await kindsOf(id)).toEqual([
      [1, 'amount_over'],
      [2, 'amount_under'],
      [3, 'amount_over'],
      [4, 'duplicate_in_file'],
      [6, 'amount_under'],
    ]);
    const { rows } = await platform.owner.query(
      `select amount::text from exceptions where statement_id = $1 and kind like 'amount%' order by id`,
      [id],
    );
    expect(rows.map(({ amount }) => amount)).toEqual(['89900.00', '99.99', '0.01', '1.00']);
  });

  it('say nothing in common where they give no reference, and what the bank calls a fee has to be explained', async () => {
    const nothing = ['NONREF', 'nonref ', 'NOTPROVIDED', ''];
    await matched('bank', [{ reference: 'NONREF', amount: '44.00', paidOn: '2026-02-10' }], { from: '2026-02-01', to: '2026-02-28' });
    const { id } = await matched('bank', [
      ...nothing.flatMap((reference) => [
        { reference, amount: '44.00' },
        { reference, amount: '44.00' },
      ]),
      { kind: 'reversal', reference: 'NONREF', amount: '44.00', paidOn: '2026-03-11' },
      { kind: 'fee', reference: 'F1', amount: '100000.00' },
    ]);
    expect(await foundIn(id)).toEqual([]);
    expect(await kindsOf(id)).toEqual([
      ...Array.from({ length: 8 }, (_, i) => [i + 1, 'bank_not_in_statement']),
      [9, 'reversal_without_payment'],
      [10, 'bank_not_in_statement'],
    ]);
    const { body } = await officer.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body.fees).toMatchObject({ count: 1, matched: 0 });
  });

  it('take back the last line before them, and nothing that is a year old', async () => {
    const old = { reference: 'OLD', amount: '3.00', paidOn: '2025-01-10' };
    await matched('bank', [old], { from: '2025-01-01', to: '2025-01-31' });
    const line = { reference: 'BACK', amount: '5.00' };
    const { id, lineIds } = await matched('bank', [
      line,
      { ...line, kind: 'reversal' },
      line,
      { ...line, kind: 'reversal' },
      line,
      { ...old, kind: 'reversal', paidOn: '2026-03-10' },
    ]);
    expect(await foundIn(id)).toEqual([
      [2, 'reversal_of_reference', lineIds[0]],
      [4, 'reversal_of_reference', lineIds[2]],
    ]);
  });

  it('are named once each where one serial stands on every line', async () => {
    const [paid] = (await payList(platform, frame, [{ amount: '77.00' }])) as [Paid];
    const { serial } = paid;
    const lines = [1, 2, 3, 4].map((i) => ({ serial, reference: `S${i}`, amount: '77.00', paidOn: paid.paidOn }));
    const { id } = await matched('post', lines);
    expect(await kindsOf(id)).toEqual([2, 3, 4].map((row) => [row, 'duplicate_in_file']));
    const again = await matched('post', lines.slice(0, 2), { name: 'Again' });
    expect(await kindsOf(again.id)).toEqual([
      [1, 'duplicate_across_files'],
      [2, 'duplicate_in_file'],
    ]);
  });

  it('never explain by its amount a line that quotes another record, one that was cancelled too', async () => {
    const on = '2026-03-10';
    await toldSettlement(platform, frame, { reference: 'SET-OFF', amount: '610.00', on, state: 'cancelled' });
    const settlement = await toldSettlement(platform, frame, { reference: 'SET-ON', amount: '610.00', on });
    const { id } = await matched('bank', [{ ourReference: 'set-off', amount: '610.00' }]);
    expect(await foundIn(id)).toEqual([]);
    expect(await kindsOf(id)).toEqual([[1, 'bank_not_in_statement']]);
    expect(await missingOf(id)).toContain(settlement);
  });

  it('list a settlement that they were paid once', async () => {
    const on = '2026-03-10';
    await toldSettlement(platform, frame, { reference: 'SET-IN', amount: '620.00', on });
    const deposit = { kind: 'deposit', ourReference: 'SET-IN', amount: '620.00' } as const;
    const { id } = await matched('post', [deposit, deposit]);
    expect(await kindsOf(id)).toEqual([[2, 'duplicate_in_file']]);
  });

  it('hide no pay-out whose line was taken from it, or whose exception was taken back', async () => {
    const [one, other] = (await payList(platform, frame, [{ paidOn: '2024-05-06' }, { paidOn: '2024-05-06' }])) as [Paid, Paid];
    const may = { from: '2024-05-01', to: '2024-05-31' };
    const { id } = await matched('post', [{ serial: one.serial, paidOn: one.paidOn }], may);
    expect(await missingOf(id)).toEqual([other.payoutId]);
    await officer.post(`/v1/statements/${id}/unmatchings`, { row: 1, reason: 'It is not' }).expect(200);
    expect((await missingOf(id)).sort()).toEqual([one.payoutId, other.payoutId].sort());
    await officer.post(`/v1/statements/${id}/matching-runs`, { reason: 'Once more' }).expect(202);
    await platform.settled();
    expect((await missingOf(id)).sort()).toEqual([one.payoutId, other.payoutId].sort());
    // An exception that a run took back no longer speaks of its pay-out.
    const june = { paidOn: '2024-06-06' };
    const [third] = (await payList(platform, frame, [june])) as [Paid];
    const early = await matched('post', [{ serial: third.serial, amount: '1.00', ...june }], may);
    expect(await kindsOf(early.id)).toEqual([[1, 'amount_under']]);
    await platform.owner.query(`update exceptions set state = 'resolved', resolution = 'superseded', resolved_by = gen_random_uuid(),
      resolved_at = now() where statement_id = '${early.id}' and kind = 'amount_under'`);
    const { id: late } = await matched('post', [], { from: '2024-06-01', to: '2024-06-30' });
    expect(await missingOf(late)).toEqual([third.payoutId]);
  });
});

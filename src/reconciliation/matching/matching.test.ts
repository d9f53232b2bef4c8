import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { insertMatch, makeBookkeeping } from '../../../test/support/statements.ts';
import { exceptionKinds, exceptionTransitions } from '../types.ts';
import type { Match } from './types.ts';

const header = 'Référence;Série;Date;Code bureau;Montant;Devise;Opération;Quatre derniers';

interface Cells {
  reference?: string;
  serial?: string;
  date?: string;
  office?: string;
  amount?: string;
  currency?: string;
  operation?: string;
  lastFour?: string;
}

describe('reconciliation', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const lineOf = ({ officeCode }: Frame, paid: Partial<Paid>, cells: Cells = {}): string =>
    [
      cells.reference ?? `ALP-${paid.serial}`,
      cells.serial ?? paid.serial ?? '',
      cells.date ?? paid.paidOn?.split('-').reverse().join('/') ?? '',
      cells.office ?? officeCode,
      cells.amount ?? '15 000,00',
      cells.currency ?? 'DZD',
      cells.operation ?? '',
      cells.lastFour ?? '',
    ].join(';');

  const send = (client: Client, { programmeId }: Frame, lines: string[], name = 'Mars', from = '2026-03-01', to = '2026-03-31') =>
    client.post(
      `/v1/programmes/${programmeId}/statements?name=${encodeURIComponent(name)}&from=${from}&to=${to}`,
      [header, ...lines].join('\r\n'),
    );

  const exceptionsOf = async (client: Client, { programmeId }: Frame, filter = ''): Promise<Record<string, unknown>[]> =>
    (await client.get(`/v1/programmes/${programmeId}/exceptions?limit=200${filter}`).expect(200)).body.items;

  const setUp = () => makeBookkeeping(platform);

  it('finds and names each kind of mistake, and matches nothing that does not agree', async () => {
    const { frame, officer } = await setUp();
    const paid = await payList(platform, frame, [
      {},
      {},
      {},
      {},
      {},
      {},
      { outcome: 'expired' },
      { outcome: 'cancelled' },
      {},
      {},
      {},
      {},
      { paidOn: '2026-04-02' },
      {},
      { outcome: 'live' },
      { outcome: 'voided' },
      {},
    ]);
    const [
      exact,
      plain,
      near,
      over,
      under,
      twice,
      expired,
      cancelled,
      foreign,
      elsewhere,
      takenBack,
      stranger,
      late,
      missing,
      live,
      voided,
      far,
    ] = paid as [Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid];
    const { body } = await send(officer, frame, [
      lineOf(frame, exact, { reference: exact.payoutId.toUpperCase(), lastFour: documentLastFour }), // row 2
      lineOf(frame, plain),
      lineOf(frame, near, { date: '2026-03-12' }),
      lineOf(frame, over, { amount: '16000' }), // 5
      lineOf(frame, under, { amount: '1 500,00' }),
      lineOf(frame, twice),
      lineOf(frame, twice, { reference: 'ALP-again' }), // 8
      lineOf(frame, expired, { date: '01/05/2026' }),
      lineOf(frame, cancelled), // 10
      lineOf(frame, foreign, { currency: 'EUR' }),
      lineOf(frame, elsewhere, { office: '31000' }), // 12
      lineOf(frame, takenBack),
      lineOf(frame, takenBack, { operation: 'Annulation' }), // 14
      lineOf(frame, stranger, { lastFour: 'ZZ99' }),
      lineOf(frame, late), // 16
      lineOf(frame, live),
      lineOf(frame, voided), // 18
      lineOf(frame, far, { date: '25/03/2026' }),
      lineOf(frame, { serial: '99999999999999', paidOn: '2026-03-10' }), // 20
      lineOf(frame, { serial: '88888888888888', paidOn: '2026-03-10' }, { operation: 'reversal', amount: '-500.5' }),
    ]).expect(200);

    expect(body.alreadyImported).toBe(false);
    expect(body.statement).toMatchObject({ lineCount: 20, matchedCount: 9, name: 'Mars', total: { currency: 'DZD' } });
    const { body: matches } = await officer.get(`/v1/statements/${body.statement.id}/matches`).expect(200);
    expect(matches.items.map(({ row, targets, pass }: Match) => [row, targets[0]?.id, pass])).toEqual([
      [2, exact.payoutId, 'exact'],
      [3, plain.payoutId, 'serial_amount_date'],
      [4, near.payoutId, 'tolerance'],
      [7, twice.payoutId, 'serial_amount_date'],
      [12, elsewhere.payoutId, 'serial_amount_date'],
      [13, takenBack.payoutId, 'serial_amount_date'],
      [14, expect.any(String), 'reversal_of_serial'],
      [15, stranger.payoutId, 'serial_amount_date'],
      [16, late.payoutId, 'serial_amount_date'],
    ]);
    expect(matches.items[2].reason).toBe('Serial and amount agree; the dates are 2 days apart.');

    const found = await exceptionsOf(officer, frame);
    expect(found.map(({ kind, line, payoutId }) => [(line as { row: number } | null)?.row ?? null, kind, payoutId])).toEqual([
      [5, 'amount_over', over.payoutId],
      [6, 'amount_under', under.payoutId],
      [8, 'duplicate_in_file', twice.payoutId],
      [9, 'paid_after_expiry', null],
      [10, 'paid_after_cancel', null],
      [11, 'wrong_currency', foreign.payoutId],
      [12, 'wrong_office', elsewhere.payoutId],
      [14, 'reversed', takenBack.payoutId],
      [15, 'wrong_collector', stranger.payoutId],
      [16, 'date_out_of_range', late.payoutId],
      [17, 'paid_not_in_list', null],
      [18, 'paid_not_in_list', voided.payoutId],
      [19, 'date_out_of_range', far.payoutId],
      [20, 'paid_not_in_list', null],
      [21, 'reversal_without_payment', null],
      [null, 'ours_not_in_statement', missing.payoutId],
    ]);
    expect(found[10]?.['detail']).toContain('was not redeemed here');
    expect(JSON.stringify(found)).not.toContain('ZZ99');
    const { body: read } = await officer.get(`/v1/statements/${body.statement.id}`).expect(200);
    expect(read).toEqual(body.statement);
    expect(read.exceptions).toContainEqual({ kind: 'paid_not_in_list', open: 3, resolved: 0 });
    const events = await platform.owner.query(
      `select actor_id from audit_events where command = 'reconciliation.import_statement'
      and subject_id = $1 and programme_id = $2`,
      [body.statement.id, frame.programmeId],
    );
    expect(events.rows).toEqual([{ actor_id: officer.userId }]);
  });

  it('changes nothing when the same file comes again, and one statement stands when two people send it at once', async () => {
    const { frame, officer } = await setUp();
    const colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const lines = [lineOf(frame, paid), lineOf(frame, { serial: '77777777777777', paidOn: '2026-03-10' })];
    const answers = await Promise.all([officer, colleague, officer, colleague].map((client) => send(client, frame, lines).expect(200)));
    expect(answers.map(({ body }) => body.alreadyImported).sort()).toEqual([false, true, true, true]);
    expect(new Set(answers.map(({ body }) => body.statement.id)).size).toBe(1);
    const again = await send(officer, frame, lines, 'Another name').expect(200);
    expect(again.body).toMatchObject({ alreadyImported: true, statement: { name: 'Mars', lineCount: 2, matchedCount: 1 } });
    expect(await exceptionsOf(officer, frame)).toHaveLength(1);
    const kept = await platform.owner.query(`select count(*)::int as count from statements where programme_id = $1`, [frame.programmeId]);
    expect(kept.rows).toEqual([{ count: 1 }]);
  });

  it('says of a payment dated while its voucher lived that it is not in our list, not that it came too late', async () => {
    const { frame, officer } = await setUp();
    const [expired, cancelled] = (await payList(platform, frame, [{ outcome: 'expired' }, { outcome: 'cancelled' }])) as [Paid, Paid];
    await send(officer, frame, [
      lineOf(frame, expired, { date: '30/04/2026' }),
      lineOf(frame, cancelled, { date: '28/02/2026' }),
      lineOf(frame, { serial: '77777777777777', paidOn: '2026-03-10' }),
    ]).expect(200);
    expect((await exceptionsOf(officer, frame)).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['paid_not_in_list', expect.stringMatching(/expired on 2026-04-30 .* dates its payment 2026-04-30, when it could still be paid/)],
      ['paid_not_in_list', expect.stringMatching(/cancelled on 2026-03-01 .* dates its payment 2026-02-28, when it could still be paid/)],
      ['paid_not_in_list', expect.any(String)],
    ]);
  });

  it('sees a line of one file again in another', async () => {
    const { frame, officer } = await setUp();
    const [paid, other] = (await payList(platform, frame, [{}, {}])) as [Paid, Paid];
    const unknown = lineOf(frame, { serial: '66666666666666', paidOn: '2026-03-10' });
    await send(officer, frame, [lineOf(frame, paid), unknown], 'First').expect(200);
    const { body } = await send(
      officer,
      frame,
      [lineOf(frame, other), lineOf(frame, paid, { reference: 'ALP-new' }), unknown],
      'Second',
    ).expect(200);
    expect(body.statement).toMatchObject({ matchedCount: 1, exceptions: [{ kind: 'duplicate_across_files', open: 2, resolved: 0 }] });
    const found = await exceptionsOf(officer, frame, '&kind=duplicate_across_files&state=open');
    expect(found.map(({ detail, line }) => [(line as { row: number }).row, detail])).toEqual(
      [3, 4].map((row) => [row, 'The statement "First" lists this operation already.']),
    );
    // The pay-out that the first file left out is in the second: its exception is taken back, and is not opened twice.
    expect(await exceptionsOf(officer, frame, '&kind=ours_not_in_statement')).toMatchObject([
      { payoutId: other.payoutId, state: 'resolved', resolution: 'superseded' },
    ]);
  });

  it('refuses a file whole when an amount or a day cannot be read, naming row and cell', async () => {
    const { frame, officer } = await setUp();
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const { body } = await send(officer, frame, [
      lineOf(frame, paid),
      '',
      lineOf(frame, paid, { date: '30/02/2026', amount: '15.000,00' }),
      lineOf(frame, paid, { serial: '1,23E+13', reference: '=1+1' }),
    ]).expect(422);
    expect(body).toMatchObject({ code: 'unreadable_statement', faultCount: 2 });
    expect(body.errors.map(({ row, cell }: Record<string, unknown>) => [row, cell])).toEqual([
      [4, 'date'],
      [4, 'amount'],
    ]);
    const many = await send(
      officer,
      frame,
      Array.from({ length: 150 }, () => lineOf(frame, paid, { amount: 'x' })),
    ).expect(422);
    expect(many.body.errors).toHaveLength(100);
    expect(many.body.faultCount).toBe(150);
    const kept = await platform.owner.query(`select from statements where programme_id = $1 and state <> 'refused'`, [frame.programmeId]);
    expect(kept.rows).toEqual([]);
    await send(officer, frame, [lineOf(frame, paid)], 'Mars', '2026-04-01', '2026-03-01').expect(422);
  });

  it('lets nobody close the exception of cash they paid out, and nobody close one twice', async () => {
    const { frame, officer } = await setUp();
    const colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    const [paid] = (await payList(platform, frame, [{ agentId: officer.userId }])) as [Paid];
    await send(officer, frame, [lineOf(frame, paid, { amount: '20000' })]).expect(200);
    const [exception] = await exceptionsOf(officer, frame);
    const address = `/v1/exceptions/${exception?.['id']}/resolution`;
    const decision = { resolution: 'post_error', note: 'The post agrees and will correct it.' };
    expect((await officer.post(address, decision).expect(403)).body.code).toBe('separation_of_duties');
    const { body } = await colleague.post(address, decision).expect(200);
    expect(body).toMatchObject({ ...decision, state: 'resolved', resolvedBy: colleague.userId });
    await colleague.post(address, decision).expect(409);
    expect(await exceptionsOf(officer, frame, '&state=open')).toEqual([]);
  });

  it('shows and does nothing outside its programme or without the role', async () => {
    const { frame, officer } = await setUp();
    const { frame: elsewhere, officer: outsider } = await setUp();
    const [paid, other] = (await payList(platform, frame, [{}, {}])) as [Paid, Paid];
    const { body } = await send(officer, frame, [lineOf(frame, paid, { amount: '1' })]).expect(200);
    const [exception] = await exceptionsOf(officer, frame);
    await send(outsider, frame, [lineOf(frame, paid)]).expect(404);
    await outsider.get(`/v1/statements/${body.statement.id}`).expect(404);
    await outsider.get(`/v1/statements/${body.statement.id}/matches`).expect(404);
    await outsider.get(`/v1/programmes/${frame.programmeId}/exceptions`).expect(404);
    await outsider.get(`/v1/programmes/${frame.programmeId}/payables`).expect(404);
    await outsider.post(`/v1/exceptions/${exception?.['id']}/resolution`, { resolution: 'accepted', note: 'x' }).expect(404);
    const donor = await platform.as('donor', { fund: frame.fundId });
    await donor.get(`/v1/programmes/${frame.programmeId}/exceptions`).expect(403);
    const auditor = await platform.as('auditor');
    await auditor.get(`/v1/programmes/${frame.programmeId}/exceptions`).expect(200);
    await send(auditor, frame, [lineOf(frame, paid)]).expect(403);
    // A serial of another programme is nobody's here.
    await send(outsider, elsewhere, [lineOf(elsewhere, other)]).expect(200);
    expect((await exceptionsOf(outsider, elsewhere)).map(({ kind }) => kind)).toEqual(['paid_not_in_list']);
  });

  it('walks exceptions by cursor', async () => {
    const { frame, officer } = await setUp();
    await send(
      officer,
      frame,
      ['11111111111111', '22222222222222', '33333333333333'].map((serial) => lineOf(frame, { serial, paidOn: '2026-03-10' })),
    ).expect(200);
    const rows: number[] = [];
    let cursor = '';
    do {
      const { body } = await officer
        .get(`/v1/programmes/${frame.programmeId}/exceptions?limit=2${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      rows.push(...body.items.map(({ line }: { line: { row: number } }) => line.row));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(rows).toEqual([2, 3, 4]);
    await officer.get(`/v1/programmes/${frame.programmeId}/exceptions?cursor=bm9wZQ`).expect(400);
  });

  it('holds its promises against plain SQL', async () => {
    const { frame, officer } = await setUp();
    const [paid, other] = (await payList(platform, frame, [{}, {}])) as [Paid, Paid];
    const { body } = await send(officer, frame, [lineOf(frame, paid), lineOf(frame, paid, { reference: 'B' })]).expect(200);
    const client = await platform.applicationClient();
    const lines = await client.query(`select id from statement_lines where statement_id = $1 order by row_number`, [body.statement.id]);
    const [matched, unmatched] = lines.rows.map(({ id }) => id);
    const match = (line: string, payout: string) => insertMatch(client, line, payout, officer.userId);
    await expect(match(unmatched, paid.payoutId)).rejects.toMatchObject({ constraint: 'statement_match_targets_once' });
    await expect(match(matched, other.payoutId)).rejects.toMatchObject({ constraint: 'statement_match_targets_part_once' });
    for (const change of [
      'update statement_lines set amount = 1',
      'delete from statement_lines',
      'truncate statement_lines',
      'delete from statement_match_targets',
    ]) {
      await expect(client.query(change)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(platform.owner.query('update statement_lines set amount = 1')).rejects.toMatchObject({
      constraint: 'statement_lines_append_only',
    });
  });

  it('knows the same kinds and moves as the database', async () => {
    const { rows } = await platform.owner.query(`select encode(tgargs, 'escape') as moves from pg_trigger
      where tgrelid = 'exceptions'::regclass and tgname = 'transition'`);
    expect(rows.map(({ moves }) => moves.split('\\000').filter(Boolean))).toEqual([[...exceptionTransitions]]);
    const check = await platform.owner.query(
      `select pg_get_constraintdef(oid) as check from pg_constraint where conname = 'exceptions_kind_check'`,
    );
    expect([...check.rows[0].check.matchAll(/'(\w+)'/g)].map(([, kind]) => kind)).toEqual([...exceptionKinds]);
  });
});

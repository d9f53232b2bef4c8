import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt, camtEntry } from '../../../../test/support/camt.ts';
import { type Frame, makeFrame } from '../../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../../test/support/platform.ts';
import { instructed } from '../../../../test/support/settled.ts';
import { insertMatch, matchedStatement, matchesOf, stageStatement } from '../../../../test/support/statements.ts';
import { checkIdentities } from '../../../ledger/index.ts';
import { newId } from '../../../platform/index.ts';

const header = 'Référence;Série;Date;Code bureau;Montant;Devise';

describe('a statement that was read wrongly', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const setUp = async (): Promise<{ frame: Frame; officer: Client; colleague: Client }> => {
    const frame = await makeFrame(platform);
    const here = { programme: frame.programmeId };
    return { frame, officer: await platform.as('finance_officer', here), colleague: await platform.as('finance_officer', here) };
  };
  const send = (client: Client, { programmeId }: Frame, content: string, query: Readonly<Record<string, string>> = {}) =>
    client
      .post(`/v1/programmes/${programmeId}/statements?${new URLSearchParams({ name: 'March', ...query })}`)
      .type(content.startsWith('<') ? 'application/xml' : 'text/csv')
      .send(content);
  const ask = (client: Client, id: string) => client.post(`/v1/statements/${id}/withdrawal`, { reason: 'Read wrongly' });
  const confirm = (client: Client, id: string) => client.post(`/v1/statements/${id}/withdrawal/confirmation`);
  const withdraw = async ({ officer, colleague }: { officer: Client; colleague: Client }, id: string): Promise<void> => {
    await ask(officer, id).expect(201);
    await confirm(colleague, id).expect(200);
    await platform.settled();
  };
  /** What stands in the way of withdrawing a statement. */
  const obstacles = async (client: Client, id: string): Promise<string[]> => {
    const { body } = await ask(client, id).expect(409);
    expect(body.code).toBe('statement_in_use');
    return body.errors.map(({ detail }: { detail: string }) => detail);
  };
  const unresolved = async (statementId: string): Promise<string[]> =>
    (
      await platform.owner.query(`select kind from exceptions where statement_id = $1 and state <> 'resolved' order by kind`, [statementId])
    ).rows.map(({ kind }) => kind);
  const holdsTogether = async ({ programmeId }: Frame): Promise<void> => {
    const broken = (await checkIdentities(platform.app.database.reader, programmeId)).filter(({ holds }) => !holds);
    expect(broken).toEqual([]);
  };
  const row = ({ officeCode }: Frame, { serial, amount }: Pick<Paid, 'serial' | 'amount'>, day: string) =>
    `R-${serial};${serial};${day};${officeCode};${amount};DZD`;

  it('is the bank’s where its format is a bank’s and nobody says otherwise', async () => {
    const { frame, officer } = await setUp();
    const mt940 = [':20:1', ':25:ACC', ':28C:1', ':60F:C260301DZD100,00', ':62F:C260331DZD100,00', '-', ''].join('\r\n');
    const sources: string[] = [];
    for (const content of [camt(''), mt940, `${header}\n${row(frame, { serial: '10000000000001', amount: '1.00' }, '10/03/2026')}`])
      sources.push((await send(officer, frame, content, { from: '2026-03-01', to: '2026-03-31' }).expect(200)).body.statement.source);
    expect(sources).toEqual(['bank', 'bank', 'post']);
    const said = camt('', { account: 'DZ1' });
    expect((await send(officer, frame, said, { source: 'post', from: '2026-03-01' }).expect(200)).body.statement.source).toBe('post');
  });

  it('is withdrawn where the bank’s was taken for the post’s, and sent again as the bank’s', async () => {
    const people = await setUp();
    const { frame, officer, colleague } = people;
    await payList(platform, frame, [{ amount: '6000.00' }]);
    const settlement = await instructed(platform, frame, '5000.00', { moment: new Date('2026-03-09T12:00:00Z'), reference: 'SET-1' });
    const content = camt(camtEntry('5000.00', 'B1', { quotes: 'SET-1' }), { opening: '5100.00' });
    const dates = { from: '2026-03-01', to: '2026-03-31' };
    const { id } = (await send(officer, frame, content, { ...dates, source: 'post' }).expect(200)).body.statement;
    expect(await unresolved(id)).not.toEqual([]);
    const { body: otherwise } = await send(officer, frame, content, { ...dates, source: 'bank' }).expect(409);
    expect(otherwise).toMatchObject({ code: 'imported_otherwise', statementId: id, errors: [{ pointer: '/query/source' }] });

    const { body: asked } = await ask(officer, id).expect(201);
    expect(asked).toMatchObject({ state: 'reconciled', withdrawal: { state: 'asked', reason: 'Read wrongly', askedBy: officer.userId } });
    await ask(colleague, id).expect(409);
    expect((await confirm(officer, id).expect(403)).body.code).toBe('separation_of_duties');
    const { body: gone } = await confirm(colleague, id).expect(200);
    expect(gone).toMatchObject({ state: 'withdrawn', matchedCount: 0, withdrawal: { state: 'confirmed', decidedBy: colleague.userId } });
    expect(await unresolved(id)).toEqual([]);
    expect((await officer.get(`/v1/statements/${id}/lines`).expect(200)).body.items).toHaveLength(1);

    const { body } = await send(officer, frame, content, { ...dates, source: 'bank' }).expect(200);
    expect(body).toMatchObject({ alreadyImported: false, statement: { source: 'bank', state: 'reconciled', repeatCount: 0 } });
    expect(await matchesOf(officer, body.statement.id)).toMatchObject([{ targets: [{ type: 'settlement', id: settlement }] }]);
    expect(await unresolved(body.statement.id)).toEqual([]);
    await holdsTogether(frame);
    const { rows } = await platform.owner.query(
      `select command from audit_events where subject_id = $1 and command like '%withdrawal' order by id`,
      [id],
    );
    expect(rows.map(({ command }) => command)).toEqual(['reconciliation.ask_withdrawal', 'reconciliation.confirm_withdrawal']);
  });

  it('is withdrawn where its days were read wrongly, and sent again with another mapping', async () => {
    const people = await setUp();
    const { frame, officer } = people;
    const [paid] = (await payList(platform, frame, [{ paidOn: '2026-03-01' }])) as [Paid];
    const save = (name: string, dateFormat: string) =>
      officer.post(`/v1/programmes/${frame.programmeId}/statement-mappings`, { name, definition: { dateFormat } }).expect(201);
    await save('Day first', 'DD/MM/YYYY');
    await save('Month first', 'MM/DD/YYYY');
    const content = `${header}\n${row(frame, paid, '03/01/2026')}`;
    const wrong = (await send(officer, frame, content, { mapping: 'Day first' }).expect(200)).body.statement;
    expect(wrong).toMatchObject({ from: '2026-01-03', matchedCount: 0 });
    const { body: otherwise } = await send(officer, frame, content, { mapping: 'Month first' }).expect(409);
    expect(otherwise.errors).toEqual([{ pointer: '/query/mapping', detail: 'It was read with version 1 of "Day first".' }]);
    await withdraw(people, wrong.id);
    const { body } = await send(officer, frame, content, { mapping: 'Month first' }).expect(200);
    expect(body.statement).toMatchObject({ state: 'reconciled', from: '2026-03-01', matchedCount: 1, exceptions: [] });
    await holdsTogether(frame);
  });

  it('says what differs of a file that comes again, and nothing where nothing does', async () => {
    const { frame, officer } = await setUp();
    const save = () =>
      officer
        .post(`/v1/programmes/${frame.programmeId}/statement-mappings`, { name: 'Poste', definition: { dateFormat: 'DD/MM/YYYY' } })
        .expect(201);
    await save();
    const content = `${header}\n${row(frame, { serial: '10000000000001', amount: '1.00' }, '10/03/2026')}`;
    await send(officer, frame, content, { mapping: 'Poste', from: '2026-03-01' }).expect(200);
    const again = async (query: Readonly<Record<string, string>>) => (await send(officer, frame, content, query)).body;
    const differing = ({ errors }: { errors: { pointer: string }[] }) => errors.map(({ pointer }) => pointer);
    for (const query of [{ from: '2026-03-01' }, { from: '2026-03-01', to: '2026-03-10' }, { from: '2026-03-01', source: 'post' }])
      expect(await again({ mapping: 'Poste', ...query })).toMatchObject({ alreadyImported: true });
    expect(differing(await again({ mapping: 'Poste' }))).toEqual(['/query/from']);
    expect(differing(await again({ from: '2026-03-02', to: '2026-03-31', source: 'bank' }))).toEqual([
      '/query/source',
      '/query/mapping',
      '/query/from',
      '/query/to',
    ]);
    await save();
    expect(differing(await again({ mapping: 'Poste', from: '2026-03-01' }))).toEqual(['/query/mapping']);
  });

  it('stays while a decision, a payment, a closed period or another statement rests on it', async () => {
    const { frame, officer } = await setUp();
    const { programmeId } = frame;
    const [paid] = (await payList(platform, frame, [{ amount: '6000.00' }])) as [Paid];
    const resolved = await matchedStatement(platform, { programmeId, lines: [{ serial: '99999999999999' }] });
    const { rows } = await platform.owner.query(`select id from exceptions where statement_id = $1 and kind = 'paid_not_in_list'`, [
      resolved.id,
    ]);
    await officer.post(`/v1/exceptions/${rows[0].id}/resolution`, { resolution: 'accepted', note: 'Known' }).expect(200);
    expect(await obstacles(officer, resolved.id)).toEqual([expect.stringContaining(rows[0].id)]);
    await officer.post(`/v1/exceptions/${rows[0].id}/reopening`, { reason: 'It was misread' }).expect(200);
    await ask(officer, resolved.id).expect(201);

    const byHand = await matchedStatement(platform, { programmeId, lines: [{ amount: '6000.00' }] });
    const match = { row: 1, targets: [{ type: 'payout', id: paid.payoutId }], reason: 'Their letter' };
    await officer.post(`/v1/statements/${byHand.id}/matches`, match).expect(200);
    expect(await obstacles(officer, byHand.id)).toEqual(['Row 1 was matched by hand. Take that match apart.']);

    await instructed(platform, frame, '700.00', { moment: new Date('2026-04-05T12:00:00Z'), reference: 'SET-7' });
    const april = { programmeId, source: 'bank', from: '2026-04-01', to: '2026-04-30' } as const;
    const line = { reference: 'B7', ourReference: 'SET-7', amount: '700.00', paidOn: '2026-04-06' };
    const first = await matchedStatement(platform, { ...april, uploadedBy: officer.userId, lines: [line] });
    expect(await obstacles(officer, first.id)).toEqual([expect.stringContaining('Settlement SET-7 (row 1) was paid')]);
    await officer.post(`/v1/statements/${first.id}/unmatchings`, { row: 1, reason: 'It was misread' }).expect(200);
    await ask(officer, first.id).expect(201);

    const told = await matchedStatement(platform, { ...april, lines: [{ reference: 'B8', amount: '1.00', paidOn: '2026-04-07' }] });
    const repeating = await matchedStatement(platform, {
      ...april,
      lines: [{ reference: 'B8', amount: '1.00', paidOn: '2026-04-07', repeats: told.lineIds[0] ?? '' }],
    });
    expect(await obstacles(officer, told.id)).toEqual([expect.stringContaining(repeating.id)]);
    await ask(officer, repeating.id).expect(201);

    const may = await matchedStatement(platform, { programmeId, from: '2026-05-01', to: '2026-05-31', lines: [] });
    const period = newId();
    await platform.owner.query(
      `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
      values ($1, $2, 1, '2026-05-01', '2026-05-31', '2026-04-30T23:00:00Z', '2026-05-31T23:00:00Z', now())`,
      [period, programmeId],
    );
    const close = async (at: string) => {
      await platform.owner.query(
        `insert into ledger_closings values ($1, 1, $1, $2, '[{"check": "identities", "holds": true, "openCount": 0, "open": []}]')`,
        [period, at],
      );
      await platform.owner.query(`update ledger_periods set state = 'closed' where id = $1`, [period]);
    };
    await close('2099-01-01');
    expect(await obstacles(officer, may.id)).toEqual(['The period 2026-05-01 to 2026-05-31 was closed with it. Have it opened again.']);
  });

  it('is asked for again after it was refused, and once only', async () => {
    const { frame, officer, colleague } = await setUp();
    const { id } = await matchedStatement(platform, { programmeId: frame.programmeId, lines: [] });
    await confirm(colleague, id).expect(409);
    await ask(officer, id).expect(201);
    const refusing = (client: Client) => client.post(`/v1/statements/${id}/withdrawal/refusal`, { reason: 'It is right' });
    expect((await refusing(officer).expect(200)).body.withdrawal).toMatchObject({ state: 'refused', note: 'It is right' });
    await refusing(colleague).expect(409);
    await ask(colleague, id).expect(201);
    await confirm(officer, id).expect(200);
    await ask(officer, id).expect(409);
    await confirm(colleague, id).expect(409);
    await officer.post(`/v1/statements/${id}/matching-runs`, { reason: 'Again' }).expect(409);
    await officer.post(`/v1/statements/${id}/matches`, { row: 1, targets: [{ type: 'payout', id }], reason: 'Again' }).expect(409);
    const { frame: other } = await setUp();
    await ask(await platform.as('finance_officer', { programme: other.programmeId }), id).expect(404);
    await ask(await platform.as('auditor'), id).expect(403);
  });

  it('ends its own matching, and waits for that of another', async () => {
    const { frame, officer, colleague } = await setUp();
    const begin = async (): Promise<string> => {
      const { id } = await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial: '99999999999999' }] });
      await platform.owner.query(
        `insert into matching_runs (id, statement_id, number, passes_version, asked_by, asked_at) values ($1, $2, 1, 0, $1, now())`,
        [newId(), id],
      );
      return id;
    };
    const [id, other] = [await begin(), await begin()];
    expect(await obstacles(officer, id)).toEqual([`Statement ${other} ("Mars") is being matched. Ask again when it is done.`]);
    await platform.owner.query(`update matching_runs set state = 'done', ended_at = now() where statement_id = $1`, [other]);
    await ask(officer, id).expect(201);
    await confirm(colleague, id).expect(200);
    const { body } = await officer.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body).toMatchObject({ state: 'withdrawn', run: { state: 'stopped', stoppedBy: 'statement_withdrawn' } });
  });

  it('hides nothing that other statements say: what they list is looked at again', async () => {
    const people = await setUp();
    const { frame, officer } = people;
    const { programmeId } = frame;
    const [paid, other] = (await payList(platform, frame, [{}, {}])) as [Paid, Paid];
    const line = { serial: paid.serial, reference: 'R1', paidOn: paid.paidOn };
    const wrong = await matchedStatement(platform, { programmeId, name: 'Wrong', lines: [line, { reference: 'R9', amount: '7.00' }] });
    const right = await matchedStatement(platform, {
      programmeId,
      name: 'Right',
      lines: [line, { kind: 'reversal', reference: 'R9', amount: '7.00', paidOn: '2026-03-12' }],
    });
    expect(await unresolved(right.id)).toEqual(['duplicate_across_files', 'reversed']);
    expect(await matchesOf(officer, right.id)).toMatchObject([{ row: 2, targets: [{ type: 'line', id: wrong.lineIds[1] }] }]);
    await withdraw(people, wrong.id);
    expect(await matchesOf(officer, right.id)).toMatchObject([{ row: 1, targets: [{ id: paid.payoutId }] }]);
    expect(await unresolved(right.id)).toEqual(['ours_not_in_statement', 'reversal_without_payment']);
    const { rows } = await platform.owner.query(
      `select payout_id from exceptions where statement_id = $1 and payout_id is not null and state = 'open'`,
      [right.id],
    );
    expect(rows).toEqual([{ payout_id: other.payoutId }]);
    const pending = await platform.owner.query(
      `select about from erasure_obstacles(array[$1]::uuid[]) where obstacle = 'unreconciled_payout'`,
      [other.beneficiaryId],
    );
    expect(pending.rows).toEqual([{ about: other.payoutId }]);
  });

  it('of the bank repeats nothing in one that comes later', async () => {
    const people = await setUp();
    const { frame, officer } = people;
    const message = (id: string) => camt(camtEntry('40.00', 'NAMED-1'), { opening: '140.00' }).replace('<Id>1</Id>', `<Id>${id}</Id>`);
    const period = { from: '2026-03-01', to: '2026-03-31' };
    const first = (await send(officer, frame, message('1'), period).expect(200)).body.statement;
    const second = (await send(officer, frame, message('2'), period).expect(200)).body.statement;
    expect([first.repeatCount, second.repeatCount]).toEqual([0, 1]);
    await withdraw(people, second.id);
    await withdraw(people, first.id);
    expect((await send(officer, frame, message('3'), period).expect(200)).body.statement.repeatCount).toBe(0);
    const checks = await officer.get(`/v1/statements/${first.id}`).expect(200);
    expect(checks.body.state).toBe('withdrawn');
  });

  it('is kept so by the database, whoever writes', async () => {
    const people = await setUp();
    const { frame } = people;
    const { programmeId } = frame;
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const app = await platform.applicationClient();
    const broken = (asked: Promise<pg.QueryResult>): Promise<string | undefined> =>
      asked.then(
        () => undefined,
        ({ constraint, message }: { constraint?: string; message: string }) => constraint ?? message,
      );
    const statement = { programmeId, lines: [{ serial: paid.serial, paidOn: paid.paidOn }] };
    const { id, lineIds } = await stageStatement(platform, statement);
    const [lineId = ''] = lineIds;
    const setState = (of: string, state = 'withdrawn') => broken(app.query('update statements set state = $2 where id = $1', [of, state]));
    const request = (of: string) =>
      broken(
        app.query(`insert into statement_withdrawals (id, statement_id, reason, asked_by, asked_at) values ($1, $2, 'Wrong', $1, now())`, [
          newId(),
          of,
        ]),
      );
    const decide = (of: string, state = 'confirmed', by = newId()) =>
      broken(
        app.query(
          `update statement_withdrawals set state = $2, decided_by = $3, decided_at = now(), note = case $2 when 'refused' then 'No' end where statement_id = $1`,
          [of, state, by],
        ),
      );
    expect(await setState(id)).toBe('statements_withdrawn_by_two');
    expect(await request(id)).toBeUndefined();
    expect(await request(id)).toBe('statement_withdrawals_one_standing');
    expect(await setState(id)).toBe('statements_withdrawn_by_two');
    await insertMatch(app, lineId, paid.payoutId, newId(), 'manual').catch(() => undefined);
    await insertMatch(app, lineId, paid.payoutId, newId());
    expect(await decide(id)).toBeUndefined();
    expect(await decide(id, 'refused')).toBe('statement_withdrawals_transition');
    expect(await broken(app.query('delete from statement_withdrawals'))).toMatch(/append_only|permission denied/);
    expect(await setState(id)).toBe('statements_withdrawn_whole');
    await app.query('delete from statement_matches where statement_line_id = $1', [lineId]);
    const excepted = (kind: string) =>
      broken(
        app.query(
          `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, detail, opened_at) values ($1, $2, $3, $4, $5, 'x', now())`,
          [newId(), programmeId, id, kind, lineId],
        ),
      );
    expect(await excepted('wrong_office')).toBeUndefined();
    expect(await setState(id)).toBe('statements_withdrawn_whole');
    await app.query(
      `update exceptions set state = 'resolved', resolution = 'superseded', resolved_by = gen_random_uuid(), resolved_at = now() where statement_id = $1`,
      [id],
    );
    expect(await setState(id)).toBeUndefined();

    expect(await setState(id, 'reconciled')).toBe('statements_transition');
    expect(await request(id)).toBe('statement_withdrawals_of_standing');
    expect(await excepted('reversed')).toBe('exceptions_of_programme');
    expect(
      await broken(
        app.query(
          `update exceptions set state = 'open', resolution = null, resolved_by = null, reopened_at = now() where statement_id = $1`,
          [id],
        ),
      ),
    ).toBe('exceptions_of_standing');
    expect(await broken(insertMatch(app, lineId, paid.payoutId, newId()))).toBe('statement_match_targets_own');
    const run = app.query(
      `insert into matching_runs (id, statement_id, number, passes_version, asked_by, asked_at) values ($1, $2, 1, 0, $1, now())`,
      [newId(), id],
    );
    expect(await broken(run)).toBe('matching_runs_of_standing');
    const late = app.query(
      `insert into statement_lines (id, statement_id, row_number, kind, reference, amount, currency, paid_on) values ($1, $2, 9, 'payment', 'R', 1, 'DZD', '2026-03-10')`,
      [newId(), id],
    );
    expect(await broken(late)).toBe('statement_lines_before_staging');

    const bank = { programmeId, source: 'bank', lines: [{ reference: 'B', amount: '3.00' }] } as const;
    const first = await matchedStatement(platform, bank);
    await withdraw(people, first.id);
    const repeating = stageStatement(platform, { ...bank, lines: [{ reference: 'B', amount: '3.00', repeats: first.lineIds[0] ?? '' }] });
    await expect(repeating).rejects.toMatchObject({ constraint: 'statement_lines_repeat_another' });
    const takingBack = await stageStatement(platform, { ...bank, lines: [{ kind: 'reversal', reference: 'B', amount: '3.00' }] });
    expect(await broken(insertMatch(app, takingBack.lineIds[0] ?? '', first.lineIds[0] ?? '', newId(), 'reversal', 'line'))).toBe(
      'statement_match_targets_own',
    );
    const used = await matchedStatement(platform, { programmeId, lines: [{ serial: randomUUID().slice(0, 14) }] });
    await platform.owner.query(
      `update exceptions set state = 'resolved', resolution = 'accepted', resolved_by = gen_random_uuid(), resolved_at = now() where statement_id = $1`,
      [used.id],
    );
    expect(await request(used.id)).toBeUndefined();
    expect(await decide(used.id)).toBe('statement_withdrawals_of_nothing_used');
  });
});

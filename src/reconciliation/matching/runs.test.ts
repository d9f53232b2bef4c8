import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeBookkeeping, matchedStatement, matchesOf, matchStatement, stageStatement } from '../../../test/support/statements.ts';
import { system } from '../../access/system.ts';
import { newId } from '../../platform/index.ts';
import { matchNext } from './runs/match-next.ts';
import type { Pass } from './types.ts';

describe('runs of matching', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const setUp = async (...wishes: Parameters<typeof payList>[2]): Promise<{ frame: Frame; officer: Client; paid: Paid[] }> => {
    const { frame, officer } = await makeBookkeeping(platform);
    return { frame, officer, paid: await payList(platform, frame, wishes) };
  };
  const kindsOf = async (officer: Client, id: string): Promise<Record<string, [number, number]>> =>
    Object.fromEntries(
      (await officer.get(`/v1/statements/${id}/matching`).expect(200)).body.exceptions.map(
        ({ kind, open, resolved }: { kind: string; open: number; resolved: number }) => [kind, [open, resolved]],
      ),
    );
  const again = async (officer: Client, id: string): Promise<void> => {
    await officer.post(`/v1/statements/${id}/matching-runs`, { reason: 'Once more' }).expect(202);
    await platform.settled();
  };
  const setPasses = async (officer: Client, { programmeId }: Frame, change: (passes: Pass[]) => Pass[]): Promise<void> => {
    const path = `/v1/programmes/${programmeId}/matching-passes`;
    const { body, headers } = await officer.get(path).expect(200);
    await officer.put(path, headers['etag'] ?? '', { reason: 'As we agreed', passes: change(body.passes) }).expect(200);
  };

  it('gives the same in batches of any size, wherever the lines of one serial stand', async () => {
    const { frame, paid } = await setUp(...Array.from({ length: 12 }, () => ({})));
    const lines = [
      ...paid.map(({ serial }) => ({ serial, paidOn: '2026-03-12' })),
      ...paid.map(({ serial }) => ({ serial, reference: 'near', paidOn: '2026-03-11' })),
    ];
    const found: unknown[] = [];
    for (const batch of [3, 50]) {
      const own = await setUpAgain(frame, lines);
      await matchStatement(platform, own.id, batch);
      found.push(await own.rows());
      await own.forget();
    }
    expect(found[0]).toEqual(found[1]);
    expect((found[0] as { row: number }[]).map(({ row }) => row)).toEqual(Array.from({ length: 12 }, (_, i) => i + 13));
  });

  const setUpAgain = async ({ programmeId }: Frame, lines: Parameters<typeof stageStatement>[1]['lines']) => {
    const { id } = await stageStatement(platform, { programmeId, lines });
    const rows = async () =>
      (
        await platform.owner.query(
          `select l.row_number as row, m.pass, t.target_id from statement_lines l join statement_matches m on m.statement_line_id = l.id
          join statement_match_targets t on t.statement_line_id = l.id where l.statement_id = $1 order by 1`,
          [id],
        )
      ).rows;
    const forget = async () => {
      await platform.owner.query(
        `delete from statement_matches m using statement_lines l where l.id = m.statement_line_id and l.statement_id = $1`,
        [id],
      );
      await platform.owner.query('delete from exceptions where statement_id = $1', [id]);
    };
    return { id, rows, forget };
  };

  it('goes on where it was killed, and does nothing twice', async () => {
    const { frame, officer, paid } = await setUp({}, {}, {}, {}, {});
    const { id } = await stageStatement(platform, {
      programmeId: frame.programmeId,
      lines: [...paid.slice(0, 4).map(({ serial }) => ({ serial })), { serial: '99999999999999' }],
    });
    for (let steps = 0; steps < 4; steps += 1) await platform.app.execute(matchNext, { statementId: id, batch: 2 }, { actor: system });
    const { body } = await officer.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body).toMatchObject({ state: 'staged', run: { state: 'running', stage: 'matching', place: 5 } });
    // Two workers that both believe it is theirs.
    await Promise.all([matchStatement(platform, id, 2), matchStatement(platform, id, 2)]);
    expect(await matchesOf(officer, id)).toHaveLength(4);
    expect(await kindsOf(officer, id)).toEqual({ paid_not_in_list: [1, 0], ours_not_in_statement: [1, 0] });
    await matchStatement(platform, id, 2);
    const { rows } = await platform.owner.query('select state, number from matching_runs where statement_id = $1', [id]);
    expect(rows).toEqual([{ state: 'done', number: 1 }]);
  });

  it('lets one of two statements have a pay-out that both claim at once', async () => {
    const { frame, officer, paid } = await setUp({}, {}, {});
    const lines = paid.map(({ serial }) => ({ serial }));
    const [one, other] = await Promise.all(
      ['One', 'Other'].map((name) => stageStatement(platform, { programmeId: frame.programmeId, name, lines })),
    );
    await Promise.all([matchStatement(platform, one?.id ?? ''), matchStatement(platform, other?.id ?? '')]);
    const counts = [await matchesOf(officer, one?.id ?? ''), await matchesOf(officer, other?.id ?? '')].map(({ length }) => length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(3);
    const kinds = [await kindsOf(officer, one?.id ?? ''), await kindsOf(officer, other?.id ?? '')];
    expect(kinds).toContainEqual({ duplicate_across_files: [3, 0] });
  });

  it('keeps what people decided, and takes back what no pass supports', async () => {
    const { frame, officer, paid } = await setUp({}, {}, {}, {});
    const [kept, apart, loose, byHand] = paid as [Paid, Paid, Paid, Paid];
    const { id, lineIds } = await matchedStatement(platform, {
      programmeId: frame.programmeId,
      lines: [
        { serial: kept.serial },
        { serial: apart.serial },
        { serial: loose.serial, paidOn: '2026-03-12' },
        { reference: 'by letter' },
      ],
    });
    expect(await kindsOf(officer, id)).toEqual({ paid_not_in_list: [1, 0], ours_not_in_statement: [1, 0] });
    await officer.post(`/v1/statements/${id}/unmatchings`, { row: 2, reason: 'They wrote us' }).expect(200);
    const target = { type: 'payout', id: byHand.payoutId };
    await officer.post(`/v1/statements/${id}/matches`, { row: 4, targets: [target], reason: 'Their letter says so' }).expect(200);
    expect(await kindsOf(officer, id)).toEqual({ paid_not_in_list: [1, 1], ours_not_in_statement: [1, 1] });
    await setPasses(officer, frame, (passes) => passes.filter(({ name, side }) => side === 'bank' || name !== 'tolerance'));
    await again(officer, id);
    expect((await matchesOf(officer, id)).map(({ row, pass, passesVersion }) => [row, pass, passesVersion])).toEqual([
      [1, 'serial_amount_date', 0],
      [4, 'manual', null],
    ]);
    expect(await kindsOf(officer, id)).toEqual({ date_out_of_range: [1, 0], paid_not_in_list: [1, 1], ours_not_in_statement: [1, 1] });
    await setPasses(officer, frame, (passes) =>
      passes.map((pass) => (pass.name === 'serial_amount_date' ? { ...pass, name: 'near', days: 5 } : pass)),
    );
    await again(officer, id);
    expect((await matchesOf(officer, id)).map(({ row, pass, passesVersion }) => [row, pass, passesVersion])).toEqual([
      [1, 'near', 2],
      [3, 'near', 2],
      [4, 'manual', null],
    ]);
    expect(await kindsOf(officer, id)).toEqual({ date_out_of_range: [0, 1], paid_not_in_list: [1, 1], ours_not_in_statement: [1, 1] });
    const decided = await platform.owner.query('select verdict from statement_decisions where statement_line_id = any($1) order by id', [
      lineIds,
    ]);
    expect(decided.rows).toEqual([{ verdict: 'apart' }, { verdict: 'same' }]);
  });

  it('leaves what the uploader had a hand in to a colleague, matches all others, and never stops', async () => {
    const frame = await makeFrame(platform);
    const payer = await platform.as('finance_officer', { programme: frame.programmeId });
    const colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    const paid = await payList(platform, frame, [{ agentId: payer.userId }, {}, {}, { agentId: payer.userId, amount: '777.00' }]);
    const [own, other, third, likeness] = paid as [Paid, Paid, Paid, Paid];
    const { id } = await stageStatement(platform, {
      programmeId: frame.programmeId,
      uploadedBy: payer.userId,
      lines: [
        { serial: own.serial },
        { serial: other.serial },
        { serial: third.serial },
        { reference: 'no serial', documentLastFour: '4321', officeCode: frame.officeCode, amount: '777.00' },
        { serial: own.serial, reference: 'back', kind: 'reversal' },
      ],
    });
    await platform.owner.query(
      `insert into follow_ups (id, job, payload, created_at, due_at) values (gen_random_uuid(), 'reconciliation.match', $1, now(), now())`,
      [{ statementId: id }],
    );
    await platform.settled();
    const { body } = await colleague.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body).toMatchObject({ state: 'reconciled', matchedCount: 2, run: { state: 'done', stoppedBy: null } });
    const open = (await colleague.get(`/v1/programmes/${frame.programmeId}/exceptions?kind=needs_another_person&state=open`).expect(200))
      .body.items;
    expect(open.map(({ line }: { line: { row: number } }) => line.row).sort()).toEqual([1, 4, 5]);
    for (const one of open) {
      expect(one).toMatchObject({ ownerId: null, detail: expect.stringContaining('had a hand') });
      await payer.post(`/v1/exceptions/${one.id}/resolution`, { resolution: 'accepted', note: 'It is fine' }).expect(403);
    }
    expect(open.find(({ line }: { line: { row: number } }) => line.row === 4)).toMatchObject({ payoutId: likeness.payoutId });
    const { rows } = await platform.owner.query(
      'select w.statement_line_id as line, w.run_id as run from matching_withheld w join matching_runs r on r.id = w.run_id where r.statement_id = $1',
      [id],
    );
    const app = await platform.applicationClient();
    const withhold = (payoutId: string) =>
      app.query(`insert into matching_withheld select $1, $2, 'exact', 'payout', $3`, [rows[0].line, rows[0].run, payoutId]);
    await expect(withhold(own.payoutId)).rejects.toMatchObject({ constraint: 'matching_withheld_own' });
    await expect(app.query('delete from matching_withheld')).rejects.toThrow();

    // The same person again changes nothing; a colleague's run matches them and takes the exceptions back.
    await again(payer, id);
    expect((await kindsOf(colleague, id))['needs_another_person']).toEqual([3, 0]);
    await again(colleague, id);
    expect((await matchesOf(colleague, id)).map(({ row, matchedBy }) => [row, matchedBy])).toEqual([
      [1, colleague.userId],
      [2, payer.userId],
      [3, payer.userId],
      [4, colleague.userId],
      [5, colleague.userId],
    ]);
    expect((await kindsOf(colleague, id))['needs_another_person']).toEqual([0, 3]);
  });

  it('leaves a line of the bank to another person where its sender took a step of the settlement, or recorded the contribution', async () => {
    const { frame, officer, paid } = await setUp({});
    expect(paid).toHaveLength(1);
    const id = newId();
    const reference = `C-${id.slice(-8)}`;
    await platform.owner.query(
      `insert into contributions (id, fund_id, amount, currency, received_on, reference, recorded_by, recorded_at)
      values ($1, $2, 5000, 'DZD', '2026-03-10', $3, $4, '2026-03-10T09:00:00Z')`,
      [id, frame.fundId, reference, officer.userId],
    );
    const { id: statementId } = await stageStatement(platform, {
      programmeId: frame.programmeId,
      source: 'bank',
      uploadedBy: officer.userId,
      lines: [
        { kind: 'deposit', reference, amount: '5000.00' },
        { kind: 'deposit', reference: 'Of nobody', amount: '1.00' },
      ],
    });
    await matchStatement(platform, statementId);
    expect(await kindsOf(officer, statementId)).toMatchObject({ needs_another_person: [1, 0], bank_not_in_statement: [1, 0] });
    const colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    const decision = { row: 1, targets: [{ type: 'contribution', id }], reason: 'As the donor wrote' };
    await officer.post(`/v1/statements/${statementId}/matches`, decision).expect(403);
    await colleague.post(`/v1/statements/${statementId}/matches`, decision).expect(200);
    expect(await kindsOf(officer, statementId)).toMatchObject({ needs_another_person: [0, 1] });
  });

  it('is begun by finance of the programme, one at a time, of a statement that was read', async () => {
    const { frame, officer, paid } = await setUp({});
    const { id } = await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial: paid[0]?.serial ?? '' }] });
    const path = `/v1/statements/${id}/matching-runs`;
    await officer.post(path, { reason: 'Too early' }).expect(409);
    await matchStatement(platform, id);
    const stranger = await platform.as('finance_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.post(path, { reason: 'Not mine' }).expect(404);
    await stranger.get(`/v1/statements/${id}/matching`).expect(404);
    await (await platform.as('auditor')).post(path, { reason: 'Not I' }).expect(403);
  });
});

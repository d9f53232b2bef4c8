import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeBookkeeping, matchedStatement, matchesOf, matchStatement, stageStatement } from '../../../test/support/statements.ts';
import { system } from '../../access/system.ts';
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

  it('stops where the uploader paid the cash, and goes on in the name of a colleague', async () => {
    const frame = await makeFrame(platform);
    const payer = await platform.as('finance_officer', { programme: frame.programmeId });
    const colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    const [paid] = (await payList(platform, frame, [{ agentId: payer.userId }])) as [Paid];
    const { id } = await stageStatement(platform, {
      programmeId: frame.programmeId,
      uploadedBy: payer.userId,
      lines: [{ serial: paid.serial }],
    });
    await platform.owner.query(
      `insert into follow_ups (id, job, payload, created_at, due_at) values (gen_random_uuid(), 'reconciliation.match', $1, now(), now())`,
      [{ statementId: id }],
    );
    await platform.settled();
    const { body } = await colleague.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body).toMatchObject({ state: 'staged', matchedCount: 0, run: { state: 'stopped', stoppedBy: 'separation_of_duties' } });
    await again(payer, id);
    expect((await payer.get(`/v1/statements/${id}/matching`)).body.run).toMatchObject({
      number: 2,
      state: 'stopped',
      askedBy: payer.userId,
    });
    await again(colleague, id);
    expect(await matchesOf(colleague, id)).toMatchObject([{ row: 1, matchedBy: colleague.userId }]);
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { insertMatch, type Line, makeBookkeeping, matchedStatement } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('matches that people make', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    ({ frame, officer } = await makeBookkeeping(platform));
  });
  afterAll(() => platform.close());

  const reason = 'Their letter of 2 April says so';
  const target = ({ payoutId }: Paid) => ({ type: 'payout', id: payoutId });
  const staged = (lines: readonly Line[]) => matchedStatement(platform, { programmeId: frame.programmeId, lines });
  const match = (id: string, row: number, targets: object[], client = officer) =>
    client.post(`/v1/statements/${id}/matches`, { row, targets, reason });
  const unmatch = (id: string, row: number, client = officer) => client.post(`/v1/statements/${id}/unmatchings`, { row, reason });

  it('claim what is free, once, and come to the amount of the line where they are several', async () => {
    const [one, two, three, four] = (await payList(platform, frame, [{}, {}, {}, {}])) as [Paid, Paid, Paid, Paid];
    const { id } = await staged([{ amount: '30000.00' }, { amount: '14000.00', paidOn: '2026-03-09' }, { serial: three.serial }]);
    expect((await match(id, 1, [target(one)]).expect(200)).body).toMatchObject({ row: 1, pass: 'manual', passesVersion: null, reason });
    await unmatch(id, 1).expect(200);
    const both = await match(id, 1, [target(one), target(two)]).expect(200);
    expect(both.body).toMatchObject({ targetCount: 2, matchedBy: officer.userId });
    expect((await match(id, 2, [target(two)]).expect(409)).body.detail).toContain('matched with another line');
    expect((await match(id, 1, [target(four)]).expect(409)).body.detail).toContain('The line is matched already');
    await unmatch(id, 1).expect(200);
    const uneven = await match(id, 2, [target(one), target(two)]).expect(422);
    expect(uneven.body.errors).toEqual([{ pointer: '/targets', detail: 'These records do not come to the amount of the line.' }]);
    expect((await match(id, 2, [{ type: 'payout', id: newId() }]).expect(422)).body.errors[0].detail).toContain('no such record');
    await match(id, 2, [target(one), target(one)]).expect(409);
    // The two are one; the money is not right for that.
    await match(id, 2, [target(one)]).expect(200);
    const { body } = await officer.get(`/v1/statements/${id}/matching`).expect(200);
    expect(body.exceptions).toContainEqual({ kind: 'amount_under', open: 1, resolved: 0 });
    await match(id, 9, [target(two)]).expect(422);
    await unmatch(id, 9).expect(422);
  });

  it('are refused to who paid the cash or had a hand in its list, and outside the programme', async () => {
    const payer = await platform.as('finance_officer', { programme: frame.programmeId });
    const [own, other] = (await payList(platform, frame, [{ agentId: payer.userId }, {}])) as [Paid, Paid];
    const { id } = await staged([{ serial: own.serial }, {}]);
    expect((await unmatch(id, 1, payer).expect(403)).body.code).toBe('separation_of_duties');
    await unmatch(id, 1).expect(200);
    expect((await match(id, 2, [target(own)], payer).expect(403)).body.code).toBe('separation_of_duties');
    const stranger = await platform.as('finance_officer', { programme: (await makeFrame(platform)).programmeId });
    await match(id, 2, [target(other)], stranger).expect(404);
    await unmatch(id, 1, stranger).expect(404);
    for (const role of ['auditor', 'programme_officer'] as const) await match(id, 2, [target(other)], await platform.as(role)).expect(403);
    await platform.owner.query('update sessions set second_factor_at = $2 where user_id = $1', [payer.userId, new Date(0)]);
    await match(id, 2, [target(other)], payer).expect(401);
  });

  it('lets one of many have a pay-out that they match at once', async () => {
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const { id } = await staged([{}, {}, {}, {}].map((_, i) => ({ reference: `Race ${i}`, amount: '1.00' })));
    const answers = await Promise.all([1, 2, 3, 4].map((row) => match(id, row, [target(paid)])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('holds against plain SQL', async () => {
    const [paid, free, foreign] = [
      ...(await payList(platform, frame, [{}, {}])),
      ...(await payList(platform, await makeFrame(platform), [{}])),
    ] as [Paid, Paid, Paid];
    const { id, lineIds } = await staged([{ serial: paid.serial }, {}, { amount: '30000.00' }]);
    const [matched = '', open = '', large = ''] = lineIds;
    const sql = await platform.applicationClient();
    const broken = (work: Promise<unknown>) =>
      work.then(
        () => 'nothing',
        (error: { constraint?: string; code: string }) => error.constraint ?? error.code,
      );
    const by = newId();
    expect(await broken(insertMatch(sql, open, paid.payoutId, by))).toBe('statement_match_targets_once');
    expect(await broken(insertMatch(sql, open, foreign.payoutId, by))).toBe('statement_match_targets_own');
    expect(await broken(insertMatch(sql, newId(), free.payoutId, by))).toBe('statement_match_targets_own');
    expect(await broken(insertMatch(sql, open, free.payoutId, by, 'manual'))).toBe('statement_matches_decided');
    const bare = `insert into statement_matches values ($1, 'exact', 0, 'Bare', true, $2, now())`;
    expect(await broken(sql.query(bare, [open, by]))).toBe('statement_matches_of_something');
    const part = `insert into statement_match_targets values ('payout', $1, $2, $3)`;
    expect(await broken(sql.query(part, [free.payoutId, matched, 1]))).toBe('statement_match_targets_sum');
    const parts = `with m as (insert into statement_matches values ($1, 'exact', 0, 'Parts', true, $2, now()))
      insert into statement_match_targets select 'payout', p.id, $1, p.part from unnest($3::uuid[]) with ordinality as p (id, part)`;
    expect(await broken(sql.query(parts, [large, by, [free.payoutId]]))).toBe('statement_match_targets_sum');
    expect(await broken(sql.query('delete from statement_match_targets where statement_line_id = $1', [matched]))).toBe('42501');
    expect(await broken(platform.owner.query('delete from statement_match_targets where statement_line_id = $1', [matched]))).toBe(
      'statement_match_targets_stand',
    );
    expect(await broken(platform.owner.query(`update statement_matches set reason = 'Other'`))).toBe('statement_matches_append_only');
    expect(await broken(platform.owner.query('delete from statement_decisions'))).toBe('statement_decisions_append_only');
    expect(await broken(platform.owner.query(`update matching_passes set reason = 'Other'`))).toBe('matching_passes_append_only');
    expect(await broken(platform.owner.query(`delete from matching_runs`))).toBe('matching_runs_append_only');

    await match(id, 2, [target(free)]).expect(200);
    expect(await broken(sql.query('delete from statement_matches where statement_line_id = $1', [open]))).toBe('statement_matches_kept');
    await unmatch(id, 2).expect(200);
    expect(await broken(insertMatch(sql, open, free.payoutId, by))).toBe('statement_match_targets_apart');
  });
});

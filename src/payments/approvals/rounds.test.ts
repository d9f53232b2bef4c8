import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';

describe('a list that is given back', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let people: Person[];
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    team = await makeTeam(platform, frame);
    people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
  });

  const post = (client: Team['maker'], id: string, step: string, body?: object) => client.post(`/v1/payment-lists/${id}/${step}`, body);
  const given = async () => {
    const list = await submitted(team, frame, await makePlan(platform, frame, people, '600.00'));
    const { body } = await post(team.approver, list.id, 'reject', { reason: 'Wrong wilaya.' }).expect(200);
    return { before: list, after: body };
  };

  it('is a draft again with its lines, and keeps why', async () => {
    const { before, after } = await given();
    expect(after).toMatchObject({
      state: 'draft',
      round: 2,
      digest: null,
      submittedAt: null,
      programmeVersion: null,
      lineCount: 2,
      signatures: [],
    });
    expect(after.byState).toEqual([{ state: 'included', lines: 2, total: { amount: '1200.00', currency: 'DZD' } }]);
    const { body } = await team.finance.get(`/v1/payment-lists/${before.id}/rounds`).expect(200);
    expect(body.items).toMatchObject([
      {
        round: 1,
        digest: before.digest,
        kinds: ['one_time_grant'],
        lineCount: 2,
        total: { amount: '1200.00' },
        submittedBy: team.maker.userId,
        signatures: [
          { userId: team.maker.userId, hand: 'maker' },
          { userId: team.approver.userId, hand: 'rejecter', role: 'approver' },
        ],
        rejection: { userId: team.approver.userId, reason: 'Wrong wilaya.' },
      },
    ]);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where subject_id = $1 and command = 'payments.reject_list'`,
      [before.id],
    );
    expect(rows).toEqual([{ reason: 'Wrong wilaya.' }]);
    await post(team.approver, before.id, 'approve', { digest: before.digest }).expect(409);
    await post(team.approver, before.id, 'reject', { reason: 'Again.' }).expect(409);
  });

  it('is submitted again, signed anew by whoever signed or rejected before, and by nobody who made it in any round', async () => {
    const { before } = await given();
    const { id } = before;
    const { body: again } = await post(team.maker, id, 'submit').expect(200);
    expect(again).toMatchObject({ state: 'submitted', round: 2, digest: before.digest });
    const { body: signed } = await post(team.approver, id, 'approve', { digest: again.digest }).expect(200);
    expect(signed).toMatchObject({ state: 'approved', signaturesNeeded: [{ role: 'approver', given: 1 }] });
    expect((await team.finance.get(`/v1/payment-lists/${id}/rounds`)).body.items).toHaveLength(2);
    await post(team.finance, id, 'release').expect(200);
  });

  it('has another digest when a line is held back meanwhile', async () => {
    const { before } = await given();
    await platform.owner.query(
      `update payment_list_lines set state = 'held', held_reason = 'Moved away', held_by = $2 where list_id = $1 and position = 1`,
      [before.id, team.maker.userId],
    );
    await platform.owner.query(`update payment_list_funds set line_count = 1, total = 600 where list_id = $1`, [before.id]);
    await platform.owner.query(`update payment_lists set line_count = 1, total = 600 where id = $1`, [before.id]);
    const { body: again } = await post(team.maker, before.id, 'submit').expect(200);
    expect(again.digest).not.toBe(before.digest);
    await post(team.approver, before.id, 'approve', { digest: before.digest }).expect(409);
    await post(team.approver, before.id, 'approve', { digest: again.digest }).expect(200);
  });

  it('excludes by what was done in earlier rounds: makers do not sign, signers do not release', async () => {
    const grant = (userId: string, role: string) =>
      platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
        values (gen_random_uuid(), $1, $2, $3, '00000000-0000-0000-0000-000000000001', now())`,
        [userId, role, frame.programmeId],
      );
    const { before } = await given();
    const other = await platform.as('programme_officer', { programme: frame.programmeId });
    await grant(other.userId, 'approver');
    const { body: again } = await post(other, before.id, 'submit').expect(200);
    await post(team.approver, before.id, 'reject', { reason: 'Still wrong.' }).expect(200);
    await post(team.maker, before.id, 'submit').expect(200);
    const refused = async (answer: ReturnType<Team['maker']['post']>) => {
      const { status, body } = await answer;
      expect([status, body.code]).toEqual([403, 'separation_of_duties']);
    };
    await refused(post(other, before.id, 'approve', { digest: again.digest }));
    const second = await platform.as('approver', { programme: frame.programmeId });
    await post(second, before.id, 'approve', { digest: again.digest }).expect(200);
    for (const signer of [team.approver, second]) {
      await grant(signer.userId, 'finance_officer');
      await refused(post(signer, before.id, 'release'));
    }
    await post(team.finance, before.id, 'release').expect(200);
  });

  it('comes back by a rejection alone, whoever writes', async () => {
    const app = await platform.applicationClient();
    const refused = (text: string, id: string, constraint: string) => expect(app.query(text, [id])).rejects.toMatchObject({ constraint });
    const { id, digest } = await submitted(team, frame, await makePlan(platform, frame, people, '5.00'));
    const back = `update payment_lists set state = 'draft', digest = null, programme_version = null, submitted_at = null, round = round + 1 where id = $1`;
    await refused(back, id, 'payment_lists_signed');
    await app.query(
      `insert into payment_list_hands (list_id, user_id, hand, role, digest, reason, at) values ($1, gen_random_uuid(), 'rejecter', 'approver', $2, 'No', now())`,
      [id, digest],
    );
    await refused(back.replace('round = round + 1', 'round = round'), id, 'payment_lists_round');
    await refused(back.replace('digest = null', 'digest = digest'), id, 'payment_lists_round');
    await refused('update payment_lists set round = 5 where id = $1', id, 'payment_lists_round');
    await app.query(back, [id]);
    await refused(
      `insert into payment_list_hands (list_id, round, user_id, hand, role, digest, reason, at) values ($1, 1, gen_random_uuid(), 'rejecter', 'approver', '${digest}', 'No', now())`,
      id,
      'payment_list_hands_in_turn',
    );
    await refused(`update payment_list_rounds set total = 1 where list_id = $1`, id, 'payment_list_rounds_append_only').catch(async () =>
      expect(app.query(`update payment_list_rounds set total = 1 where list_id = $1`, [id])).rejects.toMatchObject({ code: '42501' }),
    );
    await refused(
      `update payment_lists set state = 'submitted', digest = '${digest}', programme_version = 1, submitted_at = now() where id = $1`,
      id,
      'payment_lists_signed',
    );
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { mailsTo } from '../../../test/support/mail.ts';
import { makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { approvalJobs } from './jobs.ts';

const DAY_MS = 86_400_000;

describe('somebody who is away', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let deputy: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    deputy = await platform.as('approver', { programme: frame.programmeId });
  });

  const list = async () =>
    submitted(team, frame, await makePlan(platform, frame, [await makePerson(platform, frame.programmeId)], '600.00'));
  const grantOf = async ({ userId }: Client): Promise<string> =>
    (await platform.owner.query('select id from role_grants where user_id = $1', [userId])).rows[0].id;
  const inDays = (days: number) => new Date(platform.clock.now().getTime() + days * DAY_MS).toISOString();
  const delegate = async (from: Client, to: Client, over: object = {}) =>
    from.post('/v1/approval-delegations', { grantId: await grantOf(from), deputyId: to.userId, endsAt: inDays(7), ...over });
  const sign = (by: Client, { id, digest }: { id: string; digest: string }, forUserId?: string) =>
    by.post(`/v1/payment-lists/${id}/approve`, { digest, ...(forUserId ? { forUserId } : {}) });
  const code = async (answer: ReturnType<Client['post']>) => {
    const { status, body } = await answer;
    return `${status} ${body.code}`;
  };
  const setLimit = ({ userId }: Client, amount: string | null) =>
    platform.owner.query('update role_grants set limit_amount = $2, limit_currency = $3 where user_id = $1', [
      userId,
      amount,
      amount && 'DZD',
    ]);

  it('is seen by auditors of the place to have named a deputy, and by no colleague and no auditor of another', async () => {
    const { body } = await delegate(team.approver, deputy);
    const wide = await platform.as('approver');
    const { body: everywhere } = await delegate(wide, await platform.as('approver'));
    const seen = async (by: Client): Promise<boolean[]> => {
      const { body: page } = await by.get('/v1/approval-delegations?limit=200').expect(200);
      return [body.id, everywhere.id].map((id) => page.items.some((one: { id: string }) => one.id === id));
    };
    const other = await makeFrame(platform);
    expect(await seen(await platform.as('auditor'))).toEqual([true, true]);
    expect(await seen(await platform.as('auditor', { programme: frame.programmeId }))).toEqual([true, true]);
    expect(await seen(await platform.as('auditor', { fund: frame.fundId }))).toEqual([true, true]);
    for (const place of [{ programme: other.programmeId }, { fund: other.fundId }])
      expect(await seen(await platform.as('auditor', place))).toEqual([false, true]);
    expect(await seen(await platform.as('auditor', { office: frame.officeId }))).toEqual([false, false]);
    expect(await seen(await platform.as('finance_officer', { programme: frame.programmeId }))).toEqual([false, false]);
    // What waits for a signature is one's own, and an auditor signs nothing.
    await (await platform.as('auditor')).get('/v1/awaited-signatures').expect(403);
  });

  it('is signed for by whom they named, up to their own limit, and both names stand there', async () => {
    await changeTerms(platform, frame.programmeId, { approvalRules: [[null, '0', 1, 'approver', 2]] });
    await setLimit(deputy, '1.00');
    const frozen = await list();
    expect(await code(sign(deputy, frozen, team.approver.userId))).toBe('403 not_a_deputy');
    const { body } = (await (
      await delegate(team.approver, deputy)
    ).ok)
      ? await team.approver.get('/v1/approval-delegations')
      : { body: {} };
    expect(body.items).toMatchObject([{ userId: team.approver.userId, deputyId: deputy.userId, role: 'approver', endedAt: null }]);
    expect((await deputy.get('/v1/approval-delegations').expect(200)).body.items).toEqual(body.items);
    const { body: awaited } = await deputy.get('/v1/awaited-signatures').expect(200);
    expect(awaited.items).toMatchObject([{ listId: frozen.id, forUserId: team.approver.userId }]);
    expect(await code(sign(deputy, frozen))).toBe('403 over_limit');
    const { body: signed } = await sign(deputy, frozen, team.approver.userId).expect(200);
    expect(signed.signatures).toContainEqual(
      expect.objectContaining({ userId: deputy.userId, forUserId: team.approver.userId, hand: 'approver', role: 'approver' }),
    );
    expect(signed.signaturesNeeded).toMatchObject([{ signatures: 2, given: 1 }]);
    // One authority is one signature.
    expect(await code(sign(team.approver, frozen))).toBe('403 separation_of_duties');
    expect(await code(sign(deputy, frozen))).toBe('403 separation_of_duties');
    await sign(await platform.as('approver', { programme: frame.programmeId }), frozen).expect(200);
    await setLimit(deputy, null);
  });

  it('names nobody who lacks the role, nor themselves, nor for too long, nor in somebody else’s name', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const elsewhere = await platform.as('approver', { programme: (await makeFrame(platform)).programmeId });
    for (const other of [officer, elsewhere, team.approver]) (await (await delegate(team.approver, other)).status) === 422 || expect.fail();
    for (const period of [{ endsAt: inDays(93) }, { startsAt: inDays(-1) }, { startsAt: inDays(8) }])
      expect((await delegate(team.approver, deputy, period)).status).toBe(422);
    expect((await delegate(deputy, officer, { grantId: await grantOf(team.approver) })).status).toBe(422);
    const administrator = await platform.as('administrator');
    expect(
      await code(
        administrator.post('/v1/approval-delegations', {
          grantId: await grantOf(team.approver),
          deputyId: deputy.userId,
          endsAt: inDays(1),
        }),
      ),
    ).toBe('403 forbidden');
    const wide = await platform.as('approver');
    expect((await delegate(wide, deputy)).status).toBe(422); // the deputy holds it in one programme only
    expect((await delegate(deputy, wide)).status).toBe(201);
    const { body } = await team.approver
      .get(`/v1/approval-delegations/possible-deputies?grantId=${await grantOf(team.approver)}`)
      .expect(200);
    const found = body.items.map(({ userId }: { userId: string }) => userId);
    expect(found).toEqual(expect.arrayContaining([deputy.userId, wide.userId]));
    expect(found).not.toContain(elsewhere.userId);
    expect(found).not.toContain(team.approver.userId);
  });

  it('is signed for within the time that they said, and no longer than they wish', async () => {
    const frozen = await list();
    await (await delegate(team.approver, deputy, { startsAt: inDays(1), endsAt: inDays(2) })).status;
    expect(await code(sign(deputy, frozen, team.approver.userId))).toBe('403 not_a_deputy');
    const { body } = await delegate(team.approver, deputy);
    const end = (by: Client) => by.post(`/v1/approval-delegations/${body.id}/end`);
    expect(await code(end(deputy))).toBe('404 not_found');
    expect((await end(team.approver).expect(200)).body.endedAt).not.toBeNull();
    expect(await code(end(team.approver))).toBe('409 conflict');
    expect(await code(sign(deputy, frozen, team.approver.userId))).toBe('403 not_a_deputy');
    await delegate(team.approver, deputy);
    await platform.owner.query('update role_grants set ends_at = $2 where user_id = $1', [team.approver.userId, platform.clock.now()]);
    expect(await code(sign(deputy, frozen, team.approver.userId))).toBe('403 not_a_deputy');
  });

  it('is not signed for by, or in the place of, who had another hand in the list', async () => {
    const grant = (userId: string, role: string) =>
      platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
        values (gen_random_uuid(), $1, $2, $3, '00000000-0000-0000-0000-000000000001', now())`,
        [userId, role, frame.programmeId],
      );
    await grant(team.approver.userId, 'programme_officer');
    await delegate(team.approver, deputy);
    const own = await submitted(
      { ...team, maker: team.approver },
      frame,
      await makePlan(platform, frame, [await makePerson(platform, frame.programmeId)], '5.00'),
    );
    expect(await code(sign(deputy, own, team.approver.userId))).toBe('403 not_a_deputy');
    await grant(deputy.userId, 'programme_officer');
    const theirs = await submitted(
      { ...team, maker: deputy },
      frame,
      await makePlan(platform, frame, [await makePerson(platform, frame.programmeId)], '5.00'),
    );
    expect(await code(sign(deputy, theirs, team.approver.userId))).toBe('403 separation_of_duties');
  });

  it('rejects through a deputy too', async () => {
    const frozen = await list();
    await delegate(team.approver, deputy);
    await deputy.post(`/v1/payment-lists/${frozen.id}/reject`, { reason: 'No.', forUserId: team.approver.userId }).expect(200);
    const { body } = await team.finance.get(`/v1/payment-lists/${frozen.id}/rounds`).expect(200);
    expect(body.items[0].signatures.at(-1)).toMatchObject({ hand: 'rejecter', userId: deputy.userId, forUserId: team.approver.userId });
  });

  it('is kept by constraints, whoever writes', async () => {
    const app = await platform.applicationClient();
    const frozen = await list();
    const grantId = await grantOf(team.approver);
    const insert = (over: Record<string, unknown> = {}) => {
      const row = {
        id: '00000000-0000-7000-8000-000000000001',
        grant_id: grantId,
        user_id: team.approver.userId,
        deputy_id: deputy.userId,
        role: 'approver',
        starts_at: new Date(),
        ends_at: new Date(Date.now() + DAY_MS),
        created_by: team.approver.userId,
        created_at: new Date(),
        ...over,
      };
      return app.query(
        `insert into approval_delegations (${Object.keys(row).join(', ')}) values (${Object.keys(row).map((_key, i) => `$${i + 1}`)})`,
        Object.values(row),
      );
    };
    const refused = (attempt: Promise<unknown>, constraint: string) => expect(attempt).rejects.toMatchObject({ constraint });
    await refused(insert({ created_by: deputy.userId }), 'approval_delegations_by_oneself');
    await refused(insert({ deputy_id: team.approver.userId }), 'approval_delegations_to_another');
    await refused(insert({ ends_at: new Date(Date.now() + 93 * DAY_MS) }), 'approval_delegations_period');
    await refused(insert({ starts_at: new Date(Date.now() - DAY_MS) }), 'approval_delegations_period');
    await refused(insert({ deputy_id: team.maker.userId }), 'approval_delegations_to_holder');
    await refused(
      insert({ user_id: deputy.userId, created_by: deputy.userId, deputy_id: team.approver.userId }),
      'approval_delegations_of_holder',
    );
    await insert();
    await expect(app.query('update approval_delegations set ends_at = now()')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('delete from approval_delegations')).rejects.toMatchObject({ code: '42501' });
    const signFor = (at: string, over: { forUserId?: string; userId?: string } = {}) =>
      app.query(
        `insert into payment_list_hands (list_id, user_id, hand, step, role, digest, for_user_id, delegation_id, at)
        values ($1, $2, 'approver', 1, 'approver', $3, $4, '00000000-0000-7000-8000-000000000001', ${at})`,
        [frozen.id, over.userId ?? deputy.userId, frozen.digest, over.forUserId ?? team.approver.userId],
      );
    await refused(signFor(`now() + interval '2 days'`), 'payment_list_hands_by_deputy');
    await refused(signFor('now()', { forUserId: team.finance.userId }), 'payment_list_hands_by_deputy');
    await refused(signFor('now()', { userId: team.finance.userId }), 'payment_list_hands_by_deputy');
    await setLimit(team.approver, '1.00');
    await refused(signFor('now()'), 'payment_list_hands_by_deputy');
    await setLimit(team.approver, null);
    const end = (at: string) =>
      app.query(`update approval_delegations set ended_at = ${at} where id = '00000000-0000-7000-8000-000000000001'`);
    await end('now()');
    await refused(end('null'), 'approval_delegations_over');
    await refused(signFor('now()'), 'payment_list_hands_by_deputy');
  });

  it('is reminded, as their deputy is, once at the programme’s interval, and not of what was signed', async () => {
    await platform.owner.query(`update users set activated_at = created_at, language = 'fr' where id = any($1)`, [
      [team.approver.userId, deputy.userId],
    ]);
    const late = await platform.as('approver', { programme: frame.programmeId });
    await platform.owner.query('update users set disabled_at = now() where id = $1', [late.userId]);
    const frozen = await list();
    const { database, execute, keyRing } = platform.app;
    const unused = { mailer: { send: () => Promise.reject(new Error('the worker sends')) }, publicUrl: '' };
    const [reminding] = approvalJobs({ db: database.reader, execute, keyRing, clock: platform.clock }, unused);
    const remind = async () => {
      await reminding?.run({});
      await platform.settled();
    };
    const mails = async ({ userId }: Client) => mailsTo(platform, `${userId}@example.org`);
    await remind();
    expect(await mails(team.approver)).toEqual([]);
    platform.clock.skip(2 * DAY_MS);
    await remind();
    await remind();
    const [mail, ...more] = await mails(team.approver);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('Votre signature est attendue');
    expect(mail?.text).toContain('1');
    for (const word of ['Test programme', frozen.id, 'approver', '600']) expect(mail?.text).not.toContain(word);
    expect(await mails(deputy)).toHaveLength(1);
    expect(await mails(late)).toEqual([]);
    platform.clock.skip(DAY_MS);
    await remind();
    expect(await mails(team.approver)).toHaveLength(1);
    platform.clock.skip(DAY_MS);
    await remind();
    expect(await mails(team.approver)).toHaveLength(2);
    const app = await platform.applicationClient();
    await expect(
      app.query(
        'insert into approval_reminders select gen_random_uuid(), programme_id, user_id, day, 1, now(), now() from approval_reminders',
      ),
    ).rejects.toMatchObject({ constraint: 'approval_reminders_once_a_day' });
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
    await sign(team.approver, frozen).expect(200);
    platform.clock.skip(5 * DAY_MS);
    await remind();
    expect(await mails(deputy)).toHaveLength(2);
  });
});

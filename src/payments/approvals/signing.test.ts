import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKind } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { dateIn, newId } from '../../platform/index.ts';

describe('who signs a list', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let person: Person;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    person = await makePerson(platform, frame.programmeId);
  });

  type Rule = [kind: string | null, from: string, step: number, role: string, signatures: number];
  const rules = (...approvalRules: Rule[]) => changeTerms(platform, frame.programmeId, { approvalRules });
  const somebody = (role: 'approver' | 'programme_officer' | 'finance_officer') => platform.as(role, { programme: frame.programmeId });
  const list = async (amount = '600.00') => submitted(team, frame, await makePlan(platform, frame, [person], amount));
  const sign = (by: Client, { id, digest }: { id: string; digest: string }) => by.post(`/v1/payment-lists/${id}/approve`, { digest });
  const refused = async (answer: ReturnType<Client['post']>, code: string) => {
    const { status, body } = await answer;
    expect([status, body.code], JSON.stringify(body)).toEqual([403, code]);
  };
  const awaitedBy = async (client: Client) =>
    ((await client.get('/v1/awaited-signatures').expect(200)).body.items as { listId: string }[]).map(({ listId }) => listId);
  const limited = (userId: string, amount: string, currency = 'DZD') =>
    platform.owner.query('update role_grants set limit_amount = $2, limit_currency = $3 where user_id = $1', [userId, amount, currency]);

  it('is whoever holds the role of the step that is open, one after the other', async () => {
    await rules([null, '0', 1, 'programme_officer', 1], [null, '0', 2, 'approver', 2], [null, '0', 3, 'finance_officer', 1]);
    const frozen = await list();
    const [officer, second, finance] = [await somebody('programme_officer'), await somebody('approver'), await somebody('finance_officer')];
    for (const early of [team.approver, finance]) await refused(sign(early, frozen), 'not_your_turn');
    expect(await awaitedBy(officer)).toEqual([frozen.id]);
    expect(await awaitedBy(team.approver)).toEqual([]);
    await refused(sign(team.maker, frozen), 'separation_of_duties');
    await sign(officer, frozen).expect(200);
    expect(await awaitedBy(team.approver)).toEqual([frozen.id]);
    await sign(team.approver, frozen).expect(200);
    expect(await awaitedBy(team.approver)).toEqual([]);
    await refused(sign(finance, frozen), 'not_your_turn');
    await sign(second, frozen).expect(200);
    const { body } = await sign(finance, frozen).expect(200);
    expect(body).toMatchObject({
      state: 'approved',
      signaturesNeeded: [
        { step: 1, role: 'programme_officer', signatures: 1, given: 1 },
        { step: 2, role: 'approver', signatures: 2, given: 2 },
        { step: 3, role: 'finance_officer', signatures: 1, given: 1 },
      ],
    });
    // Who signed does not release, though the role would.
    await refused(finance.post(`/v1/payment-lists/${frozen.id}/release`), 'separation_of_duties');
    await team.finance.post(`/v1/payment-lists/${frozen.id}/release`).expect(200);
  });

  it('is decided by the rules that held when it was submitted', async () => {
    const before = await list();
    await rules([null, '0', 1, 'approver', 3]);
    expect((await sign(team.approver, before).expect(200)).body.state).toBe('approved');
    const after = await list();
    expect((await sign(team.approver, after).expect(200)).body).toMatchObject({
      state: 'submitted',
      signaturesNeeded: [{ signatures: 3, given: 1 }],
    });
  });

  it('is by its kind: emergency cash by its own short rule, several kinds by the strictest of each', async () => {
    await rules(
      [null, '0', 1, 'programme_officer', 1],
      [null, '0', 2, 'approver', 1],
      [null, '10000', 1, 'programme_officer', 1],
      [null, '10000', 2, 'approver', 2],
      ['emergency_cash', '0', 1, 'approver', 1],
    );
    const build = async (...planIds: string[]) => {
      const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
      const { body } = await team.maker.post(path, { name: newId(), planIds, fundIds: [frame.fundId] }).expect(201);
      return (await team.maker.post(`/v1/payment-lists/${body.id}/submit`).expect(200)).body;
    };
    const needed = ({ signaturesNeeded }: { signaturesNeeded: { step: number; role: string; signatures: number }[] }) =>
      signaturesNeeded.map(({ step, role, signatures }) => `${step} ${role} ${signatures}`);
    const emergency = async (amount: string) => {
      const planId = await makeKind(team.maker, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount }, withinDays: 3 });
      const dueOn = dateIn('Africa/Algiers', platform.clock.now());
      const people = [{ person: { beneficiaryId: (await makePerson(platform, frame.programmeId)).id } }];
      await team.maker.post(`/v1/plans/${planId}/emergency-entries`, { dueOn, people }).expect(201);
      return planId;
    };
    expect(needed(await build(await emergency('9000.00')))).toEqual(['1 approver 1']);
    const mixed = await build(await emergency('6000.00'), await makePlan(platform, frame, [person], '6000.00'));
    expect(needed(mixed)).toEqual(['1 approver 1', '1 programme_officer 1', '2 approver 2']);
    const officer = await somebody('programme_officer');
    // Two roles of one step sign in any order.
    await sign(team.approver, mixed).expect(200);
    await refused(sign(await somebody('approver'), mixed), 'not_your_turn');
    await sign(officer, mixed).expect(200);
    for (const approver of [await somebody('approver'), await somebody('approver')]) await sign(approver, mixed).expect(200);
    expect((await team.finance.get(`/v1/payment-lists/${mixed.id}`)).body.state).toBe('approved');
  });

  it('says in the database what it says in code, whatever the rules', async () => {
    const kinds = ['one_time_grant', 'emergency_cash', 'stipend'];
    const random = (n: number) => Math.floor(Math.random() * n);
    const roles = ['approver', 'programme_officer', 'finance_officer'] as const;
    const { stepsFor } = await import('./rules.ts');
    const { Money } = await import('../../platform/index.ts');
    const { id } = await list('600.00');
    for (let turn = 0; turn < 12; turn += 1) {
      const bands = [null, ...kinds.filter(() => random(2) === 0)].flatMap((kind) =>
        ['0', ...['500', '601'].filter(() => random(2) === 0)].flatMap((from) =>
          Array.from(
            { length: 1 + random(3) },
            (_none, step): Rule => [kind, from, step + 1, roles[random(3)] ?? 'approver', 1 + random(5)],
          ),
        ),
      );
      const version = await rules(...bands);
      const chosen = kinds.filter((_kind, i) => i === 0 || random(2) === 0).sort();
      await platform.owner.query('begin');
      await platform.owner.query('set local session_replication_role = replica');
      await platform.owner.query('update payment_list_rounds set kinds = $2, programme_version = $3 where list_id = $1', [
        id,
        chosen,
        version,
      ]);
      const { rows } = await platform.owner.query(
        'select n.* from payment_lists l cross join lateral signatures_needed(l) n where l.id = $1 order by step, role',
        [id],
      );
      await platform.owner.query('rollback');
      const all = bands.map(([kind, fromAmount, step, role, signatures]) => ({ kind, fromAmount, step, role, signatures }) as never);
      expect(rows, JSON.stringify({ bands, chosen })).toEqual(stepsFor(all, chosen, Money.of('600.00', 'DZD')));
    }
  });

  it('is nobody beyond their limit, in its currency', async () => {
    const frozen = await list('600.00');
    await limited(team.approver.userId, '599.99');
    await refused(sign(team.approver, frozen), 'over_limit');
    expect(await awaitedBy(team.approver)).toEqual([]);
    await limited(team.approver.userId, '100000', 'EUR');
    await refused(sign(team.approver, frozen), 'over_limit');
    const app = await platform.applicationClient();
    const plain = app.query(
      `insert into payment_list_hands (list_id, user_id, hand, step, role, digest, at) values ($1, $2, 'approver', 1, 'approver', $3, now())`,
      [frozen.id, team.approver.userId, frozen.digest],
    );
    await expect(plain).rejects.toMatchObject({ constraint: 'payment_list_hands_within_limit' });
    await limited(team.approver.userId, '600.00');
    expect((await sign(team.approver, frozen).expect(200)).body.state).toBe('approved');
  });

  it('is granted up to a limit by an administrator, for a role that signs', async () => {
    const administrator = await platform.as('administrator');
    const { userId } = await platform.as('donor', { fund: frame.fundId });
    await platform.owner.query('update role_grants set ends_at = now() where user_id = $1', [userId]);
    const grant = (body: object) => administrator.post(`/v1/users/${userId}/roles`, { programmeId: frame.programmeId, ...body });
    const limit = { amount: '5000.00', currency: 'DZD' };
    const { body } = await grant({ role: 'approver', limit }).expect(201);
    expect(body.limit).toEqual(limit);
    for (const wrong of [
      { role: 'enrolment_officer', limit },
      { role: 'finance_officer', limit: { amount: '0.00', currency: 'DZD' } },
      { role: 'finance_officer', limit: { amount: '1.001', currency: 'DZD' } },
    ])
      await grant(wrong).expect(422);
    const app = await platform.applicationClient();
    await expect(
      app.query(
        `insert into role_grants (id, user_id, role, limit_amount, limit_currency, granted_by, granted_at)
        select gen_random_uuid(), $1, 'enrolment_officer', 1, 'DZD', $2, now()`,
        [userId, administrator.userId],
      ),
    ).rejects.toMatchObject({ constraint: 'role_grants_limit' });
  });

  it('sees what waits, longest first, and nothing of another programme', async () => {
    const [first, second] = [await list(), await list('700.00')];
    const { body } = await team.approver.get('/v1/awaited-signatures?limit=1').expect(200);
    expect(body.items).toMatchObject([
      { listId: first.id, step: 1, role: 'approver', digest: first.digest, forUserId: null, lineCount: 1 },
    ]);
    const next = await team.approver.get(`/v1/awaited-signatures?limit=1&cursor=${encodeURIComponent(body.nextCursor)}`).expect(200);
    expect(next.body.items).toMatchObject([{ listId: second.id, total: { amount: '700.00' } }]);
    expect(next.body.nextCursor).toBeNull();
    await team.approver.get('/v1/awaited-signatures?cursor=x').expect(400);
    expect(await awaitedBy(await platform.as('approver', { programme: newId() }))).toEqual([]);
    expect(await awaitedBy(await platform.as('approver', { fund: frame.fundId }))).toEqual([first.id, second.id]);
    await (await platform.as('auditor')).get('/v1/awaited-signatures').expect(403);
  });
});

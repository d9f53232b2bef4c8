import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person, receive } from '../../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';

describe('a list that is built', () => {
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
    people = [];
    for (let i = 0; i < 3; i += 1) people.push(await makePerson(platform, frame.programmeId));
  });

  const build = (filter: object) => team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), ...filter });
  const linesOf = async (id: string) => (await team.maker.get(`/v1/payment-lists/${id}/lines`).expect(200)).body.items;
  const whoIsOn = async (id: string) => (await linesOf(id)).map(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId).sort();
  const ids = (...some: (Person | undefined)[]) => some.map((person) => person?.id).sort();

  it('takes in all that is due in its programme, whatever the plan', async () => {
    const plans = [await makePlan(platform, frame, people, '100.00'), await makePlan(platform, frame, people.slice(0, 1), '50.00')];
    const { body } = await build({}).expect(201);
    expect(body).toMatchObject({ lineCount: 4, total: { amount: '350.00' }, source: {}, byKind: [{ kind: 'one_time_grant', lines: 4 }] });
    expect(body.byPlan.map(({ planId }: { planId: string }) => planId).sort()).toEqual(plans.sort());
    const { body: story } = await team.maker.get(`/v1/payment-lists/${body.id}`).expect(200);
    expect(story.progress).toBeNull();
  });

  it('is narrowed down by kind, place, office and cohort', async () => {
    const [first, second, third] = people;
    await makePlan(platform, frame, people, '100.00');
    const far = newId();
    await platform.owner.query(
      `insert into wilayas values ('31', 'DZ-31', 'DZ002', 'Oran', 'وهران', null, '1984-02-04') on conflict do nothing`,
    );
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(`update beneficiaries set wilaya_number = '31', commune = 'Oran' where id = $1`, [second?.id]);
    await platform.owner.query(
      `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at) values ($1, $2, '31', 'Oran', 'Oran', 'وهران', $1, now())`,
      [far, String(31_000 + Math.floor(Math.random() * 900))],
    );
    await platform.owner.query(`update beneficiaries set registered_at = '2025-06-30 23:30:00+01' where id = $1`, [third?.id]);
    await platform.owner.query('set session_replication_role = origin');
    await build({ kind: 'stipend' }).expect(422);
    const cancelled = async (filter: object) => {
      const { body } = await build(filter).expect(201);
      const on = await whoIsOn(body.id);
      await team.maker.post(`/v1/payment-lists/${body.id}/cancel`, { reason: 'Only looking' }).expect(200);
      return on;
    };
    expect(await cancelled({ wilayaNumber: '31' })).toEqual(ids(second));
    expect(await cancelled({ officeId: far })).toEqual(ids(second));
    // In Algiers it is still the last of June.
    expect(await cancelled({ cohort: { registeredFrom: '2025-06-30', registeredTo: '2025-06-30' } })).toEqual(ids(third));
    expect(await cancelled({ kind: 'one_time_grant', wilayaNumber: '16' })).toEqual(ids(first, third));
    const { body } = await build({
      officeId: newId(),
      fromListId: newId(),
      cohort: { registeredFrom: '2026-02-01', registeredTo: '2026-01-31' },
    }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/officeId', '/fromListId', '/cohort/registeredTo']);
    const file = await build({ cohort: { registrationFileId: newId() } }).expect(422);
    expect(file.body.errors[0].pointer).toBe('/cohort/registrationFileId');
  });

  it('draws on its funds in their order, and leaves out whom none can carry', async () => {
    const second = newId();
    await platform.owner.query(
      `insert into funds (id, programme_id, donor, agreement, currency, draw_order, created_by, created_at) values ($1, $2, 'Second', 'AG-9', 'DZD', 2, $1, now())`,
      [second, frame.programmeId],
    );
    await receive(platform, { programmeId: frame.programmeId, fundId: second }, '60000.00');
    const planId = await makePlan(platform, frame, people, '60000.00');
    const { body } = await build({ planIds: [planId] }).expect(201);
    expect(
      body.funds
        .map(({ fundId, lines, total }: { fundId: string; lines: number; total: { amount: string } }) => [fundId, lines, total.amount])
        .sort(),
    ).toEqual(
      [
        [frame.fundId, 1, '60000.00'],
        [second, 1, '60000.00'],
      ].sort(),
    );
    expect(body.leftOut).toEqual([{ reason: 'no_fund', people: 1 }]);
    const { digest } = (await team.maker.post(`/v1/payment-lists/${body.id}/submit`).expect(200)).body;
    await team.approver.post(`/v1/payment-lists/${body.id}/approve`, { digest }).expect(200);
    await team.finance.post(`/v1/payment-lists/${body.id}/release`).expect(200);
    const { rows } = await platform.owner.query(
      `select event, count(*)::int as entries, count(distinct fund_id)::int as funds from journal_entries where subject_id = $1 group by 1 order by 1`,
      [body.id],
    );
    expect(rows).toEqual([
      { event: 'approval', entries: 2, funds: 2 },
      { event: 'issue', entries: 2, funds: 2 },
    ]);
    const { rows: wrong } = await platform.owner.query(
      'select from vouchers v join payment_list_lines l on l.id = v.line_id where v.list_id = $1 and v.fund_id <> l.fund_id',
      [body.id],
    );
    expect(wrong).toEqual([]);
    // Who works for one of the funds alone does not see a list that draws on both.
    const donorSide = await platform.as('finance_officer', { fund: second });
    await donorSide.get(`/v1/payment-lists/${body.id}`).expect(404);
  });

  it('gives what a released list returned to one that follows it', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    const list = await approved(team, frame, planId);
    const suspend = (state: string) =>
      platform.owner.query('update enrolments set state = $2 where beneficiary_id = $1', [people[0]?.id, state]);
    await suspend('suspended');
    await team.finance.post(`/v1/payment-lists/${list.id}/release`).expect(200);
    await build({ fromListId: list.id }).expect(422);
    await suspend('enrolled');
    const { body } = await build({ fromListId: list.id }).expect(201);
    expect(await whoIsOn(body.id)).toEqual(ids(people[0]));
    expect(body.source).toEqual({ fromListId: list.id });
  });

  it('goes on in the background when it is large, with everybody on it or left out', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    // Two thousand who were erased, whom nobody can pay.
    await platform.owner.query(
      `with people as (select gen_random_uuid() as id, gen_random_uuid() as household, gen_random_uuid() as entitlement, n from generate_series(1, 2100) n),
        homes as (insert into households (id, programme_id, reference, size, created_at) select household, $1, household::text, 1, now() from people),
        known as (insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, registered_by, registered_at)
          select id, lpad((9000000000 + n + 3000 * $3::int)::text, 10, '0'), household, 'head', 'male', 'fr', '16', 'Alger', $1, now() from people),
        owed as (insert into entitlements (id, plan_id, beneficiary_id, created_at) select entitlement, $2, id, now() from people)
      insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from, covers_to, due_on, amount,
        currency, created_at)
      select gen_random_uuid(), entitlement, 1, $2, 'one_time_grant', $1, id, household, 'p', '2026-01-01', '2026-01-01', '2026-01-01', 1, 'DZD', now() from people`,
      [frame.programmeId, planId, 0],
    );
    const { body: begun } = await build({ planIds: [planId] }).expect(202);
    expect(begun).toMatchObject({ state: 'building', progress: { done: 2000, of: 2103 } });
    await platform.settled();
    const { body: list } = await team.maker.get(`/v1/payment-lists/${begun.id}`).expect(200);
    expect(list).toMatchObject({ state: 'draft', lineCount: 3, leftOut: [{ reason: 'not_enrolled', people: 2100 }], progress: null });
    const path = `/v1/payment-lists/${begun.id}/left-out`;
    let paged = 0;
    for (let cursor = ''; ; ) {
      const { body } = await team.approver.get(`${path}?limit=200${cursor && `&cursor=${cursor}`}`).expect(200);
      paged += body.items.length;
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    expect(paged).toBe(2100);
    await team.approver.get(`${path}?cursor=${Buffer.from('x').toString('base64url')}`).expect(400);
    const stranger = await makeTeam(platform, await makeFrame(platform));
    await stranger.maker.get(path).expect(404);
  });

  it('previews page by page whom it would leave out', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = any($1)`, [ids(...people)]);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const path = `/v1/programmes/${frame.programmeId}/payment-lists/preview?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await team.maker.post(path, { planIds: [planId] }).expect(200);
      expect(body.leftOut).toEqual([{ reason: 'not_enrolled', people: 3 }]);
      seen.push(...body.leftOutPeople.map(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId));
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    expect(seen.sort()).toEqual(ids(...people));
    const { rows } = await platform.owner.query('select from payment_lists where programme_id = $1', [frame.programmeId]);
    expect(rows).toEqual([]);
  });

  it('holds lines back, which another list can take, and puts back what none has taken', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    const { body: list } = await build({ planIds: [planId] }).expect(201);
    const [first, second] = await linesOf(list.id);
    const hold = (lineIds: string[], by = team.maker) =>
      by.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds, reason: 'Their papers are being looked at.' });
    const putBack = (lineIds: string[]) => team.maker.post(`/v1/payment-lists/${list.id}/lines/put-back`, { lineIds });
    const { body: held } = await hold([first.id, second.id]).expect(200);
    expect(held).toMatchObject({ lineCount: 1, total: { amount: '100.00' }, funds: [{ lines: 1 }], byPlan: [{ lines: 1 }] });
    expect(held.byState).toMatchObject([
      { state: 'held', lines: 2 },
      { state: 'included', lines: 1 },
    ]);
    expect((await linesOf(list.id))[0]).toMatchObject({
      state: 'held',
      heldReason: 'Their papers are being looked at.',
      heldBy: team.maker.userId,
    });
    await hold([first.id]).expect(409);
    await hold([newId()]).expect(409);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where subject_id = $1 and command = 'payments.hold_lines'`,
      [list.id],
    );
    expect(rows).toEqual([{ reason: 'Their papers are being looked at.' }]);
    expect((await putBack([second.id]).expect(200)).body).toMatchObject({ lineCount: 2, total: { amount: '200.00' } });
    await putBack([second.id]).expect(409);
    const { body: other } = await build({ planIds: [planId] }).expect(201);
    expect(await whoIsOn(other.id)).toEqual([first.beneficiaryId]);
    expect((await putBack([first.id]).expect(409)).body.code).toBe('instalment_listed');
    await team.approver.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [second.id], reason: 'No' }).expect(403);
    const { body: frozen } = await team.maker.post(`/v1/payment-lists/${list.id}/submit`).expect(200);
    await hold([second.id]).expect(409);
    await team.approver.post(`/v1/payment-lists/${list.id}/approve`, { digest: frozen.digest }).expect(200);
    const { body: released } = await team.finance.post(`/v1/payment-lists/${list.id}/release`).expect(200);
    expect(released.byState).toMatchObject([
      { state: 'held', lines: 1 },
      { state: 'released', lines: 2 },
    ]);
  });

  it('counts who held a line back among its makers', async () => {
    const colleague = await platform.as('programme_officer', { programme: frame.programmeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values ($1, $2, 'approver', $3, '00000000-0000-0000-0000-000000000001', now())`,
      [newId(), colleague.userId, frame.programmeId],
    );
    const { body: list } = await build({ planIds: [await makePlan(platform, frame, people, '100.00')] }).expect(201);
    const [line] = await linesOf(list.id);
    await colleague.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [line.id], reason: 'Doubt' }).expect(200);
    const { body } = await team.maker.post(`/v1/payment-lists/${list.id}/submit`).expect(200);
    const refused = await colleague.post(`/v1/payment-lists/${list.id}/approve`, { digest: body.digest }).expect(403);
    expect(refused.body.code).toBe('separation_of_duties');
  });

  it('holds an instalment once when it is put back and built into another at the same moment', async () => {
    const planId = await makePlan(platform, frame, people.slice(0, 2), '100.00');
    const { body: list } = await build({ planIds: [planId] }).expect(201);
    const [line] = await linesOf(list.id);
    await team.maker.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [line.id], reason: 'Doubt' }).expect(200);
    const answers = await Promise.all([
      team.maker.post(`/v1/payment-lists/${list.id}/lines/put-back`, { lineIds: [line.id] }),
      build({ planIds: [planId] }),
    ]);
    expect([
      [200, 422],
      [409, 201],
    ]).toContainEqual(answers.map(({ status }) => status));
    const { rows } = await platform.owner.query(
      'select from payment_list_lines where instalment_id = (select instalment_id from payment_list_lines where id = $1) and counts',
      [line.id],
    );
    expect(rows).toHaveLength(1);
  });

  it('is closed when each of its vouchers is over, and not before', async () => {
    const list = await approved(team, frame, await makePlan(platform, frame, people.slice(0, 1), '100.00'));
    await team.finance.post(`/v1/payment-lists/${list.id}/release`).expect(200);
    const sql = await platform.applicationClient();
    await expect(sql.query(`update payment_lists set state = 'closed' where id = $1`, [list.id])).rejects.toMatchObject({
      constraint: 'payment_lists_nothing_outstanding',
    });
    const stateOf = async () => (await team.finance.get(`/v1/payment-lists/${list.id}`).expect(200)).body;
    await platform.settled();
    expect((await stateOf()).state).toBe('released');
    await platform.owner.query(`update vouchers set state = 'cancelled' where list_id = $1`, [list.id]);
    await platform.app.jobs.trigger('payments.close');
    await platform.settled();
    await expect.poll(async () => (await stateOf()).state, { timeout: 5_000 }).toBe('closed');
    expect((await stateOf()).closedAt).not.toBeNull();
  });

  it('writes down whom it leaves out only while it is built, and only with what they are owed', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    const { id } = await submitted(team, frame, planId);
    const sql = await platform.applicationClient();
    const { rows } = await platform.owner.query('select id, beneficiary_id from instalments where plan_id = $1 limit 1', [planId]);
    const leave = (amount: string) =>
      sql.query(
        `insert into payment_list_left_out (list_id, registration_number, instalment_id, beneficiary_id, plan_id, kind, amount, currency, reason)
        values ($1, '0000000000', $2, $3, $4, 'one_time_grant', $5, 'DZD', 'overlap')`,
        [id, rows[0].id, rows[0].beneficiary_id, planId, amount],
      );
    const refused = { constraint: 'payment_list_left_out_while_building' };
    await expect(leave('100.00')).rejects.toMatchObject(refused);
    await expect(leave('1.00')).rejects.toMatchObject(refused);
    await expect(sql.query('delete from payment_list_left_out')).rejects.toMatchObject({ code: '42501' });
    await expect(sql.query('delete from payment_list_builds')).rejects.toMatchObject({ code: '42501' });
  });
});

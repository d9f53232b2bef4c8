import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKind } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person, receive } from '../../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { dateIn, newId } from '../../platform/index.ts';

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

  it('holds nothing that was withdrawn, when it is put back and withdrawn at the same moment', async () => {
    const planId = await makePlan(platform, frame, people.slice(0, 2), '100.00');
    const { body: list } = await build({ planIds: [planId] }).expect(201);
    const [first, second] = (await linesOf(list.id)).map(({ id }: { id: string }) => id);
    await team.maker.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [first, second], reason: 'Doubt' }).expect(200);
    const [one, other] = [await platform.applicationClient(), await platform.applicationClient()];
    const withdraw = (lineId: string) => ({
      text: `update instalments set state = 'withdrawn' where id = (select instalment_id from payment_list_lines where id = $1)`,
      values: [lineId],
    });
    const somebodyWaits = () =>
      expect
        .poll(
          async () =>
            (await platform.owner.query(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`)).rowCount,
        )
        .toBeGreaterThan(0);
    await one.query('begin');
    await one.query(`update payment_list_lines set state = 'included', held_reason = null, held_by = null where id = $1`, [first]);
    const late = expect(other.query(withdraw(first))).rejects.toMatchObject({ constraint: 'instalments_withdrawn_off_lists' });
    await somebodyWaits();
    await one.query('commit');
    await late;
    await one.query('begin');
    await one.query(withdraw(second));
    const putBack = team.maker.post(`/v1/payment-lists/${list.id}/lines/put-back`, { lineIds: [second] }).then((answer) => answer);
    await somebodyWaits();
    await one.query('commit');
    expect((await putBack).status).toBe(422);
    const { rows } = await platform.owner.query(
      `select l.state, i.state as owed from payment_list_lines l join instalments i on i.id = l.instalment_id where l.list_id = $1 order by l.position`,
      [list.id],
    );
    expect(rows).toEqual([
      { state: 'included', owed: 'due' },
      { state: 'held', owed: 'withdrawn' },
    ]);
  });

  it('leaves out what is withdrawn while it is built', async () => {
    const planId = await makePlan(platform, frame, people.slice(0, 2), '100.00');
    const app = await platform.applicationClient();
    await app.query('begin');
    await app.query(`update instalments set state = 'withdrawn' where plan_id = $1 and beneficiary_id = $2`, [planId, people[0]?.id]);
    const building = build({ planIds: [planId] }).then((answer) => answer);
    await expect
      .poll(
        async () =>
          (await platform.owner.query(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`)).rowCount,
      )
      .toBeGreaterThan(0);
    await app.query('commit');
    const { status, body } = await building;
    expect([status, body.lineCount]).toEqual([201, 1]);
  });

  it('shows who works for one fund the lines of that fund, and nobody whom it leaves out', async () => {
    const second = newId();
    await platform.owner.query(
      `insert into funds (id, programme_id, donor, agreement, currency, draw_order, created_by, created_at) values ($1, $2, 'Second', 'AG-9', 'DZD', 2, $1, now())`,
      [second, frame.programmeId],
    );
    await receive(platform, { programmeId: frame.programmeId, fundId: second }, '60000.00');
    const planId = await makePlan(platform, frame, people, '60000.00');
    const { body: list } = await build({ planIds: [planId] }).expect(201);
    const ofSecond = (await linesOf(list.id)).find(({ fundId }: { fundId: string }) => fundId === second);
    await team.maker.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [ofSecond.id], reason: 'Doubt' }).expect(200);
    const [reader, officer] = [
      await platform.as('approver', { fund: frame.fundId }),
      await platform.as('approver', { programme: frame.programmeId }),
    ];
    const seen = async (by: Client, what: string) => (await by.get(`/v1/payment-lists/${list.id}/${what}`)).body.items?.length;
    expect([await seen(reader, 'lines'), await seen(officer, 'lines')]).toEqual([1, 2]);
    expect([await seen(reader, 'left-out'), await seen(officer, 'left-out')]).toEqual([undefined, 1]);
    const hidden = await reader.get(`/v1/payment-lists/${list.id}/left-out`).expect(404);
    const missing = await reader.get(`/v1/payment-lists/${newId()}/left-out`).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });

  /** Past every guard. */
  const overrule = async (text: string, values: unknown[]) => {
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(text, values);
    await platform.owner.query('set session_replication_role = origin');
  };
  const becameOf = async (id: string) =>
    (await linesOf(id)).map(({ state, returnReason }: { state: string; returnReason: string | null }) => returnReason ?? state);

  it('is not collected by a former head of the household', async () => {
    const changes = [
      null,
      [`update beneficiaries set household_id = gen_random_uuid() where id = $1`, 'no_collector'],
      [`update beneficiaries set relationship = 'spouse' where id = $1`, 'no_collector'],
      [`update enrolments set state = 'exited' where beneficiary_id = $1`, 'no_collector'],
      [`update beneficiaries set merged_into = gen_random_uuid() where id = $1`, 'no_collector'],
    ] as const;
    for (const change of changes) {
      const head = await makePerson(platform, frame.programmeId);
      const birth = { from: '2020-02-03', to: '2020-02-03', precision: 'exact' } as const;
      const child = await makePerson(platform, frame.programmeId, { birth }, head.householdId);
      const { id } = await approved(team, frame, await makePlan(platform, frame, [child], '1.00'));
      if (change) await overrule(change[0], [head.id]);
      await team.finance.post(`/v1/payment-lists/${id}/release`).expect(200);
      expect(await becameOf(id), change?.[0]).toEqual([change?.[1] ?? 'released']);
    }
  });

  it('is not paid by a fund that has ended since, or is for others now', async () => {
    const changes = [
      `ends_on = current_date - 1`,
      `starts_on = current_date + 2`,
      `starts_on = '2026-01-02'`,
      `earmark_wilayas = '{31}'`,
      `earmark_kinds = '{stipend}'`,
      `earmark_groups = '{children,men}'`,
      `earmark_wilayas = '{16}', earmark_kinds = '{one_time_grant}', earmark_groups = '{women}', starts_on = '2026-01-01', ends_on = current_date + 2`,
    ];
    const became: string[] = [];
    for (const change of changes) {
      const own = await makeFrame(platform, '500.00');
      const officers = await makeTeam(platform, own);
      const person = await makePerson(platform, own.programmeId);
      const { id } = await approved(officers, own, await makePlan(platform, own, [person], '100.00'));
      await overrule(`update funds set ${change} where id = $1`, [own.fundId]);
      await officers.finance.post(`/v1/payment-lists/${id}/release`).expect(200);
      const { body } = await officers.finance.get(`/v1/payment-lists/${id}/lines`).expect(200);
      became.push(body.items[0].returnReason ?? body.items[0].state);
      const { body: money } = await officers.finance.get(`/v1/funds/${own.fundId}/balances`).expect(200);
      const available = money.balances.find(({ kind }: { kind: string }) => kind === 'fund_available');
      expect(available.balance.amount).toBe(became.at(-1) === 'released' ? '400.00' : '500.00');
    }
    expect(became).toEqual([...Array(6).fill('no_fund'), 'released']);
  });

  it('is not in the way of who works out anew what is owed, when a line is put back at the same moment', async () => {
    const today = dateIn('Africa/Algiers', platform.clock.now());
    const [somebody] = people as [Person];
    const planId = await makeKind(team.maker, frame, 'stipend', {
      amountRule: { rule: 'fixed', amount: '100.00' },
      every: 'days',
      everyDays: 7,
      startsOn: today,
      count: 1,
    });
    await team.maker.post(`/v1/plans/${planId}/entitlements`, { beneficiaryIds: [somebody.id], reason: 'Case conference' }).expect(200);
    await platform.app.jobs.trigger('assistance.advance');
    await platform.settled();
    const { body: list } = await build({ planIds: [planId] }).expect(201);
    const [line] = await linesOf(list.id);
    await team.maker.post(`/v1/payment-lists/${list.id}/lines/hold`, { lineIds: [line.id], reason: 'Doubt' }).expect(200);
    const { rows } = await platform.owner.query('select id from entitlements where plan_id = $1', [planId]);
    const app = await platform.applicationClient();
    await app.query('begin');
    await app.query(`update payment_list_lines set state = 'included', held_reason = null, held_by = null where id = $1`, [line.id]);
    const changing = team.maker
      .post(`/v1/entitlements/${rows[0].id}/changes`, { change: 'amount', from: today, amount: '70.00', reason: 'Case conference' })
      .then((answer) => answer);
    await expect
      .poll(
        async () =>
          (await platform.owner.query(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`)).rowCount,
      )
      .toBeGreaterThan(0);
    await app.query('commit');
    expect((await changing).status).toBe(200);
    const { rows: owed } = await platform.owner.query('select state, amount::text from instalments where plan_id = $1', [planId]);
    expect(owed).toEqual([{ state: 'due', amount: '100.00' }]);
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

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { daysOf, makeKind, makeWork, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../../test/support/vouchers.ts';
import { checkIdentities } from '../../ledger/index.ts';
import { dateIn, newId } from '../../platform/index.ts';
import { cancelVouchers } from '../../vouchers/index.ts';
import { cancelList } from './cancel-list.ts';
import { confirmCancellation } from './commands.ts';

describe('lines of a released list that are not to be paid', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let finance: Client;
  let agent: Client;
  let vouchers: TestVoucher[];
  let listId: string;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    agent = await platform.as('agent', { office: frame.officeId });
    vouchers = await makeVouchers(platform, frame, 3, { amount: '1000.00' });
    listId = vouchers[0]?.listId ?? '';
  });

  const lineOf = async ({ id }: { id: string }): Promise<string> =>
    (await platform.owner.query('select line_id from vouchers where id = $1', [id])).rows[0].line_id;
  const propose = (body: object, by = officer) =>
    by.post(`/v1/payment-lists/${listId}/cancellations`, { reason: 'Left the country', instalments: 'free', ...body });
  const confirm = (id: string, by = finance) => by.post(`/v1/payment-list-cancellations/${id}/confirm`);
  const redeem = ({ serial, code }: TestVoucher) =>
    agent.post('/v1/payouts', {
      officeId: frame.officeId,
      locator: { serial },
      code,
      documentType: 'passport',
      documentLastFour: '1234',
    });
  const balances = async () =>
    Object.fromEntries(
      (await finance.get(`/v1/funds/${frame.fundId}/balances`).expect(200)).body.balances.map(
        ({ kind, balance }: { kind: string; balance: { amount: string } }) => [kind, balance.amount],
      ),
    );
  const states = async () =>
    (
      await platform.owner.query(
        `select l.state, v.state as voucher, i.state as owed from payment_list_lines l join vouchers v on v.line_id = l.id
        join instalments i on i.id = l.instalment_id where l.list_id = $1 order by l.position`,
        [listId],
      )
    ).rows.map(({ state, voucher, owed }) => `${state} ${voucher} ${owed}`);
  const broken = async () =>
    (await checkIdentities(platform.app.database.reader, frame.programmeId)).filter(({ holds }) => !holds).map(({ identity }) => identity);

  it('are cancelled by two people: the code is dead, the money the fund’s, the instalment free for another list', async () => {
    const [first, second, third] = vouchers as [TestVoucher, TestVoucher, TestVoucher];
    const { body: proposed } = await propose({ lineIds: [await lineOf(first)] }).expect(201);
    expect(proposed).toMatchObject({
      state: 'proposed',
      whole: false,
      lineCount: 1,
      total: { amount: '1000.00' },
      cancelled: { lines: 0 },
    });
    expect(await states()).toEqual(Array(3).fill('released activated due'));
    const { body: refused } = await confirm(proposed.id, officer).expect(403);
    expect(refused.code).toBe('separation_of_duties');
    const { body: done } = await confirm(proposed.id).expect(200);
    expect(done).toMatchObject({
      state: 'done',
      proposedBy: officer.userId,
      decidedBy: finance.userId,
      cancelled: { lines: 1, total: { amount: '1000.00' } },
    });
    expect(await states()).toEqual(['cancelled cancelled due', 'released activated due', 'released activated due']);
    expect(await balances()).toMatchObject({ fund_available: '98000.00', vouchers_outstanding: '2000.00' });
    expect((await redeem(first)).body.code).toBe('voucher_cancelled');
    await redeem(second).expect(201);
    expect(await broken()).toEqual([]);
    const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
    const { body: again } = await officer.post(path, { name: newId(), fundIds: [frame.fundId] }).expect(201);
    expect(again.lineCount).toBe(1);
    await confirm(proposed.id).expect(409);
    expect((await finance.get(`/v1/payment-lists/${listId}/cancellations`).expect(200)).body.items).toEqual([done]);
    expect((await finance.get(`/v1/payment-list-cancellations/${done.id}`).expect(200)).body).toEqual(done);
    expect((await finance.get(`/v1/payment-lists/${listId}`)).body.byState).toMatchObject([
      { state: 'cancelled', lines: 1 },
      { state: 'released', lines: 2 },
    ]);
    expect(third.code).toHaveLength(9);
    const { rows } = await platform.owner.query(
      `select command, reason from audit_events where subject_id = $1 and command like 'payments.%cancellation' order by id`,
      [listId],
    );
    expect(rows).toEqual([
      { command: 'payments.propose_cancellation', reason: 'Left the country' },
      { command: 'payments.confirm_cancellation', reason: 'Left the country' },
    ]);
  });

  it('are the whole rest of the list where no line is named, what was paid left alone, what had expired freed too', async () => {
    const [paid, expired, live] = vouchers as [TestVoucher, TestVoucher, TestVoucher];
    await redeem(paid).expect(201);
    await platform.owner.query(`update vouchers set expires_at = activated_at + interval '1 millisecond' where id = $1`, [expired.id]);
    await platform.app.jobs.trigger('vouchers.expire');
    await expect.poll(async () => (await states())[1], { timeout: 15_000 }).toBe('released expired due');
    const { body } = await propose({ instalments: 'withdrawn' }).expect(201);
    expect(body).toMatchObject({ whole: true, lineCount: 2, total: { amount: '2000.00' } });
    expect((await confirm(body.id).expect(200)).body.cancelled).toMatchObject({ lines: 2 });
    expect(await states()).toEqual(['released redeemed due', 'cancelled expired withdrawn', 'cancelled cancelled withdrawn']);
    expect(await balances()).toMatchObject({ fund_available: '99000.00', vouchers_outstanding: '0.00', payable_to_post: '1000.00' });
    expect(await broken()).toEqual([]);
    const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
    await officer.post(path, { name: newId(), fundIds: [frame.fundId] }).expect(422);
    expect((await propose({}).expect(409)).body.code).toBe('nothing_to_cancel');
    expect((await redeem(live)).body.code).toBe('voucher_cancelled');
  });

  it('can be left as they are, and are proposed of a released list and of what is unpaid', async () => {
    const [first, second] = vouchers as [TestVoucher, TestVoucher];
    const { body } = await propose({ lineIds: [await lineOf(first)] }).expect(201);
    const withdraw = () => finance.post(`/v1/payment-list-cancellations/${body.id}/withdraw`);
    expect((await withdraw().expect(200)).body.state).toBe('withdrawn');
    await withdraw().expect(409);
    await confirm(body.id).expect(409);
    expect(await states()).toEqual(Array(3).fill('released activated due'));
    await redeem(second).expect(201);
    const { body: wrong } = await propose({ lineIds: [await lineOf(first), await lineOf(second)] }).expect(422);
    expect(wrong.errors[0].pointer).toBe('/body/lineIds');
    await propose({ lineIds: [newId()] }).expect(422);
    const elsewhere = await platform.as('finance_officer', { programme: newId() });
    await confirm(body.id, elsewhere).expect(404);
    await propose({}, agent).expect(403);
    const { body: open } = await propose({}).expect(201);
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      finance.userId,
    ]);
    expect((await confirm(open.id).expect(401)).body.code).toBe('step_up_required');
  });

  it('are paid or cancelled, and never both, when both happen at the same instant', async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      const batch = await makeVouchers(platform, frame, 4, { amount: '10.00' });
      listId = batch[0]?.listId ?? '';
      const { body } = await propose({}).expect(201);
      const answers = await Promise.all([
        ...batch.slice(0, 2).map((voucher) => redeem(voucher)),
        confirm(body.id),
        ...batch.slice(2).map((voucher) => redeem(voucher)),
      ]);
      expect(answers[2]?.status).toBe(200);
      const { rows } = await platform.owner.query(
        `select v.state, l.state as line, count(p.id)::int as payouts, (select array_agg(e.event) from journal_entries e where e.subject_id in (v.id, p.id)) as events
        from vouchers v join payment_list_lines l on l.id = v.line_id left join payouts p on p.voucher_id = v.id where v.list_id = $1
        group by v.id, v.state, l.state, p.id order by v.serial`,
        [listId],
      );
      for (const row of rows) {
        expect(row).toEqual(
          row.state === 'redeemed'
            ? { state: 'redeemed', line: 'released', payouts: 1, events: ['payout'] }
            : { state: 'cancelled', line: 'cancelled', payouts: 0, events: ['cancellation'] },
        );
      }
      const paid = answers.filter(({ status }) => status === 201).length;
      expect(rows.filter(({ state }) => state === 'redeemed')).toHaveLength(paid);
      for (const { status, body: said } of answers) if (status !== 200 && status !== 201) expect(said.code).toBe('voucher_cancelled');
      const { body: after } = await finance.get(`/v1/payment-list-cancellations/${body.id}`).expect(200);
      expect(after).toMatchObject({ state: 'done', cancelled: { lines: 4 - paid } });
    }
    expect(await broken()).toEqual([]);
  });

  it('waits for a pay-out in flight and leaves it alone; a pay-out that waited for the cancelling is told so', async () => {
    const [first, second] = vouchers as [TestVoucher, TestVoucher];
    const [one, other] = [await platform.applicationClient(), await platform.applicationClient()];
    const { body: of } = await propose({ lineIds: [await lineOf(first)] }).expect(201);
    await one.query('begin');
    await one.query(`update vouchers set state = 'redeemed' where id = $1`, [first.id]);
    const cancelling = confirm(of.id).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await one.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), current_date from vouchers where id = $1`,
      [first.id, frame.officeId, agent.userId],
    );
    await one.query('commit');
    expect((await cancelling).body).toMatchObject({ state: 'done', cancelled: { lines: 0 } });
    expect((await states())[0]).toBe('released redeemed due');
    await other.query('begin');
    await other.query(`update vouchers set state = 'cancelled' where id = $1`, [second.id]);
    const paying = redeem(second).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.query('commit');
    expect((await paying).body.code).toBe('voucher_cancelled');
  });

  it('are cancelled too when their vouchers expire at the same moment', async () => {
    const { body } = await propose({}).expect(201);
    const expiring = await platform.applicationClient();
    await expiring.query('begin');
    await expiring.query(`update vouchers set state = 'expired' where list_id = $1`, [listId]);
    const confirming = confirm(body.id).then((answer) => answer);
    await expect
      .poll(
        async () =>
          (await platform.owner.query(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`)).rowCount,
      )
      .toBeGreaterThan(0);
    await expiring.query('commit');
    expect((await confirming).body).toMatchObject({ state: 'done', cancelled: { lines: 3 } });
    expect(await states()).toEqual(Array(3).fill('cancelled expired due'));
  });

  it('are each cancelled once by two cancellations at once, and their money is back once', async () => {
    const [first] = vouchers as [TestVoucher];
    const proposals = [await propose({}), await propose({}), await propose({ lineIds: [await lineOf(first)], instalments: 'withdrawn' })];
    const other = await platform.as('finance_officer', { programme: frame.programmeId });
    const answers = await Promise.all(proposals.flatMap(({ body }) => [confirm(body.id), confirm(body.id, other)]));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409, 409, 409]);
    const done = answers.filter(({ status }) => status === 200).map(({ body }) => body);
    expect(done.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(done.reduce((sum, { cancelled }) => sum + cancelled.lines, 0)).toBe(3);
    expect((await states()).map((state) => state.replace(/ \w+$/, ''))).toEqual(Array(3).fill('cancelled cancelled'));
    expect(await balances()).toMatchObject({ fund_available: '100000.00', vouchers_outstanding: '0.00' });
    const { rows } = await platform.owner.query(
      `select count(*)::int as entries from journal_entries where event = 'cancellation' and subject_id = any($1)`,
      [vouchers.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ entries: 3 }]);
    expect(await broken()).toEqual([]);
  });

  it('are not made out again when two people gave them up, whatever is settled afterwards', async () => {
    const team = await makeTeam(platform, frame);
    const people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const today = dateIn('Africa/Algiers', platform.clock.now());
    const planId = await makeKind(officer, frame, 'stipend', {
      amountRule: { rule: 'fixed', amount: '1000.00' },
      every: 'days',
      everyDays: 7,
      startsOn: today,
      count: 1,
    });
    await officer
      .post(`/v1/plans/${planId}/entitlements`, { beneficiaryIds: people.map(({ id }) => id), reason: 'Case conference' })
      .expect(200);
    await platform.app.jobs.trigger('assistance.advance');
    await platform.settled();
    const owed = async () =>
      (
        await platform.owner.query('select state, count(*)::int from instalments where plan_id = $1 group by 1 order by 1', [planId])
      ).rows.map(({ state, count }) => `${count} ${state}`);
    expect(await owed()).toEqual(['2 due']);
    listId = (await approved(team, frame, planId)).id;
    await finance.post(`/v1/payment-lists/${listId}/release`).expect(200);
    const { rows } = await platform.owner.query(
      'select l.id, i.entitlement_id from payment_list_lines l join instalments i on i.id = l.instalment_id where l.list_id = $1 order by l.position',
      [listId],
    );
    for (const [i, instalments] of (['withdrawn', 'free'] as const).entries()) {
      const { body } = await propose({ lineIds: [rows[i].id], instalments }).expect(201);
      await confirm(body.id).expect(200);
    }
    expect(await owed()).toEqual(['1 due', '1 withdrawn']);
    // A change of mind has everything that they are owed worked out anew.
    for (const { entitlement_id } of rows)
      await officer
        .post(`/v1/entitlements/${entitlement_id}/changes`, {
          change: 'amount',
          from: today,
          amount: '1000.00',
          reason: 'Case conference',
        })
        .expect(200);
    await platform.app.jobs.trigger('assistance.advance');
    await platform.settled();
    expect(await owed()).toEqual(['1 due', '1 withdrawn']);
  });

  it('are not made out again as work of the same days, nor as a top-up of the same money', async () => {
    const team = await makeTeam(platform, frame);
    /** Pays what a plan owes by a list, and gives it up. */
    const payAndGiveUp = async (planId: string) => {
      listId = (await approved(team, frame, planId)).id;
      await finance.post(`/v1/payment-lists/${listId}/release`).expect(200);
      const { body } = await propose({ instalments: 'withdrawn' }).expect(201);
      await confirm(body.id).expect(200);
    };
    const owed = async (planId: string) =>
      (await platform.owner.query('select state, amount::text from instalments where plan_id = $1 order by number', [planId])).rows.map(
        ({ state, amount }) => `${amount} ${state}`,
      );
    const person = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [person]);
    const { planId, siteId } = await makeWork(officer, frame);
    const work = async (days: number[]) => {
      const sheet = { siteId, rows: daysOf(person, days) };
      const { body } = await officer.post(`/v1/plans/${planId}/attendance-sheets`, sheet).expect(201);
      await team.approver.post(`/v1/attendance-sheets/${body.id}/sign`).expect(200);
    };
    await work([2, 3]);
    await payAndGiveUp(planId);
    await work([4]);
    expect(await owed(planId)).toEqual(['3000.00 withdrawn', '1500.00 due']);
    const [source] = vouchers as [TestVoucher];
    const topUpPlan = await makeKind(officer, frame, 'top_up', { topUp: { reason: 'winter', dueOn: '2026-04-01', percentage: '10' } });
    const { rows } = await platform.owner.query('select instalment_id as id from payment_list_lines where id = $1', [await lineOf(source)]);
    const people = [{ person: { beneficiaryId: source.person.id }, instalmentId: rows[0].id }];
    const topUp = () => officer.post(`/v1/plans/${topUpPlan}/top-ups`, { people });
    await topUp().expect(201);
    expect(await owed(topUpPlan)).toEqual(['100.00 due']);
    await payAndGiveUp(topUpPlan);
    expect((await topUp()).body.refused).toMatchObject([{ code: 'topped_up_already' }]);
    await officer
      .post(`/v1/plans/${topUpPlan}/top-ups/by-rule`, { assisted: 'released', from: '2020-01-01', to: '2099-12-31' })
      .expect(201);
    const again = (await owed(topUpPlan)).filter((instalment) => instalment !== '100.00 due');
    expect(again).toEqual(['100.00 withdrawn']);
    const { rows: twice } = await platform.owner.query('select from instalments where plan_id = $1 and tops_up_id = $2', [
      topUpPlan,
      rows[0].id,
    ]);
    expect(twice).toHaveLength(1);
  });

  it('leave a list that was never released in batches, too', async () => {
    const people = [
      await makePerson(platform, frame.programmeId),
      await makePerson(platform, frame.programmeId),
      await makePerson(platform, frame.programmeId),
    ];
    const team = await makeTeam(platform, frame);
    const { id } = await approved(team, frame, await makePlan(platform, frame, people, '5.00'));
    const actor = { id: finance.userId, kind: 'system' as const, grants: [], secondFactorAt: null };
    const half = await platform.app.execute(cancelList(2), { listId: id, reason: 'The season is over' }, { actor });
    expect(half).toMatchObject({
      state: 'cancelled',
      byState: [
        { state: 'included', lines: 1 },
        { state: 'returned', lines: 2 },
      ],
    });
    expect(await balances()).toMatchObject({ fund_available: '97000.00', fund_committed: '0.00' });
    await platform.settled();
    expect((await finance.get(`/v1/payment-lists/${id}`)).body.byState).toMatchObject([{ state: 'returned', lines: 3 }]);
  });

  it('can be freed once their list is closed, when their vouchers have expired', async () => {
    await platform.owner.query(`update vouchers set expires_at = activated_at + interval '1 millisecond' where list_id = $1`, [listId]);
    await platform.app.jobs.trigger('vouchers.expire');
    await expect.poll(async () => (await states())[2], { timeout: 15_000 }).toBe('released expired due');
    await platform.owner.query(`update payment_lists set state = 'closed', closed_at = now() where id = $1`, [listId]);
    const { body } = await propose({}).expect(201);
    expect((await confirm(body.id).expect(200)).body.cancelled.lines).toBe(3);
    expect(await states()).toEqual(Array(3).fill('cancelled expired due'));
    expect(await broken()).toEqual([]);
  });

  it('are finished in the background where they are many', async () => {
    const { body } = await propose({}).expect(201);
    const actor = { id: finance.userId, kind: 'system' as const, grants: [], secondFactorAt: null };
    const half = await platform.app.execute(confirmCancellation(cancelVouchers, 2), { cancellationId: body.id }, { actor });
    expect(half).toMatchObject({ state: 'confirmed', finishedAt: null, cancelled: { lines: 2 } });
    await platform.settled();
    const { body: done } = await finance.get(`/v1/payment-list-cancellations/${body.id}`).expect(200);
    expect(done).toMatchObject({ state: 'done', cancelled: { lines: 3, total: { amount: '3000.00' } } });
    expect(await states()).toEqual(Array(3).fill('cancelled cancelled due'));
    expect(await broken()).toEqual([]);
  });

  it('are kept by constraints, whoever writes', async () => {
    const app = await platform.applicationClient();
    const [first, second] = vouchers as [TestVoucher, TestVoucher];
    const lines = [await lineOf(first), await lineOf(second)];
    const refused = (text: string, values: unknown[], constraint: string) =>
      expect(app.query(text, values), text).rejects.toMatchObject({ constraint });
    const { body } = await propose({ lineIds: [lines[0]] }).expect(201);
    const cancel = `update payment_list_lines set state = 'cancelled', cancellation_id = $2 where id = $1`;
    await refused(cancel, [lines[0], body.id], 'payment_list_lines_cancelled_by_two');
    await refused(`update payment_list_lines set cancellation_id = $2 where id = $1`, [lines[0], body.id], 'payment_list_lines_cancelled');
    await refused(
      `update payment_list_cancellations set state = 'confirmed', decided_by = proposed_by, decided_at = now() where id = $1`,
      [body.id],
      'payment_list_cancellations_two_people',
    );
    await refused(`update payment_list_cancellations set state = 'done' where id = $1`, [body.id], 'payment_list_cancellations_transition');
    await app.query(`update payment_list_cancellations set state = 'confirmed', decided_by = $2, decided_at = now() where id = $1`, [
      body.id,
      newId(),
    ]);
    await refused(cancel, [lines[0], body.id], 'payment_list_lines_cancelled_by_two'); // its voucher can still be paid
    await app.query(`update vouchers set state = 'cancelled' where id = any($1)`, [[first.id, second.id]]);
    await refused(cancel, [lines[1], body.id], 'payment_list_lines_cancelled_by_two'); // nobody named it
    await refused(
      `insert into payment_list_cancellation_lines values ($1, $2)`,
      [body.id, lines[1]],
      'payment_list_cancellation_lines_proposed',
    );
    await app.query(cancel, [lines[0], body.id]);
    await refused(
      `update payment_list_lines set state = 'released', cancellation_id = null where id = $1`,
      [lines[0]],
      'payment_list_lines_transition',
    );
    for (const text of ['delete from payment_list_cancellations', 'update payment_list_cancellations set reason = $$x$$'])
      await expect(app.query(text)).rejects.toMatchObject({ code: '42501' });
  });
});

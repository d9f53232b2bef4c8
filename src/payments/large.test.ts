import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { makePlan, makeTeam, type Team } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('a list that is larger than one transaction', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let people: Person[];
  beforeAll(async () => {
    platform = await startPlatform({ environment: { PAYMENT_BATCH: '2' } });
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '1000.00');
    team = await makeTeam(platform, frame);
    people = [];
    for (let i = 0; i < 5; i += 1) people.push(await makePerson(platform, frame.programmeId));
  });

  const path = (id: string) => `/v1/payment-lists/${id}`;
  const read = async (id: string) => (await team.finance.get(path(id)).expect(200)).body;
  const build = async (planId: string) =>
    (await team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId] }).expect(202)).body;
  /** Built in the background and signed. */
  async function signed(amount = '100.00') {
    const { id } = await build(await makePlan(platform, frame, people, amount));
    await platform.settled();
    const { digest } = (await team.maker.post(`${path(id)}/submit`).expect(200)).body;
    return (await team.approver.post(`${path(id)}/approve`, { digest }).expect(200)).body;
  }
  const entries = async (id: string) =>
    (
      await platform.owner.query(
        `select e.event, count(*)::int as parts, sum(g.amount)::text as total from journal_entries e join postings g on g.entry_id = e.id and g.amount > 0
        where e.subject_id = $1 group by 1 order by 1`,
        [id],
      )
    ).rows;

  it('is built in the background, with everybody on it or left out', async () => {
    const planId = await makePlan(platform, frame, people, '100.00');
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = any($1)`, [
      people.slice(0, 3).map(({ id }) => id),
    ]);
    const begun = await build(planId);
    expect(begun).toMatchObject({ state: 'building', progress: { done: 2, of: 5 } });
    await platform.settled();
    const list = await read(begun.id);
    expect(list).toMatchObject({ state: 'draft', lineCount: 2, leftOut: [{ reason: 'not_enrolled', people: 3 }], progress: null });
    const leftOut = `${path(begun.id)}/left-out`;
    let paged = 0;
    for (let cursor = ''; ; ) {
      const { body } = await team.approver.get(`${leftOut}?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      paged += body.items.length;
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    expect(paged).toBe(3);
    await team.approver.get(`${leftOut}?cursor=${Buffer.from('x').toString('base64url')}`).expect(400);
    const stranger = await makeTeam(platform, await makeFrame(platform));
    await stranger.maker.get(leftOut).expect(404);
  });

  it('is released in the background, with a voucher for each line and each part in the books', async () => {
    const { id } = await signed();
    const key = newId();
    const { body: begun } = await team.finance.post(`${path(id)}/release`, undefined, key).expect(202);
    expect(begun).toMatchObject({
      state: 'releasing',
      progress: { done: 2, of: 5 },
      byState: [
        { state: 'included', lines: 3 },
        { state: 'released', lines: 2 },
      ],
    });
    await team.finance.post(`${path(id)}/release`).expect(409);
    await platform.settled();
    expect(await read(id)).toMatchObject({ state: 'released', progress: null, byState: [{ state: 'released', lines: 5 }] });
    expect(await entries(id)).toEqual([
      { event: 'approval', parts: 1, total: '500.00' },
      { event: 'issue', parts: 3, total: '500.00' },
    ]);
    const { rows } = await platform.owner.query('select count(*)::int as vouchers from vouchers where list_id = $1', [id]);
    expect(rows).toEqual([{ vouchers: 5 }]);
    const app = await platform.applicationClient();
    const message = (voucherId: string, beneficiaryId: string, listId: string) =>
      app.query(
        `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at)
        select gen_random_uuid(), 'code', ${voucherId}, 7, ${beneficiaryId}, ${listId}, now() from vouchers v where v.list_id = $1 limit 1`,
        [id],
      );
    const refused = { constraint: 'messages_of_voucher' };
    await expect(message('gen_random_uuid()', 'v.collector_id', 'v.list_id')).rejects.toMatchObject(refused);
    await expect(message('v.id', 'gen_random_uuid()', 'v.list_id')).rejects.toMatchObject(refused);
    await expect(message('v.id', 'v.collector_id', 'gen_random_uuid()')).rejects.toMatchObject(refused);
    await message('v.id', 'v.collector_id', 'v.list_id');
    expect((await team.finance.post(`${path(id)}/release`, undefined, key).expect(202)).body.state).toBe('releasing');
  });

  it('has its codes sent when all of it is released, and none before', async () => {
    const [waits, other] = [(await signed()).id, (await signed('50.00')).id];
    for (const id of [waits, other]) await team.finance.post(`${path(id)}/release`).expect(202);
    await platform.settled();
    const become = async (state: string) => {
      await platform.owner.query('set session_replication_role = replica');
      await platform.owner.query('update payment_lists set state = $2 where id = $1', [waits, state]);
      await platform.owner.query('set session_replication_role = origin');
    };
    const sent = async (id: string) => {
      await platform.app.jobs.trigger('messaging.send_due');
      const { rows } = await platform.owner.query(`select count(*)::int as sent from messages where list_id = $1 and state = 'accepted'`, [
        id,
      ]);
      return rows[0].sent;
    };
    await become('releasing');
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(`update messages set state = 'pending', accepted_at = null, leased_until = null where list_id = any($1)`, [
      [waits, other],
    ]);
    await platform.owner.query('set session_replication_role = origin');
    await expect.poll(() => sent(other), { timeout: 15_000 }).toBe(5);
    expect(await sent(waits)).toBe(0);
    await become('released');
    await expect.poll(() => sent(waits), { timeout: 15_000 }).toBe(5);
  });

  it('is cancelled at once, its money free at once, its lines in the background', async () => {
    const { id, byKind } = await signed('200.00');
    const { body } = await team.finance.post(`${path(id)}/cancel`, { reason: 'The season is over' }).expect(200);
    expect(body).toMatchObject({
      state: 'cancelled',
      byState: [
        { state: 'included', lines: 3 },
        { state: 'returned', lines: 2 },
      ],
    });
    expect(await entries(id)).toMatchObject([{ event: 'approval' }, { event: 'approval_returned', parts: 1, total: '1000.00' }]);
    await team.finance.post(`${path(id)}/cancel`, { reason: 'Again' }).expect(409);
    await platform.settled();
    expect(await read(id)).toMatchObject({
      byKind,
      byState: [{ state: 'returned', lines: 5 }],
      returned: [{ reason: 'list_cancelled', people: 5 }],
    });
    // What was committed for it pays another.
    expect((await signed('200.00')).state).toBe('approved');
  });

  it('asks whoever cancels it for a fresh second factor, as money moves', async () => {
    const { id } = await signed();
    const { userId } = team.finance;
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      userId,
    ]);
    const { body } = await team.finance.post(`${path(id)}/cancel`, { reason: 'The season is over' }).expect(401);
    expect(body.code).toBe('step_up_required');
    expect((await read(id)).state).toBe('approved');
  });

  it('shows what it added up to when it was submitted, whatever is asked afterwards of its lines', async () => {
    const { id, byKind, byWilaya, bySexAndAge, byState } = await signed();
    expect(byKind).toMatchObject([{ kind: 'one_time_grant', lines: 5, total: { amount: '500.00' } }]);
    const { rows } = await platform.owner.query('select control_totals as totals from payment_list_rounds where list_id = $1', [id]);
    expect(rows[0].totals).toMatchObject({ byKind, byWilaya, bySexAndAge, byState });
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query(`update payment_list_lines set sex = 'male' where list_id = $1`, [id]);
    await platform.owner.query('commit');
    expect((await read(id)).bySexAndAge).toEqual(bySexAndAge);
    const app = await platform.applicationClient();
    await expect(app.query(`update payment_list_rounds set control_totals = '{}'`)).rejects.toMatchObject({ code: '42501' });
  });
});

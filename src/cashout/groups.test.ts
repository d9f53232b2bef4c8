import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase } from '../../test/support/database.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { seen, wrongCode } from '../../test/support/offline.ts';
import { type Client, clientOf, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';

const AMOUNT = '1000.00';

describe('pay-outs that are asked for at the same time', () => {
  let platform: TestPlatform;
  let beside: TestPlatform;
  let frame: Frame;
  let supply: TestVoucher[];
  beforeAll(async () => {
    const database = await cloneDatabase();
    const environment = {
      SANAD_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
      SANAD_INDEX_KEY: randomBytes(32).toString('base64'),
    };
    platform = await startPlatform({ database, environment });
    // Another process with the same keys on the same database, which the first one drops.
    beside = await startPlatform({ database: { ...database, drop: async () => {} }, environment, works: false });
    frame = await makeFrame(platform);
    supply = await makeVouchers(platform, frame, 110, { amount: AMOUNT });
  });
  afterAll(async () => {
    await beside.close();
    await platform.close();
  });

  const some = (count: number): TestVoucher[] => {
    const taken = supply.splice(0, count);
    return taken.length === count ? taken : expect.fail('more vouchers are needed');
  };
  const agents = (count: number, officeId = frame.officeId, at = platform): Promise<Client[]> =>
    Promise.all(Array.from({ length: count }, () => at.as('agent', { office: officeId })));
  const pay = (
    agent: Client,
    { serial, code }: Pick<TestVoucher, 'serial' | 'code'>,
    officeId = frame.officeId,
    key: string = randomUUID(),
  ) => agent.post('/v1/payouts', { officeId, locator: { serial }, code, ...seen }, key);
  const statusesOf = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);

  /** How many pay-outs each transaction made that made any of these. */
  const groupsOf = async (vouchers: readonly TestVoucher[]): Promise<number[]> => {
    const { rows } = await platform.owner.query<{ count: number }>(
      `select count(*)::int as count from journal_entries e join payouts p on p.id = e.subject_id and e.event = 'payout'
      where p.voucher_id = any($1) group by e.written_by`,
      [vouchers.map(({ id }) => id)],
    );
    return rows.map(({ count }) => count);
  };

  /** What there is of each voucher: a pay-out, its entry with two legs, an event of its own and an answer under its key. */
  const traces = async (vouchers: readonly TestVoucher[]) => {
    const { rows } = await platform.owner.query(
      `select v.state, v.failed_attempts as failed, (select count(*)::int from payouts p where p.voucher_id = v.id) as payouts,
        (select count(*)::int from payouts p join journal_entries e on e.subject_id = p.id and e.event = 'payout' where p.voucher_id = v.id) as entries,
        (select coalesce(sum(abs(g.amount)), 0)::text from payouts p join journal_entries e on e.subject_id = p.id join postings g on g.entry_id = e.id
          where p.voucher_id = v.id) as moved,
        (select count(*)::int from audit_events e where e.subject_id = v.id::text and e.command = 'cashout.redeem' and e.refusal is null
          and e.before_digest is not null and e.after_digest is not null) as events
      from unnest($1::uuid[]) with ordinality w (id, n) join vouchers v using (id) order by w.n`,
      [vouchers.map(({ id }) => id)],
    );
    return rows;
  };
  const paid = { state: 'redeemed', failed: 0, payouts: 1, entries: 1, moved: '2000.00', events: 1 };
  const unpaid = { state: 'activated', failed: 0, payouts: 0, entries: 0, moved: '0', events: 0 };

  /** Money is where the books, the vouchers and the pay-outs say that it is, all alike. */
  const expectExactBooks = async (): Promise<void> => {
    const { rows } = await platform.owner.query(
      `select (select sum(amount) from postings) as all_legs,
        (select sum(amount) from vouchers where state = 'redeemed') - (select sum(amount) from payouts where voided_at is null) as vouchers_and_payouts,
        (select sum(amount) from payouts where office_id is not null and voided_at is null)
          + (select sum(g.amount) from postings g join accounts a on a.id = g.account_id where a.kind = 'payable_to_post') as payouts_and_owed,
        (select count(*)::int from (select p.office_id from payouts p group by 1
          having sum(p.amount) <> -(select sum(g.amount) from postings g join accounts a on a.id = g.account_id
            where a.kind = 'payable_to_post' and a.office_id = p.office_id)) o) as offices_that_differ`,
    );
    expect(Object.values(rows[0]).map(Number)).toEqual([0, 0, 0, 0]);
  };

  it('share transactions, and each has everything that one alone has', async () => {
    const vouchers = some(24);
    const tellers = await agents(24);
    const answers = await Promise.all(vouchers.map((voucher, i) => pay(tellers[i] as Client, voucher)));
    expect(new Set(statusesOf(answers))).toEqual(new Set([201]));
    expect(answers.map(({ body }) => [body.voucherId, body.agentId, body.amount.amount])).toEqual(
      vouchers.map(({ id }, i) => [id, tellers[i]?.userId, AMOUNT]),
    );
    expect(await traces(vouchers)).toEqual(vouchers.map(() => paid));
    expect(Math.max(...(await groupsOf(vouchers)))).toBeGreaterThan(1);
    // Each event names its own agent, and each entry says that its own pay-out caused it and no other.
    const { rows } = await platform.owner.query(
      `select e.subject_id as voucher, e.actor_id as agent, (select count(distinct request_id)::int from audit_events where subject_id = any($1)) as requests
      from audit_events e where e.subject_id = any($1) and e.command = 'cashout.redeem'`,
      [vouchers.map(({ id }) => id)],
    );
    expect(new Map(rows.map(({ voucher, agent }) => [voucher, agent]))).toEqual(
      new Map(vouchers.map(({ id }, i) => [id, tellers[i]?.userId])),
    );
    expect(rows[0]?.requests).toBe(24);
    const auditor = await platform.as('auditor');
    const { rows: entries } = await platform.owner.query(
      `select e.id, p.agent_id from journal_entries e join payouts p on p.id = e.subject_id where p.voucher_id = any($1)`,
      [vouchers.map(({ id }) => id)],
    );
    for (const { id, agent_id } of entries.slice(0, 6)) {
      const { body } = await auditor.get(`/v1/journal-entries/${id}`).expect(200);
      expect(body.causedBy).toMatchObject([{ command: 'cashout.redeem', actorId: agent_id }]);
    }
  });

  it('are refused one by one: a wrong code counts and costs nobody else anything', async () => {
    const vouchers = some(12);
    const [wrong, mistyped, ...right] = vouchers as [TestVoucher, TestVoucher, ...TestVoucher[]];
    const tellers = await agents(12);
    const told = vouchers.map((voucher) => {
      if (voucher === wrong) return { ...voucher, code: wrongCode(voucher.code) };
      return voucher === mistyped ? { ...voucher, code: '123456789' } : voucher;
    });
    const answers = await Promise.all(told.map((voucher, i) => pay(tellers[i] as Client, voucher)));
    expect(answers.slice(0, 2).map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'code_refused'],
      [422, 'code_mistyped'],
    ]);
    expect(new Set(statusesOf(answers.slice(2)))).toEqual(new Set([201]));
    expect(await traces([wrong, mistyped])).toEqual([{ ...unpaid, failed: 1 }, unpaid]);
    expect(await traces(right)).toEqual(right.map(() => paid));
    const { rows } = await platform.owner.query(
      `select count(*)::int as failures, (select count(*)::int from audit_events where subject_id = $2 and refusal = 'code_refused') as events
      from failed_codes where agent_id = $1`,
      [tellers[0]?.userId, wrong.id],
    );
    expect(rows).toEqual([{ failures: 1, events: 1 }]);
    await expectExactBooks();
  });

  it('are paid but for the one that is over a limit, which hears of it', async () => {
    const tight = await makeFrame(platform);
    await platform.owner.query(`insert into office_limits (office_id, currency, per_day) values ($1, 'DZD', 3000)`, [tight.officeId]);
    const vouchers = some(14);
    const tellers = [...(await agents(8)), ...(await agents(6, tight.officeId))];
    const answers = await Promise.all(
      vouchers.map((voucher, i) => pay(tellers[i] as Client, voucher, i < 8 ? frame.officeId : tight.officeId)),
    );
    expect(new Set(statusesOf(answers.slice(0, 8)))).toEqual(new Set([201]));
    expect(
      answers
        .slice(8)
        .map(({ status, body }) => (status === 201 ? 'paid' : body.code))
        .sort(),
    ).toEqual([...Array(3).fill('limit_reached'), ...Array(3).fill('paid')]);
    const found = await traces(vouchers);
    expect(found).toEqual(answers.map(({ status }) => (status === 201 ? paid : unpaid)));
    await expectExactBooks();
  });

  it('pay one voucher once, and answer one key alike, among others', async () => {
    const vouchers = some(8);
    const [twice, again] = vouchers as [TestVoucher, TestVoucher];
    const tellers = await agents(10);
    const key = randomUUID();
    const byNumber = {
      ...seen,
      officeId: frame.officeId,
      locator: { registrationNumber: twice.person.registrationNumber },
      code: twice.code,
    };
    const answers = await Promise.all([
      ...vouchers.map((voucher, i) => pay(tellers[i] as Client, voucher, frame.officeId, voucher === again ? key : randomUUID())),
      pay(tellers[8] as Client, twice),
      // By another way to the same voucher.
      (tellers[9] as Client).post('/v1/payouts', byNumber),
      ...Array.from({ length: 4 }, () => pay(tellers[1] as Client, again, frame.officeId, key)),
    ]);
    const forTwice = [answers[0], answers[8], answers[9]].map((answer) => (answer?.status === 201 ? 'paid' : answer?.body.code));
    expect(forTwice.sort()).toEqual(['already_paid', 'already_paid', 'paid']);
    const forAgain = [answers[1], ...answers.slice(10)];
    expect(forAgain.map((answer) => answer?.status)).toEqual(Array(5).fill(201));
    expect(new Set(forAgain.map((answer) => answer?.text)).size).toBe(1);
    expect(await traces(vouchers)).toEqual(vouchers.map(() => paid));
    const reused = await pay(tellers[1] as Client, { ...again, code: wrongCode(again.code) }, frame.officeId, key).expect(422);
    expect(reused.body.code).toBe('idempotency_key_reused');
    await expectExactBooks();
  });

  it('wait for nobody else’s work: who meets it goes alone', async () => {
    const vouchers = some(10);
    const tellers = await agents(10);
    const sql = await platform.applicationClient();
    await sql.query('begin');
    await sql.query('select from vouchers where id = $1 for no key update', [vouchers[4]?.id]);
    const answers = vouchers.map((voucher, i) => pay(tellers[i] as Client, voucher).then((answer) => answer));
    const free = await Promise.all(answers.filter((_, i) => i !== 4));
    expect(new Set(statusesOf(free))).toEqual(new Set([201]));
    expect(await traces([vouchers[4] as TestVoucher])).toEqual([unpaid]);
    await sql.query('rollback');
    expect((await answers[4])?.status).toBe(201);
    expect(await traces(vouchers)).toEqual(vouchers.map(() => paid));
  });

  it('come out of the tills, the safes and the days of two offices, in two processes at once', async () => {
    const [here, there] = [await makeFrame(platform), await makeFrame(platform)];
    const staff = await Promise.all(
      [here, there].map(async ({ officeId }) => {
        const supervisor = await platform.as('office_supervisor', { office: officeId });
        await platform.owner.query(`insert into office_limits (office_id, currency, per_day) values ($1, 'DZD', 100000)`, [officeId]);
        const safe = { kind: 'brought_in', amount: { amount: '50000.00', currency: 'DZD' }, reference: 'S' };
        await supervisor.post(`/v1/offices/${officeId}/safe/movements`, safe).expect(201);
        const own = await agents(3, officeId);
        for (const { userId: agentId } of own.slice(0, 2))
          await supervisor.post(`/v1/offices/${officeId}/tills`, { agentId, opening: { amount: '9000.00', currency: 'DZD' } }).expect(201);
        return own;
      }),
    );
    const vouchers = some(36);
    // Each process is asked for the same people, too: nobody is paid twice by two of them.
    const answers = await Promise.all(
      vouchers.flatMap((voucher, i) => {
        const [at, officeId] = i % 2 === 0 ? [0, here.officeId] : [1, there.officeId];
        const teller = staff[at]?.[Math.floor(i / 2) % 3] as Client;
        return [teller, clientOf(beside, teller.userId, teller.token)].map((client) => pay(client, voucher, officeId));
      }),
    );
    expect(statusesOf(answers).sort()).toEqual([...Array(36).fill(201), ...Array(36).fill(409)]);
    expect(await traces(vouchers)).toEqual(vouchers.map(() => paid));
    const { rows } = await platform.owner.query(
      `select (select sum(cash)::text from office_safes where office_id = any($1)) as safes,
        (select array_agg(paid::text) from tills where office_id = any($1)) as tills,
        (select array_agg(paid::text) from office_spending where office_id = any($1)) as days`,
      [[here.officeId, there.officeId]],
    );
    // Of fifty thousand in each safe, nine went into each of two tills and six to the people of the one who has none.
    expect(rows).toEqual([{ safes: '52000.00', tills: Array(4).fill('6000.00'), days: Array(2).fill('18000.00') }]);
    await expectExactBooks();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Aggregator, startAggregator, statusOnly } from '../../test/support/gateways.ts';
import { makePlan, makeTeam } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { stageStatement } from '../../test/support/statements.ts';
import { codeIn, makeVouchers, receivedSms } from '../../test/support/vouchers.ts';
import { jobsOf, openWebhook } from '../../test/support/webhooks.ts';
import { post } from '../ledger/index.ts';
import { Money, newId, readContract, schemaCheck } from '../platform/index.ts';

const everything = [
  'payment_list.released',
  'voucher.paid',
  'payout.voided',
  'voucher.expired',
  'exception.opened',
  'export.ready',
  'period.closed',
];
const DAY_MS = 86_400_000;

interface Event {
  readonly type: string;
  readonly id: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

describe('what webhooks tell', () => {
  let platform: TestPlatform;
  let receiver: Aggregator;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, environment: { PAYMENT_BATCH: '2' } });
    receiver = await startAggregator();
    receiver.answer = statusOnly(200);
  });
  afterAll(async () => {
    await platform.close();
    receiver.close();
  });

  // Signed in anew each time, for the clock runs on and a second factor does not last.
  const open = async (programmeId: string, events: readonly string[] = everything) =>
    openWebhook(
      [await platform.as('administrator'), await platform.as('administrator')],
      programmeId,
      `${receiver.url}/${newId()}`,
      events,
    );
  const pathOf = async (id: string) =>
    new URL((await platform.owner.query('select url from webhooks where id = $1', [id])).rows[0].url).pathname;
  const waiting = async (id: string) =>
    (await platform.owner.query(`select count(*)::int as n from webhook_deliveries where webhook_id = $1 and state = 'pending'`, [id]))
      .rows[0].n;
  const look = async ({ id }: { id: string }): Promise<Event[]> => {
    await jobsOf(platform).collect();
    // The platform's own worker sends, too.
    await jobsOf(platform).send();
    await expect.poll(() => waiting(id), { timeout: 15_000 }).toBe(0);
    const path = await pathOf(id);
    return receiver.asked.filter((asked) => asked.path === path).map(({ raw }) => JSON.parse(raw));
  };
  /** So many events. Transactions of other databases of the server are waited for, too, as those of this one are. */
  const told = async (webhook: { id: string }, count: number): Promise<Event[]> => {
    await expect.poll(async () => (await look(webhook)).length, { timeout: 20_000 }).toBe(count);
    return look(webhook);
  };
  const checks = Object.fromEntries(
    [...everything, 'webhook.ping'].map((type) => {
      const name = type.replaceAll(/(?:^|[._])(\w)/g, (_all, letter: string) => letter.toUpperCase());
      return [type, schemaCheck(readContract(), `${name}Event`)];
    }),
  );

  /** A released list of so many people, as people release one, and their codes. */
  async function release(frame: Frame, count: number) {
    const team = await makeTeam(platform, frame);
    const people: Person[] = [];
    for (let i = 0; i < count; i += 1) people.push(await makePerson(platform, frame.programmeId));
    const planIds = [await makePlan(platform, frame, people, '100.00')];
    const built = await team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds }).expect(202);
    const path = `/v1/payment-lists/${built.body.id}`;
    await platform.settled();
    const { digest } = (await team.maker.post(`${path}/submit`).expect(200)).body;
    await team.approver.post(`${path}/approve`, { digest }).expect(200);
    await team.finance.post(`${path}/release`).expect(202);
    await platform.settled();
    const { rows } = await platform.owner.query(
      'select id, serial, beneficiary_id as "personId" from vouchers where list_id = $1 order by serial',
      [built.body.id],
    );
    const sms = receivedSms(platform);
    const vouchers = (rows as { id: string; serial: string; personId: string }[]).map((voucher) => {
      const phone = people.find(({ id }) => id === voucher.personId)?.personal.phones[0];
      return { ...voucher, code: codeIn(sms.find(({ to }) => to === phone)?.text ?? '') };
    });
    return { listId: built.body.id as string, people, vouchers };
  }
  const payOut = async (agent: Client, { officeId }: Frame, { serial, code }: { serial: string; code: string }) =>
    (
      await agent
        .post('/v1/payouts', { officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' })
        .expect(201)
    ).body;

  it('is a list released, each voucher paid, voided and expired: once, as the contract says, and nothing of a person', async () => {
    const frame = await makeFrame(platform);
    const webhook = await open(frame.programmeId);
    const { listId, people, vouchers } = await release(frame, 5);
    const [first, second] = vouchers;
    if (!first || !second) throw new Error('five vouchers');
    const agent = await platform.as('agent', { office: frame.officeId });
    const paid = [await payOut(agent, frame, first), await payOut(agent, frame, second)];
    const supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    await supervisor.post(`/v1/payouts/${paid[1].id}/void`, { reason: 'Counted wrongly' }).expect(200);
    await platform.settled();
    platform.clock.skip(100 * DAY_MS);
    await platform.app.jobs.trigger('vouchers.expire');
    await expect
      .poll(async () => (await platform.owner.query(`select count(*)::int as n from vouchers where state = 'expired'`)).rows[0].n, {
        timeout: 15_000,
      })
      .toBe(4);
    const events = await told(webhook, 8);
    const of = (type: string) => events.filter((event) => event.type === type);
    expect(of('payment_list.released').map(({ data }) => data)).toEqual([
      { programmeId: frame.programmeId, listId, state: 'released', lines: 5, total: '500.00', currency: 'DZD' },
    ]);
    expect(new Set(of('voucher.paid').map(({ data }) => data['payoutId']))).toEqual(new Set(paid.map(({ id }) => id)));
    expect(of('voucher.paid')[0]?.data).toMatchObject({
      listId,
      how: 'counter',
      officeId: frame.officeId,
      amount: '100.00',
      paidAt: paid[0].paidAt,
    });
    expect(of('payout.voided').map(({ data }) => data['payoutId'])).toEqual([paid[1].id]);
    expect(new Set(of('voucher.expired').map(({ data }) => data['voucherId']))).toEqual(new Set(vouchers.slice(1).map(({ id }) => id)));
    expect(events).toHaveLength(8);
    for (const event of events) expect(checks[event.type]?.(event), event.type).toEqual([]);
    const text = JSON.stringify(events);
    for (const { id, personal, registrationNumber } of people)
      for (const secret of [
        id,
        registrationNumber,
        personal.names.given,
        ...personal.phones,
        ...personal.documents.map(({ number }) => number),
      ])
        expect(text).not.toContain(secret);
    for (const { serial, code } of vouchers) for (const secret of [serial, code]) expect(text).not.toContain(secret);
    // Told again, there is nothing new.
    expect(await look(webhook)).toHaveLength(8);
    // Every movement of the books that is to be told is told.
    const { rows } = await platform.owner.query(
      `select (select count(*)::int from journal_entries where programme_id = $1 and event in ('payout', 'delivery', 'void', 'expiry')) as entries,
        (select count(*)::int from webhook_events where programme_id = $1 and type <> 'payment_list.released') as events`,
      [frame.programmeId],
    );
    expect(rows[0].events).toBe(rows[0].entries);
  });

  it('is exceptions by the hundred, and a period that was closed', async () => {
    const frame = await makeFrame(platform);
    const webhook = await open(frame.programmeId);
    const exceptions = Array.from({ length: 300 }, () => newId());
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(
      `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, detail, opened_at)
      select id, $1, $1, 'paid_not_in_list', id, 'x', $3 from unnest($2::uuid[]) id`,
      [frame.programmeId, exceptions, platform.clock.now()],
    );
    await platform.owner.query('set session_replication_role = origin');
    const [contributionId, receivedAt] = [newId(), new Date('2026-03-10T09:00:00Z')];
    await platform.app.database.transaction(async (tx) => {
      const { programmeId, fundId } = frame;
      const [amount, currency] = ['10.00', 'DZD'];
      await tx.insert('contributions', [
        {
          id: contributionId,
          fund_id: fundId,
          amount,
          currency,
          received_on: '2026-03-10',
          reference: 'x',
          recorded_by: newId(),
          recorded_at: receivedAt,
        },
      ]);
      const subject = { type: 'contribution', id: contributionId };
      await post(tx, receivedAt, [{ event: 'contribution', programmeId, fundId, subject, amount: Money.of(amount, currency) }]);
    });
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await platform.owner.query(
      `update exceptions set state = 'resolved', resolution = 'accepted', resolved_by = $2 where programme_id = $1`,
      [frame.programmeId, newId()],
    );
    await stageStatement(platform, { programmeId: frame.programmeId, source: 'bank', state: 'reconciled', lines: [] });
    const { body: period } = await finance.post(`/v1/programmes/${frame.programmeId}/ledger-periods`, { endsOn: '2026-03-31' }).expect(201);
    const events = await told(webhook, 301);
    expect(new Set(events.filter(({ type }) => type === 'exception.opened').map(({ id }) => id))).toEqual(new Set(exceptions));
    expect(events.filter(({ type }) => type === 'period.closed').map(({ data }) => data)).toEqual([
      { programmeId: frame.programmeId, periodId: period.id, closing: 1, startsOn: '2026-03-01', endsOn: '2026-03-31', state: 'closed' },
    ]);
    expect(events).toHaveLength(301);
    for (const event of events) expect(checks[event.type]?.(event), event.type).toEqual([]);
  });

  it('is an exception that is opened again, once for each time', async () => {
    const frame = await makeFrame(platform);
    const webhook = await open(frame.programmeId, ['exception.opened']);
    const id = newId();
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(
      `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, detail, opened_at) values ($1, $2, $2, 'paid_not_in_list', $1, 'x', $3)`,
      [id, frame.programmeId, platform.clock.now()],
    );
    await platform.owner.query('set session_replication_role = origin');
    await told(webhook, 1);
    for (const count of [2, 3]) {
      await platform.owner.query(`update exceptions set state = 'resolved', resolution = 'superseded', resolved_by = $2 where id = $1`, [
        id,
        newId(),
      ]);
      expect(await told(webhook, count - 1)).toHaveLength(count - 1);
      await platform.owner.query(
        `update exceptions set state = 'open', resolution = null, resolved_by = null, reopened_at = $2 where id = $1`,
        [id, new Date(platform.clock.now().getTime() + count)],
      );
      const events = await told(webhook, count);
      expect(new Set(events.map((event) => event.id)).size).toBe(count);
      for (const event of events) expect([event.data['exceptionId'], checks[event.type]?.(event)]).toEqual([id, []]);
    }
  });

  it('is told to those alone who asked for it, in their programme, from when they were switched on', async () => {
    const [frame, other] = [await makeFrame(platform), await makeFrame(platform)];
    const agent = await platform.as('agent', { office: frame.officeId });
    const vouchers = await makeVouchers(platform, frame, 2);
    const [before, after] = vouchers;
    if (!before || !after) throw new Error('two vouchers');
    await payOut(agent, frame, before);
    const [mine, lists, theirs] = [
      await open(frame.programmeId, ['voucher.paid']),
      await open(frame.programmeId, ['payment_list.released']),
      await open(other.programmeId),
    ];
    const { id } = await payOut(agent, frame, after);
    expect((await told(mine, 1)).map(({ data }) => data['payoutId'])).toEqual([id]);
    expect(await look(lists)).toEqual([]);
    expect(await look(theirs)).toEqual([]);
  });

  it('waits while a change of where it goes is not confirmed, and is told there', async () => {
    const frame = await makeFrame(platform);
    const agent = await platform.as('agent', { office: frame.officeId });
    const vouchers = await makeVouchers(platform, frame, 2);
    const webhook = await open(frame.programmeId, ['voucher.paid']);
    const [maker, colleague] = [await platform.as('administrator'), await platform.as('administrator')];
    await maker.patch(`/v1/webhooks/${webhook.id}`, '"2"', { url: `${receiver.url}/moved/${webhook.id}` }).expect(200);
    const { id } = await payOut(agent, frame, vouchers[0] ?? { serial: '', code: '' });
    const collected = async () => {
      await jobsOf(platform).collect();
      await jobsOf(platform).send();
      return waiting(webhook.id);
    };
    await expect.poll(collected, { timeout: 20_000 }).toBe(1);
    await colleague.post(`/v1/webhooks/${webhook.id}/enable`).set('If-Match', '"3"').expect(200);
    expect((await told(webhook, 1)).map(({ data }) => data['payoutId'])).toEqual([id]);
  });

  it('is none of it passed over, although one transaction commits long after others that began later', async () => {
    const frame = await makeFrame(platform);
    const webhook = await open(frame.programmeId);
    const [slow, quick] = [await platform.applicationClient(), await platform.applicationClient()];
    const raise = (client: typeof slow, id: string) =>
      client.query(
        `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, detail, opened_at)
        values ($1, $2, $2, 'paid_not_in_list', $1, 'x', $3)`,
        [id, frame.programmeId, platform.clock.now()],
      );
    await platform.owner.query('alter table exceptions disable trigger all');
    const [late, early] = [newId(), newId()];
    await slow.query('begin');
    await raise(slow, late);
    await raise(quick, early);
    // The one that has committed waits for the one that began before it, so that the place is never moved past it.
    expect(await look(webhook)).toEqual([]);
    await slow.query('commit');
    expect((await told(webhook, 2)).map(({ id }) => id).toSorted()).toEqual([late, early].toSorted());
    await platform.owner.query('alter table exceptions enable trigger all');
  });

  it('goes on where a dump was restored, in another database whose transactions are numbered from the beginning', async () => {
    const frame = await makeFrame(platform);
    const webhook = await open(frame.programmeId);
    await platform.owner.query(`update webhook_progress set system_identifier = 7, told_below = '9000000000'`);
    const agent = await platform.as('agent', { office: frame.officeId });
    const { vouchers } = await release(frame, 3);
    if (vouchers[0]) await payOut(agent, frame, vouchers[0]);
    expect((await told(webhook, 2)).map(({ type }) => type).toSorted()).toEqual(['payment_list.released', 'voucher.paid']);
    const { rows } = await platform.owner.query('select told_below::text::bigint < 9000000000 as moved from webhook_progress');
    expect(rows).toEqual([{ moved: true }]);
  });
});

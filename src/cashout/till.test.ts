import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { arabic } from './words/ar.ts';

describe('the cash of an office', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let supervisor: Client;
  let administrator: Client;
  let sql: pg.Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    administrator = await platform.as('administrator');
    sql = await platform.applicationClient();
    supply = await makeVouchers(platform, frame, 44, { amount: '1000.00' });
  });
  afterAll(() => platform.close());

  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const dzd = (amount: string) => ({ amount, currency: 'DZD' });
  const agentOf = (officeId = frame.officeId) => platform.as('agent', { office: officeId });
  const pay = (agent: Client, { serial, code }: TestVoucher = fresh(), officeId = frame.officeId) =>
    agent.post('/v1/payouts', { officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' });
  const open = (agent: Client, opening = '5000.00', by = supervisor, officeId = frame.officeId) =>
    by.post(`/v1/offices/${officeId}/tills`, { agentId: agent.userId, opening: dzd(opening) });
  const tillOf = async (agent: Client, opening?: string) => (await open(agent, opening).expect(201)).body;
  const till = async (id: string, by = supervisor) => (await by.get(`/v1/tills/${id}`).expect(200)).body;
  const codeOf = (answer: { body: { code: string } }) => answer.body.code;
  const change = async (body: object, officeId = frame.officeId) => {
    const { headers } = await administrator.get(`/v1/offices/${officeId}`).expect(200);
    await administrator.patch(`/v1/offices/${officeId}`, headers['etag'] ?? '', body).expect(200);
  };
  const limit = async (limits: object[], officeId = frame.officeId) => {
    const { headers } = await administrator.get(`/v1/offices/${officeId}/limits`).expect(200);
    return administrator.put(`/v1/offices/${officeId}/limits`, headers['etag'] ?? '', { limits });
  };
  const paidAt = async (officeId: string): Promise<string> =>
    (
      await platform.owner.query('select coalesce(sum(amount), 0)::text as paid from payouts where office_id = $1 and voided_at is null', [
        officeId,
      ])
    ).rows[0].paid;

  it('is in front of one agent: opened, filled, paid out of, put back into, counted, closed and signed for', async () => {
    const agent = await agentOf();
    const { id } = await tillOf(agent, '1500.00');
    const { body: paid } = await pay(agent).expect(201);
    const short = fresh();
    const refused = await pay(agent, short).set('Accept-Language', 'ar').expect(409);
    expect([codeOf(refused), refused.body.detail]).toEqual(['till_short', arabic.till_short]);
    const topUp = (reference: string, by = supervisor) => by.post(`/v1/tills/${id}/top-ups`, { amount: dzd('2000.00'), reference });
    await topUp('T-1').expect(201);
    expect(codeOf(await topUp('T-1').expect(409))).toBe('till_reference_used');
    await pay(agent, short).expect(201);
    await supervisor.post(`/v1/payouts/${paid.id}/void`, { reason: 'The wrong envelope' }).expect(200);
    const { text } = await supervisor.post(`/v1/payouts/${paid.id}/receipts?format=html&language=fr`).expect(201);
    expect(text).toContain('ANNULÉ');
    const { items } = (await agent.get('/v1/tills?onlyOpen=true').expect(200)).body;
    expect(items).toMatchObject([
      {
        id,
        opening: dzd('1500.00'),
        toppedUp: dzd('2000.00'),
        paid: dzd('2000.00'),
        putBack: dzd('1000.00'),
        cash: dzd('2500.00'),
        payoutCount: 2,
      },
    ]);

    expect(codeOf(await supervisor.post(`/v1/tills/${id}/sign`, {}).expect(409))).toBe('till_not_closed');
    const count = [
      { denomination: '1000', pieces: 2 },
      { denomination: '200', pieces: 2 },
    ];
    const twice = agent.post(`/v1/tills/${id}/close`, { count: [...count, { denomination: '200.00', pieces: 1 }] });
    expect((await twice.set('Accept-Language', 'ar').expect(422)).body.errors).toEqual([
      { pointer: '/count/2/denomination', code: 'denomination_twice', detail: arabic.denomination_twice },
    ]);
    const { body: closed } = await agent.post(`/v1/tills/${id}/close`, { count }).expect(200);
    expect(closed).toMatchObject({ counted: dzd('2400.00'), difference: dzd('-100.00'), count, closedBy: agent.userId, signedBy: null });
    expect(codeOf(await agent.post(`/v1/tills/${id}/close`, { count }).expect(409))).toBe('till_closed');
    expect(codeOf(await topUp('T-2').expect(409))).toBe('till_closed');
    expect(codeOf(await supervisor.post(`/v1/tills/${id}/sign`, {}).expect(422))).toBe('till_unexplained');
    await supervisor.post(`/v1/tills/${id}/sign`, { remark: 'A note was torn' }).expect(200);
    expect(codeOf(await supervisor.post(`/v1/tills/${id}/sign`, { remark: 'Once more' }).expect(409))).toBe('till_signed');

    await agent.post(`/v1/tills/${(await tillOf(agent, '0.00')).id}/close`, { count: [] }).expect(200);
    const list = async (query: string) =>
      (await supervisor.get(`/v1/offices/${frame.officeId}/tills?${query}`).expect(200)).body.items.map((item: { id: string }) => item.id);
    expect(await list(`onlyDifferences=true&day=${closed.day}`)).toEqual([id]);
    expect((await list(`day=${closed.day}`)).length).toBe(2);
    expect(await list('day=2020-01-01')).toEqual([]);
  });

  it('is nobody’s own doing, and nothing of another office', async () => {
    const agent = await agentOf();
    const both = await platform.as('office_supervisor', { office: frame.officeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, 'agent', $3, $4, now())`,
      [newId(), both.userId, frame.officeId, agent.userId],
    );
    expect(codeOf(await open(both, '1.00', both).expect(403))).toBe('separation_of_duties');
    const { id } = await tillOf(both);
    const own = { amount: dzd('5.00'), reference: 'X' };
    expect(codeOf(await both.post(`/v1/tills/${id}/top-ups`, own).expect(403))).toBe('separation_of_duties');
    await both.post(`/v1/tills/${id}/close`, { count: [] }).expect(200);
    expect(codeOf(await both.post(`/v1/tills/${id}/sign`, { remark: 'All gone' }).expect(403))).toBe('separation_of_duties');

    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('office_supervisor', { office: elsewhere.officeId });
    const { id: theirs } = await tillOf(agent);
    const missing = await stranger.get(`/v1/tills/${newId()}`).expect(404);
    const alike = (answer: { body: object }) => expect({ ...answer.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    alike(await stranger.get(`/v1/tills/${theirs}`).expect(404));
    alike(await stranger.post(`/v1/tills/${theirs}/close`, { count: [] }).expect(404));
    alike(await stranger.post(`/v1/tills/${theirs}/sign`, { remark: 'Mine now' }).expect(404));
    alike(await stranger.post(`/v1/tills/${theirs}/top-ups`, own).expect(404));
    alike(await stranger.get(`/v1/offices/${frame.officeId}/tills`).expect(404));
    alike(await (await agentOf()).post(`/v1/tills/${theirs}/close`, { count: [] }).expect(404));
    await open(agent, '1.00', stranger).expect(404);
    await open(agent, '1.00', stranger, elsewhere.officeId).expect(422); // no agent of that office
    await open(agent, '1.00', agent).expect(403);
    expect(codeOf(await open(agent, '1.00').expect(409))).toBe('till_open_already');
    for (const opening of ['-1.00', '1.001']) await open(await agentOf(), opening).expect(422);
    await platform.owner.query(`update sessions set second_factor_at = now() - interval '6 minutes' where user_id = $1`, [
      supervisor.userId,
    ]);
    expect(codeOf(await open(await agentOf()).expect(401))).toBe('step_up_required');
    await platform.owner.query(`update sessions set second_factor_at = now() where user_id = $1`, [supervisor.userId]);
  });

  it('is asked for where an office pays out of tills only, of today', async () => {
    const agent = await agentOf();
    const voucher = fresh();
    await change({ requiresTill: true });
    expect(codeOf(await pay(agent, voucher).expect(409))).toBe('till_required');
    const look = () => agent.post('/v1/look-ups', { officeId: frame.officeId, locator: { serial: voucher.serial }, code: voucher.code });
    expect(codeOf(await look().expect(409))).toBe('till_required');
    const { id } = await tillOf(agent, '999.99');
    expect(codeOf(await look().expect(409))).toBe('till_short');
    await platform.owner.query('update tills set day = day - 1 where id = $1', [id]);
    expect(codeOf(await pay(agent, voucher).expect(409))).toBe('till_required');
    await change({ requiresTill: false });
    // Yesterday's till is left alone.
    await pay(agent, voucher).expect(201);
    expect(await till(id)).toMatchObject({ paid: dzd('0.00'), payoutCount: 0 });
  });

  it('never holds less than nothing, however many pay at once, and is closed at one moment', async () => {
    const agent = await agentOf();
    const { id } = await tillOf(agent, '3000.00');
    const answers = await Promise.all(Array.from({ length: 8 }, () => pay(agent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(5).fill(409)]);
    expect(new Set(answers.filter(({ status }) => status === 409).map(codeOf))).toEqual(new Set(['till_short']));
    expect(await till(id)).toMatchObject({ cash: dzd('0.00'), payoutCount: 3 });
    await supervisor.post(`/v1/tills/${id}/top-ups`, { amount: dzd('3000.00'), reference: 'R' }).expect(201);
    const count = [{ denomination: '1000', pieces: 3 }];
    const [closed, ...rest] = await Promise.all([agent.post(`/v1/tills/${id}/close`, { count }), pay(agent), pay(agent)]);
    expect([closed?.status, ...rest.map(({ status }) => status)]).toEqual([200, 201, 201]);
    const { rows } = await platform.owner.query(
      `select t.paid = sum(p.amount) as fits, t.difference = 3000 - t.cash as counted
      from tills t join payouts p on p.till_id = t.id where t.id = $1 group by t.id`,
      [id],
    );
    expect(rows).toEqual([{ fits: true, counted: true }]);
  });

  it('pays no more in a day than its limit, with twenty connections at once', async () => {
    const own = await makeFrame(platform);
    expect((await limit([{ currency: 'DZD', perDay: '7500.00', perPayout: '1000.00' }], own.officeId)).body).toEqual({
      limits: [{ currency: 'DZD', perDay: '7500.00', perPayout: '1000.00' }],
    });
    const agents = await Promise.all(Array.from({ length: 20 }, () => agentOf(own.officeId)));
    const first = await pay(agents[0] as Client, fresh(), own.officeId).expect(201);
    const vouchers = agents.map(() => fresh());
    const answers = await Promise.all(agents.map((agent, i) => pay(agent, vouchers[i], own.officeId)));
    expect(answers.filter(({ status }) => status === 201).length).toBe(6);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['limit_reached']));
    expect(await paidAt(own.officeId)).toBe('7000.00');
    const left = vouchers[answers.findIndex(({ status }) => status === 409)] as TestVoucher;
    const look = agents[0]?.post('/v1/look-ups', { officeId: own.officeId, locator: { serial: left.serial }, code: left.code });
    expect(codeOf((await look?.expect(409)) ?? expect.fail())).toBe('limit_reached');
    // What is taken back may be paid to somebody else.
    const chief = await platform.as('office_supervisor', { office: own.officeId });
    await chief.post(`/v1/payouts/${first.body.id}/void`, { reason: 'The wrong envelope' }).expect(200);
    await pay(agents[1] as Client, left, own.officeId).expect(201);
    const after = await makeVouchers(platform, frame, 1, { amount: '1000.01' });
    expect(codeOf(await pay(agents[1] as Client, after[0], own.officeId).expect(409))).toBe('payout_over_limit');
    await limit([], own.officeId);
    await pay(agents[1] as Client, after[0], own.officeId).expect(201);
  });

  it('takes a limit that is one, from an administrator who has just shown a second factor', async () => {
    for (const limits of [
      [{ currency: 'XYZ', perDay: '1.00' }],
      [{ currency: 'DZD', perDay: '0.00' }],
      [{ currency: 'DZD', perDay: '1.001' }],
      [{ currency: 'DZD' }],
      [
        { currency: 'DZD', perDay: '1.00' },
        { currency: 'DZD', perDay: '2.00' },
      ],
    ])
      expect((await limit(limits)).status, JSON.stringify(limits)).toBe(422);
    const path = `/v1/offices/${frame.officeId}/limits`;
    await administrator.put(path, '"999"', { limits: [] }).expect(409);
    await supervisor.put(path, '"1"', { limits: [] }).expect(403);
    await (await platform.as('office_supervisor')).get(path).expect(404);
  });

  it('cannot be forged in plain SQL', async () => {
    const agent = await agentOf();
    const { id } = await tillOf(agent);
    const refusedBy = (constraint: string) => ({ constraint });
    for (const statement of [
      'update tills set paid = 0',
      'update tills set topped_up = 9',
      'delete from tills',
      'delete from till_counts',
      'insert into office_spending values (gen_random_uuid(), current_date, $$DZD$$, 0)',
    ])
      await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    await expect(
      sql.query(`insert into tills (id, office_id, agent_id, day, currency, opening, paid, opened_by, opened_at)
        select gen_random_uuid(), office_id, agent_id, day, currency, 1, 1, opened_by, now() from tills`),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('update tills set paid = 5001 where id = $1', [id])).rejects.toMatchObject(
      refusedBy('tills_never_below_zero'),
    );
    const counting = (pieces: number) => sql.query('insert into till_counts values ($1, 1000, $2)', [id, pieces]);
    const closing = (counted: number) =>
      sql.query('update tills set counted = $2, closed_by = agent_id, closed_at = now() where id = $1', [id, counted]);
    await sql.query('begin');
    await counting(5);
    await closing(6000);
    await expect(sql.query('commit')).rejects.toMatchObject(refusedBy('tills_counted_by_pieces'));
    await agent.post(`/v1/tills/${id}/close`, { count: [{ denomination: '1000', pieces: 4 }] }).expect(200);
    await expect(counting(1)).rejects.toMatchObject(refusedBy('till_counts_before_close'));
    await expect(closing(5000)).rejects.toMatchObject(refusedBy('tills_append_only'));
    const sign = (by: string, remark: string | null) =>
      sql.query('update tills set signed_by = $2, signed_at = now(), remark = $3 where id = $1', [id, by, remark]);
    await expect(sign(newId(), null)).rejects.toMatchObject(refusedBy('tills_difference_explained'));
    await expect(sign(agent.userId, 'My own')).rejects.toMatchObject(refusedBy('tills_signed_by_another'));
  });
});

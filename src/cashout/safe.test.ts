import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { OfflineOffice, payOffline, wrongCode } from '../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { arabic } from './words/ar.ts';

describe('the safe of an office', () => {
  let platform: TestPlatform;
  let money: Frame;
  let sql: pg.Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    money = await makeFrame(platform);
    sql = await platform.applicationClient();
    supply = await makeVouchers(platform, money, 30, { amount: '1000.00' });
  });
  afterAll(() => platform.close());

  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const dzd = (amount: string) => ({ amount, currency: 'DZD' });
  const codeOf = (answer: { body: { code: string } }) => answer.body.code;
  const at = (officeId: string, { serial, code }: { serial: string; code: string }) => ({ officeId, locator: { serial }, code });
  const stateOf = async ({ id }: TestVoucher) =>
    (await platform.owner.query('select state, failed_attempts as failed from vouchers where id = $1', [id])).rows[0];

  /** An office with its people, of which nothing is known yet. */
  async function open() {
    const { officeId } = await makeFrame(platform);
    const supervisor = await platform.as('office_supervisor', { office: officeId });
    const agent = await platform.as('agent', { office: officeId });
    let slips = 0;
    return {
      officeId,
      supervisor,
      agent,
      anotherAgent: () => platform.as('agent', { office: officeId }),
      move: (kind: string, amount: string, more: object = {}, by: Client = supervisor) => {
        slips += 1;
        return by.post(`/v1/offices/${officeId}/safe/movements`, { kind, amount: dzd(amount), reference: `S-${slips}`, ...more });
      },
      pay: (by: Client, voucher: { serial: string; code: string } = fresh()) =>
        by.post('/v1/payouts', { ...at(officeId, voucher), documentType: 'passport', documentLastFour: '0042' }),
      openTill: (of: Client, opening: string) =>
        supervisor.post(`/v1/offices/${officeId}/tills`, { agentId: of.userId, opening: dzd(opening) }),
      topUp: (tillId: string, amount: string) =>
        supervisor.post(`/v1/tills/${tillId}/top-ups`, { amount: dzd(amount), reference: newId() }),
      read: async () => (await supervisor.get(`/v1/offices/${officeId}/safe`).expect(200)).body,
      async holds() {
        const [{ safe, tills } = { safe: null, tills: null }] = (await this.read()).currencies;
        return [safe?.amount, tills?.amount];
      },
    };
  }

  it('counts itself: what is brought in, put into tills, paid without one, put back and taken out', async () => {
    const office = await open();
    const { agent, supervisor } = office;
    expect(await office.read()).toEqual({ officeId: office.officeId, hasRunOut: false, currencies: [] });
    // Before anything is counted nothing is held to it.
    await office.pay(await office.anotherAgent()).expect(201);
    const { body } = await office.move('brought_in', '10000.00', { enoughFrom: dzd('1000.00') }).expect(201);
    const ten = dzd('10000.00');
    expect(body.currencies).toEqual([{ safe: ten, tills: dzd('0.00'), held: ten, enoughFrom: dzd('1000.00') }]);
    const { body: till } = await office.openTill(agent, '3000.00').expect(201);
    await office.topUp(till.id, '2000.00').expect(201);
    expect(await office.holds()).toEqual(['5000.00', '5000.00']);
    const { body: fromTill } = await office.pay(agent).expect(201);
    expect(await office.holds()).toEqual(['5000.00', '4000.00']);
    const { body: fromSafe } = await office.pay(await office.anotherAgent()).expect(201);
    expect(await office.holds()).toEqual(['4000.00', '4000.00']);
    const voided = (id: string) => supervisor.post(`/v1/payouts/${id}/void`, { reason: 'The wrong envelope' }).expect(200);
    await voided(fromSafe.id);
    expect(await office.holds()).toEqual(['5000.00', '4000.00']);
    // A hundred less was counted than should be there: that is the till's to explain, and what was counted is what goes back.
    await agent.post(`/v1/tills/${till.id}/close`, { count: [{ denomination: '100', pieces: 39 }] }).expect(200);
    expect(await office.holds()).toEqual(['8900.00', '0.00']);
    await voided(fromTill.id);
    await office.move('brought_in', '100.00').expect(201);
    await office.move('taken_out', '4000.00').expect(201);
    expect((await office.read()).currencies).toMatchObject([{ held: dzd('6000.00'), enoughFrom: dzd('1000.00') }]);
    // All that was brought and taken, less what a till came out short: both pay-outs were taken back.
    const { rows } = await platform.owner.query(
      `select s.cash = (select sum(case kind when 'brought_in' then amount else -amount end) from safe_movements m where m.office_id = s.office_id)
        + (select sum(difference) from tills t where t.office_id = s.office_id) as fits from office_safes s where s.office_id = $1`,
      [office.officeId],
    );
    expect(rows).toEqual([{ fits: true }]);
  });

  it('takes in what an agent says is too much in their till once a supervisor has signed for it', async () => {
    const office = await open();
    await office.move('brought_in', '5000.00').expect(201);
    const { body: till } = await office.openTill(office.agent, '3000.00').expect(201);
    await office.agent.post(`/v1/tills/${till.id}/close`, { count: [{ denomination: '2000', pieces: 1_000_000 }] }).expect(200);
    expect(await office.holds()).toEqual(['5000.00', '0.00']);
    await office.supervisor.post(`/v1/tills/${till.id}/sign`, { remark: 'Another till’s, by mistake' }).expect(200);
    expect(await office.holds()).toEqual(['2000002000.00', '0.00']);
  });

  it('says that the office has run out before a code is looked at, by its figures and to everybody alike', async () => {
    const office = await open();
    const [voucher, agent] = [fresh(), office.agent];
    await office.move('brought_in', '1900.00', { enoughFrom: dzd('1000.00') }).expect(201);
    await office.pay(agent).expect(201);
    expect(await office.read()).toMatchObject({ hasRunOut: true, currencies: [{ held: dzd('900.00') }] });
    const wrong = { ...voucher, code: wrongCode(voucher.code) };
    for (const tried of [voucher, wrong]) {
      const refused = await office.pay(agent, tried).set('Accept-Language', 'ar').expect(409);
      expect([codeOf(refused), refused.body.detail]).toEqual(['office_without_cash', arabic.office_without_cash]);
    }
    expect(codeOf(await agent.post('/v1/look-ups', at(office.officeId, wrong)).expect(409))).toBe('office_without_cash');
    expect(await stateOf(voucher)).toEqual({ state: 'activated', failed: 0 });
    const { rows } = await platform.owner.query('select count(*)::int as n from cash_refusals where voucher_id = $1', [voucher.id]);
    expect(rows).toEqual([{ n: 3 }]);
    await office.move('brought_in', '100.00').expect(201);
    await office.pay(agent, voucher).expect(201);
    expect(await office.holds()).toEqual(['0.00', '0.00']);
  });

  it('has not run out while a till of the day holds enough, and has when only yesterday’s does', async () => {
    const office = await open();
    await office.move('brought_in', '5000.00').expect(201);
    const { body: till } = await office.openTill(office.agent, '5000.00').expect(201);
    const other = await office.anotherAgent();
    expect(codeOf(await office.pay(other).expect(409))).toBe('safe_short');
    expect(await office.read()).toMatchObject({ hasRunOut: false });
    await platform.owner.query('update tills set day = day - 1 where id = $1', [till.id]);
    expect(codeOf(await office.pay(other).expect(409))).toBe('office_without_cash');
  });

  it('never holds less than nothing, whoever takes from it at once', async () => {
    const office = await open();
    await office.move('brought_in', '3000.00').expect(201);
    const agents = await Promise.all(Array.from({ length: 6 }, office.anotherAgent));
    const answers = await Promise.all(agents.map((agent) => office.pay(agent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409))
      expect(['safe_short', 'office_without_cash']).toContain(codeOf(answer));
    await office.move('brought_in', '999.99').expect(201);
    const voucher = fresh();
    expect(codeOf(await office.agent.post('/v1/look-ups', at(office.officeId, voucher)).expect(409))).toBe('safe_short');
    expect(codeOf(await office.pay(office.agent, voucher).expect(409))).toBe('safe_short');
    expect(await stateOf(voucher)).toEqual({ state: 'activated', failed: 0 });
    expect(codeOf(await office.openTill(office.agent, '1000.00').expect(409))).toBe('safe_short');
    const { body: till } = await office.openTill(office.agent, '500.00').expect(201);
    expect(codeOf(await office.topUp(till.id, '500.00').expect(409))).toBe('safe_short');
    expect(codeOf(await office.move('taken_out', '500.00').expect(409))).toBe('safe_short');
    expect(await office.holds()).toEqual(['499.99', '500.00']);
  });

  it('is touched by no pay-out out of a till', async () => {
    const office = await open();
    await office.move('brought_in', '3000.00').expect(201);
    await office.openTill(office.agent, '2000.00').expect(201);
    await platform.owner.query('begin');
    await platform.owner.query('select from office_safes where office_id = $1 for update', [office.officeId]);
    await office.pay(office.agent).expect(201);
    await platform.owner.query('rollback');
  });

  it('is not drawn on by what an office without a network reports', async () => {
    const apart = await OfflineOffice.open(platform, 1);
    const path = `/v1/offices/${apart.frame.officeId}/safe`;
    const { supervisor } = apart.staff;
    await supervisor.post(`${path}/movements`, { kind: 'brought_in', amount: dzd('100.00'), reference: 'S' }).expect(201);
    const out = await apart.out(1);
    await payOffline(out, out.vouchers[0] as TestVoucher);
    expect((await apart.send(out).expect(200)).body.entries).toMatchObject([{ state: 'booked' }]);
    const { rows } = await platform.owner.query('select id from payouts where voucher_id = $1', [out.vouchers[0]?.id]);
    await supervisor.post(`/v1/payouts/${rows[0].id}/void`, { reason: 'The wrong envelope' }).expect(200);
    expect((await supervisor.get(path).expect(200)).body.currencies).toMatchObject([{ safe: dzd('100.00') }]);
  });

  it('is counted until all of it is taken out, and holds the office to nothing after that', async () => {
    const office = await open();
    expect(codeOf(await office.move('taken_out', '1.00').expect(409))).toBe('safe_not_so');
    await office.move('brought_in', '500.00').expect(201);
    expect(codeOf(await office.move('ended', '499.00').expect(409))).toBe('safe_not_so');
    expect((await office.move('ended', '500.00').expect(201)).body.currencies).toEqual([]);
    await office.pay(office.agent).expect(201);
    await office.move('brought_in', '1000.00').expect(201);
    await office.pay(office.agent).expect(201);
    await office.move('ended', '0.00').expect(201);
    expect(await office.read()).toMatchObject({ hasRunOut: false, currencies: [] });
  });

  it('is written down by a supervisor of the office with a fresh second factor, once by each slip', async () => {
    const [office, elsewhere] = [await open(), await open()];
    const finance = await platform.as('finance_officer');
    await office.move('brought_in', '500.00', {}, office.agent).expect(403);
    await office.move('brought_in', '500.00', {}, finance).expect(403);
    await office.move('brought_in', '500.00', {}, elsewhere.supervisor).expect(404);
    await elsewhere.supervisor.get(`/v1/offices/${office.officeId}/safe`).expect(404);
    await office.agent.get(`/v1/offices/${office.officeId}/safe`).expect(403);
    await finance.get(`/v1/offices/${newId()}/safe`).expect(404);
    for (const wrong of [
      { amount: dzd('0.00') },
      { amount: dzd('-5.00') },
      { amount: { amount: '1.00', currency: 'XYZ' } },
      { enoughFrom: { amount: '1.00', currency: 'EUR' } },
      { kind: 'taken_out', enoughFrom: dzd('1.00') },
    ])
      expect((await office.move('brought_in', '500.00', wrong)).status, JSON.stringify(wrong)).toBe(422);
    await office.move('brought_in', '500.00', { reference: 'Twice' }).expect(201);
    const twice = await office.move('brought_in', '500.00', { reference: 'Twice' }).set('Accept-Language', 'ar').expect(409);
    expect([codeOf(twice), twice.body.detail]).toEqual(['safe_reference_used', arabic.safe_reference_used]);
    expect(await office.holds()).toEqual(['500.00', '0.00']);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where command = 'cashout.move_safe_cash' and subject_id = $1 and refusal is null`,
      [office.officeId],
    );
    expect(rows).toEqual([{ reason: 'brought_in: Twice' }]);
    await platform.owner.query(`update sessions set second_factor_at = now() - interval '6 minutes' where user_id = $1`, [
      office.supervisor.userId,
    ]);
    expect(codeOf(await office.move('brought_in', '500.00').expect(401))).toBe('step_up_required');
  });

  it('cannot be forged in plain SQL', async () => {
    const office = await open();
    await office.move('brought_in', '500.00').expect(201);
    for (const statement of [
      'update office_safes set cash = 9',
      'delete from office_safes',
      `insert into office_safes (office_id, currency, cash) values (gen_random_uuid(), 'DZD', 1)`,
      `select move_in_safe('${office.officeId}', 'DZD', 1)`,
      'update safe_movements set amount = 9',
      'delete from safe_movements',
    ])
      await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    const moving = (kind: string, amount: string, enoughFrom: number | null = null) =>
      sql.query(
        `insert into safe_movements (id, office_id, kind, amount, currency, enough_from, reference, moved_by, moved_at)
        values (gen_random_uuid(), $1, $2, $3, 'DZD', $4, gen_random_uuid()::text, $1, now())`,
        [office.officeId, kind, amount, enoughFrom],
      );
    await expect(moving('taken_out', '501')).rejects.toMatchObject({ constraint: 'office_safes_never_below_zero' });
    await expect(moving('ended', '499')).rejects.toMatchObject({ constraint: 'safe_movements_of_safe' });
    for (const [kind, amount, least] of [
      ['brought_in', '0', null],
      ['brought_in', '-1', null],
      ['brought_in', '1.001', null],
      ['taken_out', '1', 5],
      ['lent', '1', null],
    ] as const)
      await expect(moving(kind, amount, least), kind).rejects.toMatchObject({ code: '23514' });
    await expect(platform.owner.query('update safe_movements set amount = 9')).rejects.toMatchObject({
      constraint: 'safe_movements_append_only',
    });
    expect(await office.holds()).toEqual(['500.00', '0.00']);
  });
});

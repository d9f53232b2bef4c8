import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolledDevice, signedInByPin } from '../../test/support/device.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser } from '../../test/support/sign-in.ts';
import { insertMatch, stageStatement } from '../../test/support/statements.ts';
import { codeIn, makeVouchers, receivedSms, type TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';

describe('a pay-out that is taken back', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let supervisor: Client;
  let finance: Client;
  let sql: pg.Client;
  let supply: TestVoucher[];
  const reason = { reason: 'The agent took the wrong envelope' };
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    sql = await platform.applicationClient();
    supply = await makeVouchers(platform, frame, 14);
  });
  afterAll(() => platform.close());

  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const redemption = ({ serial }: { serial: string }, code: string) => ({
    officeId: frame.officeId,
    locator: { serial },
    code,
    documentType: 'passport',
    documentLastFour: '0042',
  });
  const pay = async (voucher: TestVoucher, code = voucher.code): Promise<string> =>
    (await agent.post('/v1/payouts', redemption(voucher, code)).expect(201)).body.id;
  const takeBack = (payoutId: string, by = supervisor) => by.post(`/v1/payouts/${payoutId}/void`, reason);
  const codeOf = (answer: { body: { code: string } }) => answer.body.code;
  const latestCode = (voucher: TestVoucher): string =>
    codeIn(
      receivedSms(platform)
        .filter(({ text }) => text.includes(voucher.serial))
        .at(-1)?.text ?? '',
    );
  const broken = async (): Promise<string[]> =>
    (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(({ holds }: { holds: boolean }) => !holds)
      .map(({ identity }: { identity: string }) => identity);
  const events = async (id: string): Promise<string[]> =>
    (await platform.owner.query('select event from journal_entries where subject_id = $1 order by id', [id])).rows.map(
      ({ event }) => event,
    );

  it('reverses the posting, kills the code, sends another, and is paid again once', async () => {
    const voucher = fresh();
    const payoutId = await pay(voucher);
    const { body } = await takeBack(payoutId).expect(200);
    expect(body).toMatchObject({ id: payoutId, voidedBy: supervisor.userId, voidReason: reason.reason, agentId: agent.userId });
    expect(await events(payoutId)).toEqual(['payout', 'void']);
    expect(codeOf(await agent.post('/v1/payouts', redemption(voucher, voucher.code)).expect(422))).toBe('code_refused');
    await platform.settled();
    const another = latestCode(voucher);
    expect(another).not.toBe(voucher.code);
    const again = await pay(voucher, another);
    expect(await events(again)).toEqual(['payout']);
    expect(codeOf(await agent.post('/v1/payouts', redemption(voucher, another)).expect(409))).toBe('already_paid');
    expect(codeOf(await takeBack(payoutId).expect(409))).toBe('already_voided');
    expect(await broken()).toEqual([]);
    const { rows } = await platform.owner.query(
      `select subject_type, reason, office_id, programme_id from audit_events where command = 'cashout.void_payout' and subject_id = any($1) order by 1`,
      [[payoutId, voucher.id]],
    );
    expect(rows.map(({ subject_type, ...place }) => [subject_type, place])).toEqual([
      ['payout', { reason: reason.reason, office_id: frame.officeId, programme_id: frame.programmeId }],
      ['voucher', { reason: reason.reason, office_id: frame.officeId, programme_id: frame.programmeId }],
    ]);
  });

  it('leaves a voucher of somebody without a telephone waiting under a code that nobody knows', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const [voucher] = await makeVouchers(platform, frame, 1, { people: [person] });
    if (!voucher) return expect.fail('one voucher was made');
    const payoutId = await pay(voucher);
    const sent = receivedSms(platform).length;
    await platform.owner.query(
      `insert into consents (id, beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at, withdrawn_at, withdrawn_by)
      values ($1, $2, 'contact', 'consent', 'signature', '2026-01-01', $1, now(), now(), $1)`,
      [newId(), person.id],
    );
    await takeBack(payoutId).expect(200);
    await platform.settled();
    expect(receivedSms(platform).length).toBe(sent);
    const { rows } = await platform.owner.query('select state, counter from vouchers where id = $1', [voucher.id]);
    expect(rows).toEqual([{ state: 'activated', counter: 1 }]);
    await agent.post('/v1/payouts', redemption(voucher, voucher.code)).expect(422);
  });

  it('is taken back once when ten supervisors ask at the same time, and against a new pay-out stands', async () => {
    const voucher = fresh();
    const payoutId = await pay(voucher);
    const supervisors = await Promise.all(Array.from({ length: 10 }, () => platform.as('office_supervisor', { office: frame.officeId })));
    const answers = await Promise.all(supervisors.map((one) => takeBack(payoutId, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(await events(payoutId)).toEqual(['payout', 'void']);
    const key = newId();
    const winner = supervisors[answers.findIndex(({ status }) => status === 200)] as Client;
    expect((await winner.post(`/v1/payouts/${payoutId}/void`, reason, key).expect(409)).body.code).toBe('already_voided');
  });

  it('is for a supervisor of that office who did not pay it, on the same day in the programme’s time zone', async () => {
    const voucher = fresh();
    const payoutId = await pay(voucher);
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('office_supervisor', { office: elsewhere.officeId });
    const missing = await stranger.post(`/v1/payouts/${newId()}/void`, reason).expect(404);
    const hidden = await takeBack(payoutId, stranger).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    for (const other of [agent, finance]) await takeBack(payoutId, other).expect(403);
    const both = await platform.as('office_supervisor', { office: frame.officeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, 'agent', $3, $4, now())`,
      [newId(), both.userId, frame.officeId, agent.userId],
    );
    const own = fresh();
    const { body } = await both.post('/v1/payouts', redemption(own, own.code)).expect(201);
    expect(codeOf(await takeBack(body.id, both).expect(403))).toBe('separation_of_duties');
    await platform.owner.query(`update sessions set second_factor_at = now() - interval '6 minutes' where user_id = $1`, [
      supervisor.userId,
    ]);
    expect(codeOf(await takeBack(payoutId).expect(401))).toBe('step_up_required');
    await platform.owner.query(`update sessions set second_factor_at = now() where user_id = $1`, [supervisor.userId]);
    await platform.owner.query('alter table payouts disable trigger void_only');
    await platform.owner.query(`update payouts set paid_on = paid_on - 1 where id = $1`, [payoutId]);
    await platform.owner.query('alter table payouts enable trigger void_only');
    expect(codeOf(await takeBack(payoutId).expect(409))).toBe('void_too_late');
    const { rows } = await platform.owner.query('select state, counter from vouchers where id = $1', [voucher.id]);
    expect(rows).toEqual([{ state: 'redeemed', counter: 0 }]);
  });

  it('is not taken back once the statement of the post has it, whoever comes first', async () => {
    const [listed, racing] = [fresh(), fresh()];
    const ids = [await pay(listed), await pay(racing)] as const;
    const lineOf = async ({ serial }: TestVoucher): Promise<string> => {
      const { lineIds } = await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial }] });
      return lineIds[0] ?? '';
    };
    const match = (line: string, payoutId: string, client = sql) => insertMatch(client, line, payoutId, newId());
    await match(await lineOf(listed), ids[0]);
    expect(codeOf(await takeBack(ids[0]).expect(409))).toBe('payout_matched');

    const line = await lineOf(racing);
    await sql.query('begin');
    await match(line, ids[1]);
    const [answer] = await Promise.all([takeBack(ids[1]), new Promise((done) => setTimeout(done, 300)).then(() => sql.query('commit'))]);
    expect([answer.status, answer.body.code]).toEqual([409, 'payout_matched']);

    const late = fresh();
    const lateId = await pay(late);
    const other = await platform.applicationClient();
    await other.query('begin');
    await other.query(`update payouts set voided_at = now(), voided_by = gen_random_uuid(), void_reason = 'By hand' where id = $1`, [
      lateId,
    ]);
    const matching = match(await lineOf(late), lateId).catch((error: { code: string }) => error.code);
    await new Promise((done) => setTimeout(done, 300));
    await other.query(`update vouchers set state = 'activated', counter = counter + 1 where id = $1`, [late.id]);
    await other.query('commit');
    expect(await matching).toBe('40001');
  });

  it('is not taken back once the post had its money for it', async () => {
    const own = await makeFrame(platform);
    const [early, late] = await makeVouchers(platform, own, 2);
    if (!early || !late) return expect.fail('two vouchers were made');
    const clerk = await platform.as('agent', { office: own.officeId });
    const chief = await platform.as('office_supervisor', { office: own.officeId });
    const treasurer = await platform.as('finance_officer', { programme: own.programmeId });
    const at = async (voucher: TestVoucher): Promise<string> =>
      (await clerk.post('/v1/payouts', { ...redemption(voucher, voucher.code), officeId: own.officeId }).expect(201)).body.id;
    const first = await at(early);
    const items = [{ officeId: own.officeId, amount: { amount: '0.01', currency: 'DZD' } }];
    await treasurer.post(`/v1/programmes/${own.programmeId}/settlements`, { fundId: own.fundId, items }).expect(201);
    expect(codeOf(await takeBack(first, chief).expect(409))).toBe('payout_settled');
    // What was paid after the settlement is not part of it.
    await takeBack(await at(late), chief).expect(200);
  });

  it('asks no more than the PIN on an enrolled device, which every pay-out made on it names', async () => {
    const chief = await makeUser(platform, { role: 'office_supervisor', officeId: frame.officeId });
    const clerk = await makeUser(platform, { role: 'agent', officeId: frame.officeId });
    const till = await enrolledDevice(platform, clerk, frame.officeId);
    const desk = await enrolledDevice(platform, chief, frame.officeId);
    const voucher = fresh();
    const atTill = await signedInByPin(platform, till, clerk.id);
    const { body } = await atTill.post('/v1/payouts', redemption(voucher, voucher.code)).expect(201);
    expect(body.deviceId).toBe(till.id);
    const atDesk = await signedInByPin(platform, desk, chief.id);
    expect((await atDesk.post(`/v1/payouts/${body.id}/void`, reason).expect(200)).body).toMatchObject({
      deviceId: till.id,
      voidedBy: chief.id,
    });
  });

  it('cannot be forged in plain SQL', async () => {
    const voucher = fresh();
    const payoutId = await pay(voucher);
    const voiding = (columns = `voided_at = now(), voided_by = gen_random_uuid(), void_reason = 'By hand'`) =>
      sql.query(`update payouts set ${columns} where id = $1`, [payoutId]);
    const refusedBy = (constraint: string) => ({ constraint });
    await expect(voiding()).rejects.toMatchObject(refusedBy('payouts_void_reopens'));
    await expect(
      voiding(`voided_at = now() - interval '1 day', voided_by = gen_random_uuid(), void_reason = 'By hand'`),
    ).rejects.toMatchObject(refusedBy('payouts_void_same_day'));
    await expect(voiding(`voided_at = now(), voided_by = gen_random_uuid()`)).rejects.toMatchObject(refusedBy('payouts_void_complete'));
    await expect(voiding(`void_reason = 'Without a void'`)).rejects.toMatchObject(refusedBy('payouts_append_only'));
    const reopen = `update vouchers set state = 'activated', counter = counter + 1 where id = $1`;
    await expect(sql.query(reopen, [voucher.id])).rejects.toMatchObject(refusedBy('vouchers_open_or_paid'));
    await sql.query('begin');
    await voiding();
    await expect(sql.query(`update vouchers set state = 'activated' where id = $1`, [voucher.id])).rejects.toMatchObject(
      refusedBy('vouchers_new_code'),
    );
    await sql.query('rollback');
  });
});

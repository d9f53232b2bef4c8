import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { wrongCode } from '../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, makeVouchers, receivedSms, sendMessages, type TestVoucher } from '../../test/support/vouchers.ts';
import { mod97Digits } from '../platform/index.ts';
import { codeOf } from '../vouchers/index.ts';

describe('a guess at a voucher whose message has not been accepted yet', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let sql: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    sql = await platform.applicationClient();
  });
  afterAll(() => platform.close());

  const agentOf = () => platform.as('agent', { office: frame.officeId });
  const issue = async (options: object = {}): Promise<TestVoucher> =>
    (await makeVouchers(platform, frame, 1, { send: false, ...options }))[0] ?? expect.fail();
  /** The code that the message will have. */
  const codeBefore = async ({ id }: TestVoucher): Promise<string> => {
    const { rows } = await platform.owner.query('select id, key_version as "keyVersion", counter from vouchers where id = $1', [id]);
    return codeOf(platform.app.keyRing, rows[0]);
  };
  const at = (locator: object, code: string) => ({ officeId: frame.officeId, locator, code });
  const redeem = (agent: Client, locator: object, code: string) =>
    agent.post('/v1/payouts', { ...at(locator, code), documentType: 'passport', documentLastFour: '0042' });
  const lookUp = (agent: Client, locator: object, code: string) => agent.post('/v1/look-ups', at(locator, code));
  const rowOf = async ({ id }: TestVoucher) =>
    (await platform.owner.query('select state, failed_attempts as failed, counter from vouchers where id = $1', [id])).rows[0];
  const twoUnlock = async ({ id }: TestVoucher): Promise<void> => {
    const [officer, finance] = [
      await platform.as('programme_officer', { programme: frame.programmeId }),
      await platform.as('finance_officer', { programme: frame.programmeId }),
    ];
    const asked = await officer.post(`/v1/vouchers/${id}/changes`, { kind: 'unlock', reason: 'Somebody guessed' }).expect(201);
    await officer.post(`/v1/voucher-changes/${asked.body.id}/confirm`).expect(403);
    await finance.post(`/v1/voucher-changes/${asked.body.id}/confirm`).expect(200);
    await platform.settled();
  };

  it('uses up the same five attempts, sounds as one at nobody does, and leaves a code that is never sent', async () => {
    const [voucher, agent] = [await issue(), await agentOf()];
    const right = await codeBefore(voucher);
    const { serial } = voucher;
    const nobody = await redeem(agent, { serial: `123456789012${mod97Digits('123456789012')}` }, wrongCode(right)).expect(422);
    for (const [i, ask] of [redeem, lookUp, redeem, lookUp, redeem].entries()) {
      expect(await rowOf(voucher)).toEqual({ state: 'issued', failed: i, counter: 0 });
      const { body } = await ask(agent, { serial }, wrongCode(right)).expect(422);
      expect({ ...body, requestId: '' }).toEqual({ ...nobody.body, requestId: '' });
    }
    expect(await rowOf(voucher)).toEqual({ state: 'locked', failed: 5, counter: 0 });
    const { rows } = await platform.owner.query('select count(*)::int as n from failed_codes where voucher_id = $1', [voucher.id]);
    expect(rows).toEqual([{ n: 5 }]);
    // What had been on its way is dead, and would open nothing.
    await sendMessages(platform, voucher.listId);
    expect(await rowOf(voucher)).toEqual({ state: 'locked', failed: 5, counter: 0 });
    expect(receivedSms(platform).filter(({ text }) => text.includes(serial))).toEqual([]);
    expect((await redeem(agent, { serial }, right).expect(409)).body.code).toBe('voucher_locked');
  });

  it('denies nobody their cash for good: two people unlock it, and another code is sent', async () => {
    const [voucher, agent] = [await issue(), await agentOf()];
    const right = await codeBefore(voucher);
    const { serial } = voucher;
    for (let i = 0; i < 5; i += 1) await redeem(agent, { serial }, wrongCode(right)).expect(422);
    await twoUnlock(voucher);
    expect(await rowOf(voucher)).toEqual({ state: 'activated', failed: 0, counter: 1 });
    const [sms, ...more] = receivedSms(platform).filter(({ text }) => text.includes(serial));
    expect(more).toEqual([]);
    expect((await redeem(agent, { serial }, right).expect(422)).body.code).toBe('code_refused');
    await redeem(agent, { serial }, codeIn(sms?.text ?? '')).expect(201);
  });

  it('goes on counting when the message is accepted between, and with twenty at once', async () => {
    const [early, voucher, agent, crowd] = [await issue(), await issue(), await agentOf(), await agentOf()];
    const right = await codeBefore(early);
    for (let i = 0; i < 4; i += 1) await redeem(agent, { serial: early.serial }, wrongCode(right)).expect(422);
    await sendMessages(platform, early.listId);
    expect(await rowOf(early)).toEqual({ state: 'activated', failed: 4, counter: 0 });
    await redeem(agent, { serial: early.serial }, wrongCode(right)).expect(422);
    expect(await rowOf(early)).toEqual({ state: 'locked', failed: 5, counter: 0 });
    const code = wrongCode(await codeBefore(voucher));
    const answers = await Promise.all(Array.from({ length: 20 }, () => lookUp(crowd, { serial: voucher.serial }, code)));
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['code_refused']));
    expect(await rowOf(voucher)).toEqual({ state: 'locked', failed: 5, counter: 0 });
  });

  it('costs nothing with the right code, which hears to wait, and locks nobody else on a shared telephone', async () => {
    const [voucher, agent] = [await issue(), await agentOf()];
    const right = await codeBefore(voucher);
    expect((await lookUp(agent, { serial: voucher.serial }, right).expect(409)).body.code).toBe('voucher_not_active');
    expect(await rowOf(voucher)).toEqual({ state: 'issued', failed: 0, counter: 0 });
    const phones = ['+213550888888'];
    const people = [await makePerson(platform, frame.programmeId, { phones }), await makePerson(platform, frame.programmeId, { phones })];
    const [waiting, live] = [await issue({ people: [people[0]] }), await issue({ people: [people[1]], send: true })];
    await redeem(agent, { phone: phones[0] }, wrongCode(live.code)).expect(422);
    expect([(await rowOf(waiting)).failed, (await rowOf(live)).failed]).toEqual([0, 0]);
  });

  it('is counted by the database as well', async () => {
    const voucher = await issue();
    const change = (to: string) => sql.query(`update vouchers set ${to} where id = $1`, [voucher.id]);
    await expect(change('failed_attempts = 5')).rejects.toMatchObject({ constraint: 'vouchers_locked_after_five' });
    await expect(change(`state = 'activated'`)).rejects.toMatchObject({ constraint: 'vouchers_activation' });
    await change(`state = 'locked', failed_attempts = 5`);
    for (const [to, constraint] of [
      [`state = 'issued'`, 'vouchers_new_code'],
      [`state = 'activated'`, 'vouchers_new_code'],
      [`state = 'redeemed'`, 'vouchers_locked_unpaid'],
    ] as const)
      await expect(change(to), to).rejects.toMatchObject({ constraint });
  });
});

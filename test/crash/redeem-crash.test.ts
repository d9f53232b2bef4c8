import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../support/platform.ts';
import { makeVouchers, type TestVoucher } from '../support/vouchers.ts';
import { environment, keys, runUntil, startDoomed, wireTo } from './doomed-process.ts';
import type { Order } from './ground.ts';
import { type Errand, redeeming } from './redeeming.ts';

/** More than a redemption says to the database. */
const MESSAGES_AT_MOST = 80;
/** To the database a process that dies is a connection that breaks: it is enough that some die. */
const PROCESS_EVERY = 7;

describe('a redemption whose process is killed, or loses the database', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let vouchers: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform({ environment });
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    vouchers = await makeVouchers(platform, frame, MESSAGES_AT_MOST, { amount: '100.00' });
  });
  afterAll(() => platform.close());

  /** A process redeems, and is killed once it has said so much to the database. @returns whether it heard of the end */
  async function killed(errand: Errand, messages: number): Promise<boolean> {
    return runUntil(await startDoomed<Order>(platform, 'redeemer.ts', keys), errand, messages);
  }

  /** The connection breaks once so much has been said on it. @returns whether the end was heard of */
  async function cutOff(errand: Errand, messages: number): Promise<boolean> {
    const { proxy, databaseUrl } = await wireTo(platform);
    const { redeem, close } = await redeeming({ databaseUrl, ...keys });
    proxy.cutAfter(messages, () => {});
    const heard = await redeem(errand).then(
      () => true,
      () => false,
    );
    await close();
    await proxy.released();
    proxy.close();
    return heard;
  }

  /** What a redemption leaves behind, counted over the whole database. */
  const traces = async (): Promise<number[]> =>
    Object.values(
      (
        await platform.owner.query(
          `select
    (select count(*)::int from vouchers where state = 'redeemed') as redeemed,
    (select count(*)::int from payouts) as payouts,
    (select count(*)::int from journal_entries where event = 'payout') as entries,
    (select count(*)::int / 2 from postings p join journal_entries e on e.id = p.entry_id where e.event = 'payout') as postings,
    (select count(*)::int from audit_events where command = 'cashout.redeem') as events,
    (select count(*)::int from idempotency_keys where actor_id = $1) as answers`,
          [agent.userId],
        )
      ).rows[0],
    );

  it('has happened wholly or not at all, whichever message was its last, and happens once when it is asked again', async () => {
    let completedAt = -1;
    const whole: boolean[] = [];
    for (let messages = 0; completedAt < 0 && messages < MESSAGES_AT_MOST; messages += 1) {
      const { serial, code } = vouchers[messages] ?? expect.fail('there is a voucher for each message');
      const redemption = {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport' as const,
        documentLastFour: '0042',
      };
      const errand: Errand = { agentId: agent.userId, officeId: frame.officeId, key: randomUUID(), redemption };
      const end = messages % PROCESS_EVERY === 0 ? killed : cutOff;
      if (await end(errand, messages)) completedAt = messages;

      // Every redemption before this one was brought to its end, so each count is either this many or one more.
      const before = Array.from({ length: 6 }, () => messages);
      const after = await traces();
      const happened = after[0] === messages + 1;
      expect(after, `after ${messages} messages`).toEqual(before.map((count) => count + Number(happened)));
      whole.push(happened);

      const answers = [await agent.post('/v1/payouts', redemption, errand.key), await agent.post('/v1/payouts', redemption, errand.key)];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers[1]?.text).toBe(answers[0]?.text);
      expect(answers[0]?.body).toMatchObject({ serial, amount: { amount: '100.00', currency: 'DZD' } });
      expect(await traces()).toEqual(before.map((count) => count + 1));
    }
    // Each message but the last left nothing; the last is the commit, and whoever asked was gone before they heard of it.
    expect(completedAt).toBeGreaterThan(10);
    expect(whole).toEqual([...Array.from({ length: completedAt - 1 }, () => false), true, true]);
  }, 300_000);
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../support/platform.ts';
import { makeVouchers, type TestVoucher } from '../support/vouchers.ts';
import { type DoomedProcess, startDoomed } from './doomed-process.ts';
import type { Errand, Order } from './redeemer.ts';

const masterKey = Buffer.from('a master key for the crash test!').toString('base64');
const indexKey = Buffer.from('an index key for the crash test!').toString('base64');

/** More than a redemption says to the database. */
const MESSAGES_AT_MOST = 80;

describe('a redemption whose process is killed', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let vouchers: TestVoucher[];
  const redeemers: Promise<DoomedProcess>[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment: { SANAD_MASTER_KEYS: `1:${masterKey}`, SANAD_INDEX_KEY: indexKey } });
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    vouchers = await makeVouchers(platform, frame, MESSAGES_AT_MOST, { amount: '100.00' });
  });
  afterAll(async () => {
    for (const { child, proxy } of await Promise.all(redeemers)) {
      child.kill('SIGKILL');
      proxy.close();
    }
    await platform.close();
  });

  const startRedeemer = () => startDoomed<Order>(platform, './redeemer.ts', { masterKey, indexKey });

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
    // The next two processes start while this one is being killed.
    redeemers.push(startRedeemer(), startRedeemer());
    for (let messages = 0; completedAt < 0 && messages < MESSAGES_AT_MOST; messages += 1) {
      const { serial, code } = vouchers[messages] ?? expect.fail('there is a voucher for each message');
      const { child, proxy } = await (redeemers[messages] ?? expect.fail('a process was started'));
      redeemers.push(startRedeemer());
      const redemption = {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport' as const,
        documentLastFour: '0042',
      };
      const errand: Errand = { agentId: agent.userId, officeId: frame.officeId, key: randomUUID(), redemption };
      const answered = once(child, 'message').then(() => 'answered' as const);
      const killed = new Promise<'killed'>((resolve) => {
        proxy.cutAfter(messages, () => {
          child.once('exit', () => resolve('killed'));
          child.kill('SIGKILL');
        });
      });
      child.send(errand);
      if ((await Promise.race([answered, killed])) === 'answered') completedAt = messages;
      child.kill('SIGKILL');
      await proxy.released();

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
    // Each message but the last left nothing; the last is the commit, and the process was killed before it heard of it.
    expect(completedAt).toBeGreaterThan(10);
    expect(whole).toEqual([...Array.from({ length: completedAt - 1 }, () => false), true, true]);
  }, 300_000);
});

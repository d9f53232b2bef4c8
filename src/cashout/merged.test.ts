import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';

describe('somebody with two records that both have a voucher', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let judge: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  /** The older record first; one list, one plan. */
  async function couple(): Promise<[TestVoucher, TestVoucher]> {
    const made = await makeVouchers(platform, frame, 2);
    const [a, b] = made.sort((one, other) => (one.person.id < other.person.id ? -1 : 1));
    if (!a || !b) return expect.fail('two vouchers were made');
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
      [a.person.id, b.person.id, frame.programmeId],
    );
    return [a, b];
  }
  const merge = (loser: TestVoucher, survivor: TestVoucher) => {
    const [first, second] = [loser.person.id, survivor.person.id].sort();
    return judge.post(`/v1/duplicate-pairs/${first}/${second}/decision`, {
      decision: 'same_person',
      survivorId: survivor.person.id,
      reason: 'Same face',
      version: 1,
    });
  };
  const redeem = ({ serial, code }: TestVoucher) =>
    agent.post('/v1/payouts', {
      officeId: frame.officeId,
      locator: { serial },
      code,
      documentType: 'passport',
      documentLastFour: '0042',
    });
  const payouts = async (...vouchers: TestVoucher[]): Promise<number> =>
    (
      await platform.owner.query('select count(*)::int as count from payouts where voucher_id = any($1) and voided_at is null', [
        vouchers.map(({ id }) => id),
      ])
    ).rows[0].count;
  const refusedAs = async (answer: ReturnType<typeof redeem>) => {
    const { status, body } = await answer;
    return `${status} ${body.code}`;
  };
  const lock = (voucher: TestVoucher) => platform.owner.query(`update vouchers set state = 'locked' where id = $1`, [voucher.id]);
  /** A redemption that somebody has begun and not committed, by a process that knows nothing of a merger. */
  async function begun(voucher: TestVoucher) {
    const client = await platform.applicationClient();
    await client.query('begin');
    await client.query(`update vouchers set state = 'redeemed' where id = $1`, [voucher.id]);
    await client.query(
      `insert into payouts select $1, id, $2, $3, collector_id, amount, currency, 'passport', '0042', now(), '2026-01-01' from vouchers where id = $4`,
      [randomUUID(), frame.officeId, agent.userId, voucher.id],
    );
    return client;
  }

  it('is not paid as one of them what was paid as the other, whichever goes on', async () => {
    for (const survivorIsPaid of [true, false]) {
      const [a, b] = await couple();
      await redeem(a).expect(201);
      await (survivorIsPaid ? merge(b, a) : merge(a, b)).expect(200);
      expect(await refusedAs(redeem(b))).toBe('409 paid_as_other_record');
      expect((await redeem({ ...b, code: a.code })).body.code).toBe('code_refused');
      expect(await payouts(a, b)).toBe(1);
    }
  });

  it('is paid under the code of the record that goes on, or under the other when that one cannot be used', async () => {
    const [a, b] = await couple();
    await merge(a, b).expect(200);
    expect(await refusedAs(redeem(a))).toBe('409 paid_as_other_record');
    await redeem(b).expect(201);
    const [c, d] = await couple();
    await merge(c, d).expect(200);
    await lock(d);
    await redeem(c).expect(201);
    expect(await payouts(c, d)).toBe(1);
  });

  it('is paid by one of three records, and the others are told', async () => {
    const [a, b] = await couple();
    const [c] = await makeVouchers(platform, frame, 1);
    if (!c) return expect.fail('a voucher was made');
    await platform.owner.query('update beneficiaries set merged_into = $1 where id = any($2)', [c.person.id, [a.person.id, b.person.id]]);
    const answers = await Promise.all([redeem(a), redeem(b)]);
    // The third has a voucher of another plan, which says nothing about this one.
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('paid_as_other_record');
    await redeem(c).expect(201);
    expect(await payouts(a, b)).toBe(1);
  });

  it('is paid once when the records are merged while one is being paid', async () => {
    const [a, b] = await couple();
    const client = await begun(a);
    await merge(a, b).expect(200);
    const later = redeem(b).then((answer) => `${answer.status} ${answer.body.code}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await client.query('commit');
    expect(await later).toBe('409 paid_as_other_record');
    expect(await payouts(a, b)).toBe(1);
  });

  it('is paid once after a merger, however redemptions and merger cross', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [a, b] = await couple();
      const [loser, survivor] = round % 2 ? [a, b] : [b, a];
      const [merger] = await Promise.all([merge(loser, survivor), redeem(a)]);
      expect(merger?.status).toBe(200);
      await Promise.all([redeem(a), redeem(b), redeem(b), redeem(a)]);
      expect(await payouts(a, b)).toBe(1);
    }
  });

  it('is paid once even by plain SQL', async () => {
    const [a, b] = await couple();
    await redeem(a).expect(201);
    await merge(a, b).expect(200);
    await expect(begun(b)).rejects.toMatchObject({ constraint: 'payouts_once_for_person' });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { type Execute, sql } from '../platform/index.ts';
import { issueVouchers } from './commands.ts';
import { voucherJobs } from './jobs.ts';
import { voucherMoves } from './rules.ts';
import { newSerial } from './serial.ts';

const DAY_MS = 86_400_000;

describe('vouchers', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const stateOf = async (id: string) => (await platform.owner.query('select state from vouchers where id = $1', [id])).rows[0].state;
  const balance = async (kind: string): Promise<string> =>
    (
      await platform.owner.query(
        `select coalesce(sum(p.amount), 0)::text as sum from postings p join accounts a on a.id = p.account_id
      where a.kind = $1 and a.fund_id = $2`,
        [kind, frame.fundId],
      )
    ).rows[0].sum;
  const expireDue = async () => {
    const { app, clock } = platform;
    for (const job of voucherJobs({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock }))
      await job.run({}, new AbortController().signal);
  };

  it('move between states as the database says', async () => {
    const { rows } = await platform.owner.query(`select string_to_array(encode(tgargs, 'escape'), '\\000') as moves from pg_trigger
      where tgrelid = 'vouchers'::regclass and tgname = 'transition'`);
    const moves = Object.entries(voucherMoves).flatMap(([from, states]) => states.map((to) => `${from}>${to}`));
    expect(rows[0].moves.filter(Boolean).sort()).toEqual(moves.sort());
  });

  it('are read by those who look after the list, never with a code', async () => {
    const vouchers = await makeVouchers(platform, frame, 3);
    const { listId } = vouchers[0] as TestVoucher;
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const path = `/v1/payment-lists/${listId}/vouchers`;
    const { body: first } = await officer.get(`${path}?limit=2`).expect(200);
    const { body: rest } = await officer.get(`${path}?limit=2&cursor=${first.nextCursor}`).expect(200);
    const items = [...first.items, ...rest.items];
    expect(items.map(({ serial }) => serial)).toEqual(vouchers.map(({ serial }) => serial).sort());
    expect(rest.nextCursor).toBeNull();
    expect(items[0]).toMatchObject({ state: 'activated', amount: { amount: '15000.00', currency: 'DZD' }, listId });
    expect((await officer.get(`/v1/vouchers/${items[0].id}`).expect(200)).body).toEqual(items[0]);
    for (const { code } of vouchers) expect(JSON.stringify(items)).not.toContain(code);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const addresses = [
      [path, `/v1/payment-lists/${randomUUID()}/vouchers`],
      [`/v1/vouchers/${items[0].id}`, `/v1/vouchers/${randomUUID()}`],
    ] as const;
    for (const [hidden, missing] of addresses) {
      const there = await stranger.get(hidden).expect(404);
      const nowhere = await stranger.get(missing).expect(404);
      expect({ ...there.body, requestId: '' }).toEqual({ ...nowhere.body, requestId: '' });
    }
    await (await platform.as('agent', { office: frame.officeId })).get(path).expect(403);
  });

  it('are not issued under a serial that is taken: the command starts again', async () => {
    const [taken] = await makeVouchers(platform, frame, 1, { send: false });
    const { programmeId } = frame;
    const { keyRing, database } = platform.app;
    const list = { id: taken?.listId ?? '', programmeId };
    const issue = (serialOf: () => string) =>
      database.transaction((tx) => issueVouchers({ tx, now: platform.clock.now(), keyRing }, list, { from: 1, to: 1, count: 1 }, serialOf));
    await expect(issue(() => taken?.serial ?? '')).rejects.toMatchObject({ code: '40001' });
    await expect(issue(newSerial)).rejects.toMatchObject({ constraint: 'vouchers_line_id_key' });
  });

  it('expire at the end of their last day and give the money back', async () => {
    const [voucher, locked, paid] = await makeVouchers(platform, frame, 3);
    if (!voucher || !locked || !paid) return expect.fail('three vouchers were made');
    const agent = await platform.as('agent', { office: frame.officeId });
    const redeem = ({ serial, code }: TestVoucher) =>
      agent.post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport',
        documentLastFour: '0042',
      });
    await redeem(paid).expect(201);
    await platform.owner.query(`update vouchers set state = 'locked', failed_attempts = 5 where id = $1`, [locked.id]);
    const {
      rows: [row],
    } = await platform.owner.query(
      `select expires_at at time zone 'Africa/Algiers' as local, activated_at, expires_at from vouchers where id = $1`,
      [voucher.id],
    );
    expect(row.expires_at.getTime()).toBeGreaterThan(row.activated_at.getTime() + 60 * DAY_MS);
    expect(row.expires_at.getTime()).toBeLessThanOrEqual(row.activated_at.getTime() + 61 * DAY_MS);
    expect(row.local.toISOString()).toMatch(/T00:00:00/);
    expect(voucher.text).toContain(new Date(row.expires_at.getTime() - 1).toLocaleDateString('en-GB', { timeZone: 'Africa/Algiers' }));

    await expireDue();
    expect(await stateOf(voucher.id)).toBe('activated');
    platform.clock.skip(61 * DAY_MS);
    // Nobody is paid after the end, even before the job has come by.
    expect((await redeem(voucher).expect(409)).body.code).toBe('voucher_expired');
    expect(await stateOf(voucher.id)).toBe('activated');

    const before = await balance('fund_available');
    const outstanding = await balance('vouchers_outstanding');
    const {
      rows: [{ live }],
    } = await platform.owner.query(`select count(*)::int as live from vouchers where fund_id = $1 and state in ('activated', 'locked')`, [
      frame.fundId,
    ]);
    await Promise.all([expireDue(), expireDue()]);
    await expireDue();
    expect(await stateOf(voucher.id)).toBe('expired');
    expect(await stateOf(locked.id)).toBe('expired');
    expect(await stateOf(paid.id)).toBe('redeemed');
    expect(Number(await balance('fund_available'))).toBe(Number(before) - live * 15_000);
    expect(Number(await balance('vouchers_outstanding'))).toBe(Number(outstanding) + live * 15_000);
    const { rows: events } = await platform.owner.query(
      `select distinct programme_id, fund_id from audit_events where command = 'vouchers.expire'`,
    );
    expect(events).toEqual([{ programme_id: frame.programmeId, fund_id: frame.fundId }]);
    expect((await redeem(voucher).expect(409)).body.code).toBe('voucher_expired');
  });

  it('expire in every fund, though the first cannot be dealt with', async () => {
    const { app, clock } = platform;
    const vouchers: TestVoucher[] = [];
    for (const own of [await makeFrame(platform), await makeFrame(platform)]) vouchers.push(...(await makeVouchers(platform, own, 1)));
    const end = new Date(clock.now().getTime() + 1_000);
    await platform.owner.query('update vouchers set expires_at = $2 where id = any($1)', [vouchers.map(({ id }) => id), end]);
    clock.skip(2_000);
    let first: unknown;
    const execute: Execute = (command, input, execution) => {
      first ??= input;
      return first === input ? Promise.reject(new Error('its books are locked')) : app.execute(command, input, execution);
    };
    const [job] = voucherJobs({ db: app.database.reader, execute, keyRing: app.keyRing, clock });
    await expect(job?.run({})).rejects.toThrow(/^1 of \d+ failed$/);
    const states = async () => (await Promise.all(vouchers.map(({ id }) => stateOf(id)))).sort();
    expect((await states()).at(-1)).toBe('expired');
    await expireDue();
    expect(await states()).toEqual(['expired', 'expired']);
  });

  it('expire once when a pay-out comes at the same moment', async () => {
    const vouchers = await makeVouchers(platform, frame, 6);
    const agent = await platform.as('agent', { office: frame.officeId });
    const end = new Date(platform.clock.now().getTime() + 1_000);
    await platform.owner.query('update vouchers set expires_at = $2 where list_id = $1', [vouchers[0]?.listId, end]);
    const answers = await Promise.all(
      vouchers.map(async ({ serial, code }, i) => {
        const redemption = { officeId: frame.officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' };
        await new Promise((resolve) => setTimeout(resolve, 700 + i * 100));
        const [answer] = await Promise.all([agent.post('/v1/payouts', redemption), expireDue()]);
        return answer;
      }),
    );
    platform.clock.skip(2_000);
    await expireDue();
    for (const [i, { status }] of answers.entries()) {
      expect(await stateOf(vouchers[i]?.id ?? '')).toBe(status === 201 ? 'redeemed' : 'expired');
    }
    const left = await platform.app.database.reader.first<{ odd: number }>(sql`select count(*)::int as odd from vouchers v
      where (select count(*) from journal_entries e left join payouts p on p.id = e.subject_id
        where e.event in ('payout', 'expiry') and coalesce(p.voucher_id, e.subject_id) = v.id) <> (v.state in ('redeemed', 'expired'))::int`);
    expect(left).toEqual({ odd: 0 });
  });
});

import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, makeVouchers, receivedSms, type TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { cancelVouchers } from './cancel.ts';

const reason = { reason: 'The telephone was stolen' };
const DAY_MS = 86_400_000;

describe('what is done to a voucher', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let finance: Client;
  let agent: Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    agent = await platform.as('agent', { office: frame.officeId });
    supply = await makeVouchers(platform, frame, 26);
  });
  afterAll(() => platform.close());

  const fresh = (count = 1): TestVoucher[] => supply.splice(0, count);
  const one = (): TestVoucher => fresh()[0] ?? expect.fail('more vouchers are needed');
  const redeem = ({ serial }: TestVoucher, code: string) =>
    agent.post('/v1/payouts', {
      officeId: frame.officeId,
      locator: { serial },
      code,
      documentType: 'passport',
      documentLastFour: '0042',
    });
  const ask = ({ id }: Pick<TestVoucher, 'id'>, kind: 'cancel' | 'reissue' | 'unlock', by = officer) =>
    by.post(`/v1/vouchers/${id}/changes`, { kind, ...reason });
  const confirm = (changeId: string, by = finance) => by.post(`/v1/voucher-changes/${changeId}/confirm`);
  const change = async (voucher: TestVoucher, kind: 'cancel' | 'reissue' | 'unlock') =>
    confirm((await ask(voucher, kind).expect(201)).body.id);
  const rowOf = async (id: string): Promise<{ state: string; counter: number; failed_attempts: number }> =>
    (await platform.owner.query('select state, counter, failed_attempts from vouchers where id = $1', [id])).rows[0];
  const latestCode = (voucher: TestVoucher): string =>
    codeIn(
      receivedSms(platform)
        .filter(({ text }) => text.includes(voucher.serial))
        .at(-1)?.text ?? '',
    );
  const available = async (): Promise<string> =>
    (await finance.get(`/v1/funds/${frame.fundId}/balances`).expect(200)).body.balances.find(
      ({ kind }: { kind: string }) => kind === 'fund_available',
    ).balance.amount;

  it('is asked for by one and confirmed by another: cancelled, with the money back and the code dead', async () => {
    const voucher = one();
    const before = await available();
    const { body: asked } = await ask(voucher, 'cancel').expect(201);
    expect(asked).toMatchObject({ kind: 'cancel', state: 'asked', askedBy: officer.userId, decidedBy: null });
    expect((await ask(voucher, 'reissue', finance).expect(409)).body.code).toBe('voucher_change_open');
    expect((await confirm(asked.id, officer).expect(403)).body.code).toBe('separation_of_duties');
    expect((await rowOf(voucher.id)).state).toBe('activated');
    expect((await confirm(asked.id).expect(200)).body).toMatchObject({ state: 'done', decidedBy: finance.userId });
    expect((await rowOf(voucher.id)).state).toBe('cancelled');
    expect(Number(await available())).toBe(Number(before) + 15_000);
    expect((await redeem(voucher, voucher.code).expect(409)).body.code).toBe('voucher_cancelled');
    expect((await confirm(asked.id).expect(409)).body.code).toBe('conflict');
    expect((await ask(voucher, 'reissue').expect(409)).body).toMatchObject({ code: 'voucher_past_change', state: 'cancelled' });
    const { body } = await officer.get(`/v1/vouchers/${voucher.id}/changes`).expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([asked.id]);
    const { rows } = await platform.owner.query(
      `select command, reason from audit_events where subject_id = $1 and command like 'vouchers.%' order by id`,
      [voucher.id],
    );
    expect(rows).toEqual([
      { command: 'vouchers.ask_change', reason: `cancel: ${reason.reason}` },
      { command: 'vouchers.confirm_change', reason: `cancel: ${reason.reason}` },
    ]);
  });

  it('is paid or cancelled, never both, when both come at the same moment', async () => {
    const vouchers = fresh(6);
    const before = await available();
    const answers = await Promise.all(
      vouchers.map(async (voucher, i) => {
        const { body } = await ask(voucher, 'cancel').expect(201);
        const [paid, cancelled] =
          i % 2 === 0
            ? await Promise.all([redeem(voucher, voucher.code), confirm(body.id)])
            : (await Promise.all([confirm(body.id), redeem(voucher, voucher.code)])).reverse();
        return { voucher, paid, cancelled };
      }),
    );
    let cancelledCount = 0;
    for (const { voucher, paid, cancelled } of answers) {
      expect([paid?.status, cancelled?.status].sort()).toEqual(paid?.status === 201 ? [201, 409] : [200, 409]);
      expect(paid?.status === 201 ? cancelled?.body.code : paid?.body.code).toMatch(/^voucher_(past_change|cancelled)$/);
      cancelledCount += paid?.status === 201 ? 0 : 1;
      const { state } = await rowOf(voucher.id);
      expect(state).toBe(paid?.status === 201 ? 'redeemed' : 'cancelled');
      const { rows } = await platform.owner.query(
        `select count(*)::int as n from journal_entries e left join payouts p on p.id = e.subject_id
        where e.event in ('payout', 'cancellation') and coalesce(p.voucher_id, e.subject_id) = $1`,
        [voucher.id],
      );
      expect(rows).toEqual([{ n: 1 }]);
    }
    expect(Number(await available())).toBe(Number(before) + 15_000 * cancelledCount);
  });

  it('waits for a pay-out on another connection, and leaves it alone', async () => {
    const [paying, free] = fresh(2) as [TestVoucher, TestVoucher];
    const other = await platform.applicationClient();
    await other.query('begin');
    await other.query(`update vouchers set state = 'redeemed' where id = $1`, [paying.id]);
    const cancelling = platform.app.database.transaction((tx) =>
      cancelVouchers({ tx, now: platform.clock.now() }, [paying.id, free.id, newId()]),
    );
    await new Promise((done) => setTimeout(done, 200));
    await other.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), current_date from vouchers where id = $1`,
      [paying.id, frame.officeId, agent.userId],
    );
    await other.query('commit');
    const { cancelled, left } = await cancelling;
    expect(cancelled.map(({ id, amount }) => [id, amount.toString()])).toEqual([[free.id, '15000.00']]);
    expect(left.map(({ state }) => state).sort()).toEqual(['redeemed', null].sort());
  });

  it('has another code at once, which is sent to who collects; the old one is dead whether or not it is', async () => {
    const voucher = one();
    await (await change(voucher, 'reissue')).body;
    expect((await redeem(voucher, voucher.code).expect(422)).body.code).toBe('code_refused');
    await platform.settled();
    const code = latestCode(voucher);
    expect(code).not.toBe(voucher.code);
    await redeem(voucher, code).expect(201);

    const [waiting] = await makeVouchers(platform, frame, 1, { send: false });
    if (!waiting) return expect.fail('a voucher was made');
    expect((await change(waiting, 'reissue')).status).toBe(200);
    await platform.settled();
    expect(await rowOf(waiting.id)).toMatchObject({ state: 'activated', counter: 1 });
    const { rows } = await platform.owner.query('select counter, state, last_error from messages where voucher_id = $1 order by counter', [
      waiting.id,
    ]);
    expect(rows).toEqual([
      { counter: 0, state: 'failed', last_error: 'replaced' },
      { counter: 1, state: 'accepted', last_error: null },
    ]);
  });

  it('is locked by one person at once, and unlocked by two under another code', async () => {
    const voucher = one();
    expect((await officer.post(`/v1/vouchers/${voucher.id}/lock`, reason).expect(200)).body.state).toBe('locked');
    expect((await redeem(voucher, voucher.code).expect(409)).body.code).toBe('voucher_locked');
    expect((await officer.post(`/v1/vouchers/${voucher.id}/lock`, reason).expect(409)).body.code).toBe('voucher_past_change');
    expect((await change(voucher, 'unlock')).status).toBe(200);
    await platform.settled();
    expect(await rowOf(voucher.id)).toEqual({ state: 'activated', counter: 1, failed_attempts: 0 });
    await redeem(voucher, voucher.code).expect(422);
    await redeem(voucher, latestCode(voucher)).expect(201);
    expect((await ask(one(), 'unlock').expect(409)).body.code).toBe('voucher_past_change');
  });

  it('is given more time, which the next message says, but not less, nor for ever', async () => {
    const voucher = one();
    const { body: before } = await officer.get(`/v1/vouchers/${voucher.id}`).expect(200);
    const dayAfter = (days: number) => new Date(Date.parse(before.expiresAt) + days * DAY_MS).toISOString().slice(0, 10);
    const extend = (lastDay: string) => officer.post(`/v1/vouchers/${voucher.id}/expiry`, { lastDay, ...reason });
    for (const day of [dayAfter(-1), dayAfter(0), dayAfter(400)])
      expect((await extend(day).expect(422)).body.errors[0].pointer).toBe('/lastDay');
    const early = await extend(dayAfter(0)).set('Accept-Language', 'fr').expect(422);
    expect(early.body.errors[0]).toMatchObject({
      code: 'voucher_last_day_too_early',
      detail: expect.stringMatching(/^Plus tard que le \d{4}-/),
    });
    expect(early.headers['content-language']).toBe('fr');
    const { body } = await extend(dayAfter(30)).expect(200);
    expect(Date.parse(body.expiresAt)).toBe(Date.parse(before.expiresAt) + 30 * DAY_MS);
    await redeemable(voucher);
    await change(voucher, 'reissue');
    await platform.settled();
    const text = receivedSms(platform).findLast((sms) => sms.text.includes(voucher.serial))?.text;
    expect(text).toContain(
      dayAfter(29 + 1)
        .split('-')
        .reverse()
        .join('/'),
    );
  });

  /** A code is as good after its voucher got more time. */
  async function redeemable(voucher: TestVoucher): Promise<void> {
    expect(await rowOf(voucher.id)).toMatchObject({ state: 'activated', counter: 0 });
  }

  it('is withdrawn when it is no longer wanted, and hidden from who works elsewhere', async () => {
    const voucher = one();
    const { body } = await ask(voucher, 'cancel').expect(201);
    const stranger = await platform.as('finance_officer', { programme: (await makeFrame(platform)).programmeId });
    const missing = await confirm(newId(), stranger).expect(404);
    const hidden = await confirm(body.id, stranger).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await ask(voucher, 'cancel', stranger).expect(404);
    await ask(voucher, 'cancel', agent).expect(403);
    expect((await officer.post(`/v1/voucher-changes/${body.id}/withdraw`).expect(200)).body.state).toBe('withdrawn');
    expect((await confirm(body.id).expect(409)).body.code).toBe('conflict');
    await redeem(voucher, voucher.code).expect(201);
  });

  it('cannot be forged in plain SQL', async () => {
    const voucher = one();
    const sql: pg.Client = await platform.applicationClient();
    const refusedBy = (constraint: string) => ({ constraint });
    const renew = 'update vouchers set counter = counter + 1 where id = $1';
    await expect(sql.query(renew, [voucher.id])).rejects.toMatchObject(refusedBy('vouchers_new_code_by_two'));
    const id = newId();
    await sql.query(
      `insert into voucher_changes (id, voucher_id, kind, reason, asked_by, asked_at) values ($1, $2, 'reissue', 'By hand', $1, now())`,
      [id, voucher.id],
    );
    const decide = (state: string, by: string) =>
      sql.query(`update voucher_changes set state = $2, decided_by = $3, decided_at = now() where id = $1`, [id, state, by]);
    await expect(decide('done', id)).rejects.toMatchObject(refusedBy('voucher_changes_two_people'));
    await decide('done', newId());
    // What was confirmed makes one code, in the transaction that confirms it, and none ever after.
    await expect(sql.query(renew, [voucher.id])).rejects.toMatchObject(refusedBy('vouchers_new_code_by_two'));
    await expect(decide('asked', newId())).rejects.toMatchObject(refusedBy('voucher_changes_transition'));
    await expect(
      sql.query(
        `insert into voucher_changes (id, voucher_id, kind, state, reason, asked_by, asked_at, decided_by, decided_at)
        values (gen_random_uuid(), $1, 'reissue', 'done', 'By hand', gen_random_uuid(), now(), gen_random_uuid(), now())`,
        [voucher.id],
      ),
    ).rejects.toMatchObject(refusedBy('voucher_changes_first_state'));
    for (const statement of ['delete from voucher_changes', 'update voucher_changes set asked_by = gen_random_uuid()'])
      await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  });
});

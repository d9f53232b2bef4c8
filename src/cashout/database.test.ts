import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';

describe('the database itself, asked in plain SQL as the application role', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let sql: pg.Client;
  let paid: TestVoucher;
  let live: TestVoucher;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    sql = await platform.applicationClient();
    const [first, second] = await makeVouchers(platform, frame, 2);
    if (!first || !second) return expect.fail('two vouchers were made');
    [paid, live] = [first, second];
    const { serial, code } = paid;
    await agent
      .post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' })
      .expect(201);
    await sql.query(`insert into failed_codes values ($1, $1, $1, null, now())`, [randomUUID()]);
  });
  afterAll(() => platform.close());

  const payout = (voucher: TestVoucher, amount = '15000.00', collector = voucher.person.id) =>
    sql.query(`insert into payouts values ($1, $2, $3, $4, $5, $6, 'DZD', 'passport', '0042', now(), '2026-01-01')`, [
      randomUUID(),
      voucher.id,
      frame.officeId,
      agent.userId,
      collector,
      amount,
    ]);
  const refusedBy = (constraint: string) => ({ constraint });

  it('refuses a voucher that is not what its released line says', async () => {
    const line = randomUUID();
    // A line without a voucher, put there behind the triggers' backs.
    await platform.owner.query(`begin`);
    await platform.owner.query(`set local session_replication_role = replica`);
    await platform.owner.query(
      `insert into payment_list_lines (id, position, state, return_reason, list_id, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id, covers_from,
        covers_to, amount, currency, wilaya_number, sex, age_band, has_disability)
      select $1, 900, 'returned', 'test', list_id, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id, covers_from,
        covers_to, amount, currency, wilaya_number, sex, age_band, has_disability
      from payment_list_lines where id = (select line_id from vouchers where id = $2)`,
      [line, live.id],
    );
    await platform.owner.query(`commit`);
    const forge = (amount: string) =>
      sql.query(
        `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, key_version,
          issued_at)
        select $1, '12345678901234', $2, list_id, programme_id, fund_id, beneficiary_id, collector_id, $3::numeric, currency, 1, now()
        from vouchers where id = $4`,
        [randomUUID(), line, amount, live.id],
      );
    await expect(forge('15000.00')).rejects.toMatchObject(refusedBy('vouchers_of_released_line'));
    await expect(forge('1000000.00')).rejects.toMatchObject(refusedBy('vouchers_of_released_line'));
  });

  it('refuses a second pay-out of one voucher', async () => {
    await expect(payout(paid)).rejects.toMatchObject(refusedBy('payouts_once'));
  });

  it('refuses a pay-out of a voucher that is not redeemed, of another amount or to somebody else', async () => {
    await expect(payout(live)).rejects.toMatchObject(refusedBy('payouts_of_voucher'));
    await sql.query('begin');
    await sql.query(`update vouchers set state = 'redeemed' where id = $1`, [live.id]);
    await sql.query('savepoint here');
    await expect(payout(live, '15000.01')).rejects.toMatchObject(refusedBy('payouts_of_voucher'));
    await sql.query('rollback to here');
    await expect(payout(live, '15000.00', paid.person.id)).rejects.toMatchObject(refusedBy('payouts_of_voucher'));
    await sql.query('rollback');
  });

  it('refuses every move between states that is not in the table', async () => {
    for (const state of ['issued', 'locked', 'expired', 'cancelled']) {
      await expect(sql.query('update vouchers set state = $2 where id = $1', [paid.id, state])).rejects.toMatchObject(
        refusedBy('vouchers_transition'),
      );
    }
    await expect(sql.query(`update vouchers set state = 'issued' where id = $1`, [live.id])).rejects.toMatchObject(
      refusedBy('vouchers_transition'),
    );
    const [issued] = await makeVouchers(platform, frame, 1, { send: false });
    await expect(sql.query(`update vouchers set state = 'redeemed' where id = $1`, [issued?.id])).rejects.toMatchObject(
      refusedBy('vouchers_transition'),
    );
    await expect(
      sql.query(
        `insert into vouchers select (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'state', 'activated'))).*
      from vouchers v where id = $1`,
        [live.id],
      ),
    ).rejects.toMatchObject(refusedBy('vouchers_first_state'));
  });

  it('refuses to bring an old code back to life', async () => {
    for (const change of [`state = 'activated'`, 'counter = counter - 1', 'failed_attempts = failed_attempts - 1', 'key_version = 7']) {
      await expect(sql.query(`update vouchers set ${change} where id = $1`, [paid.id]), change).rejects.toMatchObject(
        refusedBy('vouchers_new_code'),
      );
    }
  });

  it('refuses a sixth wrong code, and a fifth that does not lock', async () => {
    await expect(sql.query('update vouchers set failed_attempts = 5 where id = $1', [live.id])).rejects.toMatchObject(
      refusedBy('vouchers_locked_after_five'),
    );
    await expect(sql.query('update vouchers set failed_attempts = 6 where id = $1', [live.id])).rejects.toThrow(
      /violates check constraint/,
    );
  });

  it('refuses to change or remove what was paid and what was tried', async () => {
    for (const table of ['payouts', 'failed_codes']) {
      for (const statement of [`delete from ${table}`, `update ${table} set office_id = gen_random_uuid()`, `truncate ${table}`]) {
        await expect(sql.query(statement), statement).rejects.toThrow(/permission denied|append-only|never changed/);
      }
    }
    await expect(sql.query('update payouts set amount = 1')).rejects.toThrow(/permission denied/);
    await expect(sql.query('update payouts set voided_at = now(), voided_by = agent_id')).rejects.toMatchObject(
      refusedBy('payouts_void_by_another'),
    );
    await expect(sql.query('delete from vouchers')).rejects.toThrow(/permission denied/);
    // The owner of the tables is stopped by triggers.
    await expect(platform.owner.query('update payouts set amount = 1')).rejects.toMatchObject(refusedBy('payouts_append_only'));
    await expect(platform.owner.query('delete from failed_codes')).rejects.toMatchObject(refusedBy('failed_codes_append_only'));
  });
});

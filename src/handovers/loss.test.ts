import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeOf, dzd, type Field, GRANT, openField } from '../../test/support/rounds.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';

describe('cash that does not arrive', () => {
  let platform: TestPlatform;
  let field: Field;
  beforeAll(async () => {
    platform = await startPlatform();
    field = await openField(platform, 16);
  });
  afterAll(() => platform.close());

  describe('an advance that is lost', () => {
    it('sets people free with the report, and is a loss that the fund bears once somebody else confirms it', async () => {
      const {
        frame,
        finance,
        treasurer,
        controller,
        fresh,
        out,
        deliver,
        atCounter,
        bringBack,
        close,
        report,
        confirmLoss,
        read,
        broken,
        events,
      } = field;
      const [paid, waiting, delivered] = [fresh(), fresh(), fresh()];
      const id = await out(paid, waiting, delivered);
      await deliver(id, delivered).expect(201);
      const sheetBefore = (await finance.get(`/v1/funds/${frame.fundId}/sheet`).expect(200)).body;
      expect(codeOf(await confirmLoss(id))).toBe('loss_unreported');
      const reported = await report(id).expect(200);
      expect(reported.body).toMatchObject({
        state: 'handed',
        rest: dzd('30000.00'),
        lossReportedBy: finance.userId,
        lossReason: 'Robbed on the road',
        lossReference: 'Gendarmerie 117',
      });
      expect(codeOf(await report(id, controller))).toBe('advance_decided');
      await atCounter(paid).expect(201);
      expect(codeOf(await deliver(id, waiting))).toBe('not_on_round');
      expect(await events(id)).toEqual(['advance']);
      await bringBack(id, '1000.00').expect(201);
      const { body } = await confirmLoss(id).expect(200);
      expect(body).toMatchObject({
        state: 'lost',
        delivered: dzd(GRANT),
        returned: dzd('1000.00'),
        lost: dzd('29000.00'),
        rest: dzd('0.00'),
        recovered: dzd('0.00'),
        endedBy: treasurer.userId,
      });
      expect(await events(id)).toEqual(['advance', 'advance_loss']);
      expect(await broken()).toEqual([]);
      const sheet = (await finance.get(`/v1/funds/${frame.fundId}/sheet`).expect(200)).body;
      expect(Number(sheet.losses.amount) - Number(sheetBefore.losses.amount)).toBe(29_000);
      expect(Number(sheetBefore.available.amount) - Number(sheet.available.amount)).toBe(29_000);
      await atCounter(waiting).expect(201);
      expect(codeOf(await confirmLoss(id))).toBe('advance_decided');
      expect(codeOf(await close(id))).toBe('advance_decided');
      // What is found later comes back to it, and no more than was lost.
      expect((await bringBack(id, '29000.01').expect(409)).body).toMatchObject({ code: 'advance_used_up', rest: '29000.00' });
      const found = await bringBack(id, '9000.00').expect(201);
      expect(found.body).toMatchObject({ isRecovery: true });
      expect((await bringBack(id, '20000.01').expect(409)).body).toMatchObject({ code: 'advance_used_up', rest: '20000.00' });
      expect(await events(found.body.id)).toEqual(['cash_recovery']);
      expect(await read(id)).toMatchObject({ lost: dzd('29000.00'), recovered: dzd('9000.00'), returned: dzd('1000.00') });
      expect(await broken()).toEqual([]);
    });

    it('is reported by finance and not the officer, and confirmed with a fresh second factor by who neither reported it nor handed it over', async () => {
      const { frame, officer, finance, treasurer, controller, fresh, ask, atCounter, report, confirmLoss } = field;
      const voucher = fresh();
      const { body } = await ask([voucher]).expect(201);
      const id: string = body.id;
      expect(codeOf(await report(id))).toBe('advance_decided');
      await treasurer.post(`/v1/advances/${id}/hand-over`, { reference: 'R-1' }).expect(200);
      await report(id, officer).expect(403);
      await platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values ($1, $2, 'finance_officer', $3, $4, now())`,
        [newId(), officer.userId, frame.programmeId, finance.userId],
      );
      expect(codeOf(await report(id, officer))).toBe('separation_of_duties');
      await report(id).expect(200);
      for (const by of [officer, finance, treasurer]) expect(codeOf(await confirmLoss(id, by))).toBe('separation_of_duties');
      await platform.owner.query(`delete from role_grants where user_id = $1 and role = 'finance_officer'`, [officer.userId]);
      const factor = (at: Date) =>
        platform.owner.query('update sessions set second_factor_at = $2 where user_id = $1', [controller.userId, at]);
      await factor(new Date(platform.clock.now().getTime() - 360_000));
      expect(codeOf(await confirmLoss(id, controller))).toBe('step_up_required');
      await factor(platform.clock.now());
      await confirmLoss(id, controller).expect(200);
      await atCounter(voucher).expect(201);
    });

    it('is closed as ever when all of it turns up before somebody confirms', async () => {
      const { fresh, out, bringBack, close, report, confirmLoss, broken } = field;
      const voucher = fresh();
      const id = await out(voucher);
      await report(id).expect(200);
      await bringBack(id, GRANT).expect(201);
      expect(codeOf(await confirmLoss(id))).toBe('nothing_lost');
      await close(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is not borne by a fund that has nothing left, while people are paid all the same', async () => {
      const { ask, atCounter, report, confirmLoss } = field;
      const poor = await makeFrame(platform, GRANT);
      const programme = { programme: poor.programmeId };
      const [one, two, carrier] = [
        await platform.as('finance_officer', programme),
        await platform.as('finance_officer', programme),
        await platform.as('field_officer', programme),
      ];
      const [voucher] = await makeVouchers(platform, poor, 1);
      if (!voucher) return expect.fail('a voucher was made');
      const { body } = await ask([voucher], carrier, poor).expect(201);
      const third = await platform.as('finance_officer', programme);
      await third.post(`/v1/advances/${body.id}/hand-over`, { reference: 'R-1' }).expect(200);
      await report(body.id, one).expect(200);
      expect(codeOf(await confirmLoss(body.id, two))).toBe('loss_beyond_fund');
      expect((await one.get(`/v1/advances/${body.id}`).expect(200)).body.state).toBe('handed');
      await atCounter(voucher).expect(201);
    });

    it('loses what is out at that moment, when cash comes back or is delivered at the same time', async () => {
      const { fresh, out, deliver, bringBack, report, confirmLoss, read, broken } = field;
      const vouchers = [fresh(), fresh()];
      const id = await out(...vouchers);
      const answers = await Promise.all([...vouchers.map((voucher) => deliver(id, voucher)), report(id)]);
      for (const one of answers.slice(0, 2)) expect(['done', 'not_on_round']).toContain(codeOf(one));
      const [lost, back] = await Promise.all([confirmLoss(id), bringBack(id, '1000.00')]);
      expect(['done', 'nothing_lost']).toContain(codeOf(lost));
      expect(['done', 'advance_used_up']).toContain(codeOf(back));
      const { amount, delivered, returned, lost: missing, rest } = await read(id);
      expect([delivered, returned, missing, rest].reduce((sum, one) => sum + Number(one.amount), 0)).toBe(Number(amount.amount));
      expect(await broken()).toEqual([]);
    });

    it('cannot be lost, or found, otherwise in plain SQL', async () => {
      const { controller, fresh, out, report, confirmLoss } = field;
      const voucher = fresh();
      const id = await out(voucher);
      const sql = await platform.applicationClient();
      const set = (columns: string) => sql.query(`update advances set ${columns} where id = $1`, [id]);
      const lose = (by: string, amount = 'amount') => set(`state = 'lost', lost = ${amount}, ended_by = '${by}', ended_at = now()`);
      await expect(lose(controller.userId)).rejects.toMatchObject({ constraint: 'advances_lost' });
      await expect(set('lost = 1')).rejects.toMatchObject({ constraint: 'advances_lost' });
      await expect(set('recovered = 1')).rejects.toMatchObject({ code: '42501' });
      await report(id).expect(200);
      await expect(set(`loss_reason = 'Another'`)).rejects.toMatchObject({ constraint: 'advances_append_only' });
      for (const amount of ['amount - 1', 'amount + 1'])
        await expect(lose(controller.userId, amount)).rejects.toMatchObject({ constraint: 'advances_closed_at_zero' });
      const find = (amount: string) =>
        sql.query(`insert into advance_returns values (gen_random_uuid(), $1, $2, 'DZD', 'X', gen_random_uuid(), now(), true)`, [
          id,
          amount,
        ]);
      await expect(find('1')).rejects.toMatchObject({ constraint: 'advance_returns_of_advance' });
      await confirmLoss(id).expect(200);
      await expect(find('15000.01')).rejects.toMatchObject({ constraint: 'advances_recovered' });
      await expect(
        sql.query(`insert into advance_returns values (gen_random_uuid(), $1, 1, 'DZD', 'Y', gen_random_uuid(), now())`, [id]),
      ).rejects.toMatchObject({ constraint: 'advance_returns_of_advance' });
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeOf, dzd, type Field, GRANT, openField, reason, seen } from '../../test/support/rounds.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { arabic } from '../cashout/words/ar.ts';
import { english } from '../cashout/words/en.ts';
import { french } from '../cashout/words/fr.ts';
import { dammDigit } from '../platform/index.ts';

describe('cash that is on its way', () => {
  let platform: TestPlatform;
  let field: Field;
  beforeAll(async () => {
    platform = await startPlatform();
    field = await openField(platform, 34);
  });
  afterAll(() => platform.close());

  describe('what is carried', () => {
    it('pays at no counter, which says so in each language to who knows the code, and to nobody else', async () => {
      const { frame, agent, fresh, ask, handOver, deliver, atCounter, close } = field;
      const voucher = fresh();
      const { body } = await ask([voucher]).expect(201);
      await handOver(body.id).expect(200);
      for (const [language, words] of [
        ['en', english],
        ['fr', french],
        ['ar', arabic],
      ] as const)
        expect((await atCounter(voucher, language).expect(409)).body).toMatchObject({ code: 'being_brought', detail: words.being_brought });
      const looked = await agent.post('/v1/look-ups', {
        officeId: frame.officeId,
        locator: { serial: voucher.serial },
        code: voucher.code,
      });
      expect(codeOf(looked)).toBe('being_brought');
      const digits = String((Number(voucher.code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
      expect(codeOf(await atCounter({ ...voucher, code: digits + dammDigit(digits) }))).toBe('code_refused');
      await deliver(body.id, voucher).expect(201);
      expect(codeOf(await atCounter(voucher))).toBe('already_paid');
      await close(body.id).expect(200);
    });

    it('can still be paid at an office while the advance is only asked for, also after it was looked up', async () => {
      const { frame, agent, fresh, ask, handOver, deliver, atCounter, bringBack, close } = field;
      const [paid, looked] = [fresh(), fresh()];
      const { body } = await ask([paid, looked]).expect(201);
      await atCounter(paid).expect(201);
      const at = { officeId: frame.officeId, locator: { serial: looked.serial }, code: looked.code };
      const lookUp = await agent.post('/v1/look-ups', at).expect(201);
      await handOver(body.id).expect(200);
      const late = await agent.post(`/v1/look-ups/${lookUp.body.id}/payout`, { collectorId: looked.person.id, ...seen });
      expect(codeOf(late)).toBe('being_brought');
      expect(codeOf(await deliver(body.id, paid))).toBe('already_paid');
      await bringBack(body.id, '30000.00').expect(201);
      await close(body.id).expect(200);
      await atCounter(looked).expect(201);
    });

    it('is paid once when the counter and the hand-over meet: at the counter before, or by the officer after', async () => {
      const { fresh, ask, handOver, deliver, atCounter, bringBack, close, read, broken } = field;
      const vouchers = Array.from({ length: 4 }, fresh);
      const { body } = await ask(vouchers).expect(201);
      const [handed, ...paid] = await Promise.all([handOver(body.id), ...vouchers.map((voucher) => atCounter(voucher))]);
      expect(handed.status).toBe(200);
      for (const [i, voucher] of vouchers.entries()) {
        const before = codeOf(paid[i] ?? handed);
        expect(['done', 'being_brought']).toContain(before);
        expect(codeOf(await deliver(body.id, voucher))).toBe(before === 'done' ? 'already_paid' : 'done');
      }
      const { rest } = await read(body.id);
      if (rest.amount !== '0.00') await bringBack(body.id, rest.amount).expect(201);
      await close(body.id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is not paid elsewhere in plain SQL, nor expired, and waits for who hands it over', async () => {
      const { frame, agent, fresh, ask, out, bringBack, close } = field;
      const voucher = fresh();
      const id = await out(voucher);
      const sql = await platform.applicationClient();
      const pay = async (of: TestVoucher) => {
        await sql.query('begin');
        await sql.query(`update vouchers set state = 'redeemed' where id = $1`, [of.id]);
        await sql.query(
          `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
          select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), current_date from vouchers where id = $1`,
          [of.id, frame.officeId, agent.userId],
        );
      };
      await expect(pay(voucher)).rejects.toMatchObject({ constraint: 'payouts_of_carried_voucher' });
      await sql.query('rollback');
      await expect(sql.query(`update vouchers set state = 'expired' where id = $1`, [voucher.id])).rejects.toMatchObject({
        constraint: 'vouchers_carried',
      });
      await expect(sql.query('select release_round($1, now(), null)', [id])).rejects.toMatchObject({ code: '42501' });
      // Whoever pays while the cash is being handed over waits, and is refused. The books of this programme are not looked at.
      const elsewhere = await makeFrame(platform);
      const [racing] = await makeVouchers(platform, elsewhere, 1);
      const carrier = await platform.as('field_officer', { programme: elsewhere.programmeId });
      if (!racing) return expect.fail('a voucher was made');
      const { body } = await ask([racing], carrier, elsewhere).expect(201);
      const hander = await platform.applicationClient();
      await hander.query('begin');
      await hander.query(
        `update advances set state = 'handed', handed_by = gen_random_uuid(), handed_at = now(), handed_reference = 'R' where id = $1`,
        [body.id],
      );
      const attempt = pay(racing).then(
        () => 'paid',
        ({ constraint }) => constraint,
      );
      expect(await Promise.race([attempt, new Promise((done) => setTimeout(() => done('waits'), 300))])).toBe('waits');
      await hander.query('commit');
      expect(await attempt).toBe('payouts_of_carried_voucher');
      await sql.query('rollback');
      await bringBack(id, GRANT).expect(201);
      await close(id).expect(200);
    });

    it('does not run out on the way, is delivered after its last day, and the days on the way are given back', async () => {
      const { officer, finance, fresh, out, deliver, atCounter, bringBack, close, takeOff, broken, voucherOf, expire, runOut } = field;
      const [carried, back, never] = [fresh(), fresh(), fresh()];
      const extend = (voucher: TestVoucher, days: number) =>
        finance.post(`/v1/vouchers/${voucher.id}/expiry`, {
          lastDay: new Date(platform.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10),
          reason: 'The road is closed',
        });
      const id = await out(carried, back);
      for (const voucher of [carried, back, never]) await runOut(voucher);
      expect(codeOf(await atCounter(never))).toBe('voucher_expired');
      await expire();
      expect((await voucherOf(never)).state).toBe('expired');
      expect((await voucherOf(carried)).state).toBe('activated');
      expect(codeOf(await atCounter(carried))).toBe('being_brought');
      const sheet = await officer.get(`/v1/advances/${id}/round-sheet`).expect(200);
      expect(sheet.body.stops.map(({ state }: { state: string }) => state)).toEqual(['to_deliver', 'to_deliver']);
      expect(codeOf(await extend(never, 9))).toBe('voucher_past_change');
      await extend(carried, 9).expect(200);
      expect((await voucherOf(carried)).expires_at.getTime()).toBeGreaterThan(platform.clock.now().getTime() + 8 * 86_400_000);
      await deliver(id, carried).expect(201);
      const before = (await voucherOf(back)).expires_at.getTime();
      await platform.owner.query('alter table advances disable trigger all');
      await platform.owner.query(`update advances set handed_at = handed_at - interval '3 days' where id = $1`, [id]);
      await platform.owner.query('alter table advances enable trigger all');
      await takeOff(id, back).expect(201);
      expect((await voucherOf(back)).expires_at.getTime() - before).toBe(4 * 86_400_000);
      await expire();
      await atCounter(back).expect(201);
      await bringBack(id, GRANT).expect(201);
      await close(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is given another code, locked and cancelled as ever, and then not delivered', async () => {
      const { finance, treasurer, fresh, out, deliver, atCounter, bringBack, close, broken, latestCode } = field;
      const [lost, cancelled] = [fresh(), fresh()];
      const id = await out(lost, cancelled);
      const change = async ({ id: voucherId }: TestVoucher, kind: string): Promise<void> => {
        const asked = await finance.post(`/v1/vouchers/${voucherId}/changes`, { kind, reason: 'As agreed' }).expect(201);
        await treasurer.post(`/v1/voucher-changes/${asked.body.id}/confirm`).expect(200);
        await platform.settled();
      };
      await change(lost, 'reissue');
      expect(codeOf(await deliver(id, lost))).toBe('code_refused');
      await deliver(id, { ...lost, code: latestCode(lost) }).expect(201);
      await change(cancelled, 'cancel');
      expect(codeOf(await deliver(id, cancelled))).toBe('voucher_cancelled');
      expect(codeOf(await atCounter(cancelled))).toBe('voucher_cancelled');
      await bringBack(id, GRANT).expect(201);
      await close(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is delivered to who has no telephone also where somebody had guessed at it, once two people have unlocked it', async () => {
      const { frame, agent, finance, treasurer, ask, handOver, deliverBefore, broken } = field;
      const person = await makePerson(platform, frame.programmeId, { phones: [] });
      const [voucher] = await makeVouchers(platform, frame, 1, { send: false, people: [person] });
      if (!voucher) return expect.fail('a voucher was made');
      const { body } = await ask([voucher]).expect(201);
      const guess = { officeId: frame.officeId, locator: { serial: voucher.serial }, code: `12345678${dammDigit('12345678')}`, ...seen };
      for (let i = 0; i < 5; i += 1) expect(codeOf(await agent.post('/v1/payouts', guess))).toBe('code_refused');
      await handOver(body.id).expect(200);
      expect(codeOf(await deliverBefore(body.id, voucher))).toBe('voucher_locked');
      const asked = await finance.post(`/v1/vouchers/${voucher.id}/changes`, { kind: 'unlock', reason: 'Guessed at' }).expect(201);
      await treasurer.post(`/v1/voucher-changes/${asked.body.id}/confirm`).expect(200);
      await platform.settled();
      expect(codeOf(await deliverBefore(body.id, voucher))).toBe('done');
      expect(await broken()).toEqual([]);
    });
  });

  describe('a voucher that comes off its round', () => {
    it('is paid at an office or goes on another round, and its cash is brought back', async () => {
      const { frame, officer, finance, fresh, out, deliver, atCounter, bringBack, close, takeOff, broken } = field;
      const [one, two, three] = [fresh(), fresh(), fresh()];
      const id = await out(one, two, three);
      const { body } = await takeOff(id, one).expect(201);
      expect(body).toEqual({
        advanceId: id,
        voucherId: one.id,
        serial: one.serial,
        ...reason,
        takenOffBy: officer.userId,
        takenOffAt: expect.any(String),
      });
      await atCounter(one).expect(201);
      await takeOff(id, two).expect(201);
      const again = await out(two);
      expect(codeOf(await deliver(id, two))).toBe('not_on_round');
      await deliver(again, two).expect(201);
      await deliver(id, three).expect(201);
      const sheet = await finance.get(`/v1/programmes/${frame.programmeId}/advances`).expect(200);
      expect(sheet.body.items.find((advance: { id: string }) => advance.id === id)).toMatchObject({
        rest: dzd('30000.00'),
        voucherCount: 3,
      });
      const { stops } = (await officer.get(`/v1/advances/${id}/round-sheet`).expect(200)).body;
      const states = new Map(stops.map((stop: { serial: string; state: string }) => [stop.serial, stop.state]));
      expect([one, two, three].map(({ serial }) => states.get(serial))).toEqual(['paid_elsewhere', 'paid_elsewhere', 'delivered']);
      expect(codeOf(await close(id))).toBe('advance_not_at_zero');
      await bringBack(id, '30000.00').expect(201);
      for (const advanceId of [id, again]) await close(advanceId).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is taken off by who carries it, while it is carried, and once', async () => {
      const { frame, finance, fresh, ask, handOver, deliver, bringBack, close, takeOff } = field;
      const [voucher, delivered, besides] = [fresh(), fresh(), fresh()];
      const colleague = await platform.as('field_officer', { programme: frame.programmeId });
      const { body } = await ask([voucher, delivered]).expect(201);
      expect(codeOf(await takeOff(body.id, voucher))).toBe('advance_not_out');
      await handOver(body.id).expect(200);
      await deliver(body.id, delivered).expect(201);
      expect(codeOf(await takeOff(body.id, voucher, colleague))).toBe('not_found');
      expect(codeOf(await takeOff(body.id, voucher, finance))).toBe('forbidden');
      expect(codeOf(await takeOff(body.id, besides))).toBe('not_on_round');
      expect(codeOf(await takeOff(body.id, { serial: '12345678901234' }))).toBe('not_on_round');
      expect(codeOf(await takeOff(body.id, delivered))).toBe('delivered_already');
      const tries = await Promise.all([takeOff(body.id, voucher), takeOff(body.id, voucher)]);
      expect(tries.map(codeOf).sort()).toEqual(['done', 'not_on_round']);
      await bringBack(body.id, GRANT).expect(201);
      await close(body.id).expect(200);
    });

    it('is delivered or off, when both are done at once', async () => {
      const { fresh, out, deliver, bringBack, close, takeOff } = field;
      for (const voucher of [fresh(), fresh(), fresh()]) {
        const id = await out(voucher);
        const [off, delivered] = await Promise.all([takeOff(id, voucher), deliver(id, voucher)]);
        expect([codeOf(off), codeOf(delivered)]).toEqual(off.status === 201 ? ['done', 'not_on_round'] : ['delivered_already', 'done']);
        if (off.status === 201) await bringBack(id, GRANT).expect(201);
        await close(id).expect(200);
      }
    });

    it('cannot be let go in plain SQL by anybody else, or once it is delivered', async () => {
      const { officer, finance, fresh, out, deliver, atCounter, bringBack, close } = field;
      const [voucher, delivered] = [fresh(), fresh()];
      const id = await out(voucher, delivered);
      await deliver(id, delivered).expect(201);
      const sql = await platform.applicationClient();
      const remove = (of: TestVoucher, by: string) =>
        sql.query(`insert into advance_removals values ($1, $2, 'Not at home', $3, now())`, [id, of.id, by]);
      const refused = { constraint: 'advance_removals_of_round' };
      await expect(remove(voucher, finance.userId)).rejects.toMatchObject(refused);
      await expect(remove(delivered, officer.userId)).rejects.toMatchObject(refused);
      await expect(sql.query('update advance_vouchers set is_open = false')).rejects.toMatchObject({ code: '42501' });
      await remove(voucher, officer.userId);
      for (const statement of [`update advance_removals set reason = 'Moved'`, 'delete from advance_removals'])
        await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      await atCounter(voucher).expect(201);
      await bringBack(id, GRANT).expect(201);
      await close(id).expect(200);
    });
  });
});

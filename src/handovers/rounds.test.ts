import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, makeVouchers, receivedSms, type TestVoucher } from '../../test/support/vouchers.ts';
import { system } from '../access/index.ts';
import { arabic } from '../cashout/words/ar.ts';
import { english } from '../cashout/words/en.ts';
import { french } from '../cashout/words/fr.ts';
import { dammDigit, dateIn, newId } from '../platform/index.ts';
import { lookForSignals } from '../signals/commands/look.ts';
import { expireVouchers } from '../vouchers/commands.ts';

describe('a round, and what goes wrong on the way', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let witness: Client;
  let finance: Client;
  let treasurer: Client;
  let controller: Client;
  let agent: Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const programme = { programme: frame.programmeId };
    officer = await platform.as('field_officer', programme);
    witness = await platform.as('programme_officer', programme);
    finance = await platform.as('finance_officer', programme);
    treasurer = await platform.as('finance_officer', programme);
    controller = await platform.as('finance_officer', programme);
    agent = await platform.as('agent', { office: frame.officeId });
    supply = await makeVouchers(platform, frame, 72);
  });
  afterAll(() => platform.close());

  const GRANT = '15000.00';
  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const dzd = (amount: string) => ({ amount, currency: 'DZD' });
  const seen = { documentType: 'passport', documentLastFour: '0042' };
  const reason = { reason: 'The house is empty' };
  const ask = (vouchers: readonly Pick<TestVoucher, 'serial'>[], by = officer, { programmeId, fundId }: Frame = frame) =>
    by.post(`/v1/programmes/${programmeId}/advances`, {
      fundId,
      round: 'In Guezzam road',
      visitOn: '2099-01-01',
      serials: vouchers.map(({ serial }) => serial),
    });
  const handOver = (id: string) => finance.post(`/v1/advances/${id}/hand-over`, { reference: 'R-1' });
  const out = async (...vouchers: TestVoucher[]): Promise<string> => {
    const { body } = await ask(vouchers).expect(201);
    await handOver(body.id).expect(200);
    return body.id;
  };
  const deliver = (advanceId: string, { serial, code }: Pick<TestVoucher, 'serial' | 'code'>, more: object = {}) =>
    officer.post(`/v1/advances/${advanceId}/deliveries`, { serial, code, ...seen, ...more });
  const deliverBefore = (advanceId: string, { serial }: TestVoucher, by = officer, witnessId = witness.userId) =>
    by.post(`/v1/advances/${advanceId}/deliveries`, { serial, receipt: { witnessId, reference: 'P-17' }, ...seen });
  const atCounter = ({ serial, code }: Pick<TestVoucher, 'serial' | 'code'>, language = 'en') =>
    agent.post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, ...seen }).set('Accept-Language', language);
  const bringBack = (advanceId: string, amount: string, by = finance) =>
    by.post(`/v1/advances/${advanceId}/returns`, { amount: dzd(amount), reference: newId() });
  const close = (advanceId: string, by = finance) => by.post(`/v1/advances/${advanceId}/close`);
  const takeOff = (advanceId: string, { serial }: Pick<TestVoucher, 'serial'>, by = officer) =>
    by.post(`/v1/advances/${advanceId}/removals`, { serial, ...reason });
  const report = (advanceId: string, by = finance) =>
    by.post(`/v1/advances/${advanceId}/loss`, { reason: 'Robbed on the road', reference: 'Gendarmerie 117' });
  const confirmLoss = (advanceId: string, by = treasurer) => by.post(`/v1/advances/${advanceId}/loss/confirm`);
  const voidIt = (payoutId: string, by = finance) => by.post(`/v1/hand-deliveries/${payoutId}/void`, { reason: 'The wrong door' });
  const answer = (payoutId: string, body: object = { answer: 'confirmed' }, by = witness) =>
    by.post(`/v1/hand-deliveries/${payoutId}/answer`, body);
  const accept = (payoutId: string, by = finance) =>
    by.post(`/v1/hand-deliveries/${payoutId}/acceptance`, { reason: 'The person says so' });
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }): string => (status < 300 ? 'done' : (body.code ?? ''));
  const read = async (advanceId: string) => (await finance.get(`/v1/advances/${advanceId}`).expect(200)).body;
  const broken = async (): Promise<string[]> =>
    (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(({ holds }: { holds: boolean }) => !holds)
      .map(({ identity }: { identity: string }) => identity);
  const events = async (...subjects: string[]): Promise<string[]> =>
    (await platform.owner.query('select event from journal_entries where subject_id = any($1) order by at, id', [subjects])).rows.map(
      ({ event }) => event,
    );
  const voucherOf = async ({ id }: Pick<TestVoucher, 'id'>) =>
    (await platform.owner.query('select state, counter, expires_at from vouchers where id = $1', [id])).rows[0];
  const latestCode = ({ serial }: TestVoucher): string =>
    codeIn(
      receivedSms(platform)
        .filter(({ text }) => text.includes(serial))
        .at(-1)?.text ?? '',
    );
  const expire = () => platform.app.execute(expireVouchers, { programmeId: frame.programmeId, fundId: frame.fundId }, { actor: system });
  /** Has a voucher run out an hour ago, as if it had been given out longer ago. */
  const runOut = async ({ id }: TestVoucher): Promise<void> => {
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(
      `update vouchers set activated_at = $2::timestamptz - interval '60 days', expires_at = $2::timestamptz - interval '1 hour' where id = $1`,
      [id, platform.clock.now()],
    );
    await platform.owner.query('set session_replication_role = origin');
  };
  const dayFrom = (days: number) => dateIn('Africa/Algiers', new Date(platform.clock.now().getTime() + days * 86_400_000));

  describe('what is carried', () => {
    it('pays at no counter, which says so in each language to who knows the code, and to nobody else', async () => {
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
      const [carried, back, never] = [fresh(), fresh(), fresh()];
      const id = await out(carried, back);
      for (const voucher of [carried, back, never]) await runOut(voucher);
      expect(codeOf(await atCounter(never))).toBe('voucher_expired');
      await expire();
      expect((await voucherOf(never)).state).toBe('expired');
      expect((await voucherOf(carried)).state).toBe('activated');
      expect(codeOf(await atCounter(carried))).toBe('being_brought');
      const sheet = await officer.get(`/v1/advances/${id}/round-sheet`).expect(200);
      expect(sheet.body.stops.map(({ state }: { state: string }) => state)).toEqual(['to_deliver', 'to_deliver']);
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
  });

  describe('a voucher that comes off its round', () => {
    it('is paid at an office or goes on another round, and its cash is brought back', async () => {
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
      for (const voucher of [fresh(), fresh(), fresh()]) {
        const id = await out(voucher);
        const [off, delivered] = await Promise.all([takeOff(id, voucher), deliver(id, voucher)]);
        expect([codeOf(off), codeOf(delivered)]).toEqual(off.status === 201 ? ['done', 'not_on_round'] : ['delivered_already', 'done']);
        if (off.status === 201) await bringBack(id, GRANT).expect(201);
        await close(id).expect(200);
      }
    });

    it('cannot be let go in plain SQL by anybody else, or once it is delivered', async () => {
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

  describe('an advance that is lost', () => {
    it('sets people free with the report, and is a loss that the fund bears once somebody else confirms it', async () => {
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
      const voucher = fresh();
      const id = await out(voucher);
      await report(id).expect(200);
      await bringBack(id, GRANT).expect(201);
      expect(codeOf(await confirmLoss(id))).toBe('nothing_lost');
      await close(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('is not borne by a fund that has nothing left, while people are paid all the same', async () => {
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

  describe('a delivery that was wrong', () => {
    it('is voided by finance the same day: the officer has the cash again, and the voucher is on the round under another code', async () => {
      const voucher = fresh();
      const id = await out(voucher);
      const { body: paid } = await deliver(id, voucher).expect(201);
      const { body } = await voidIt(paid.id).expect(200);
      expect(body).toMatchObject({ id: paid.id, advanceId: id, voidedBy: finance.userId, voidReason: 'The wrong door' });
      await platform.settled();
      expect(await events(paid.id)).toEqual(['delivery', 'delivery_void']);
      expect(await read(id)).toMatchObject({ delivered: dzd('0.00'), rest: dzd(GRANT) });
      expect(await broken()).toEqual([]);
      expect(codeOf(await voidIt(paid.id))).toBe('already_voided');
      expect(codeOf(await deliver(id, voucher))).toBe('code_refused');
      const again = { ...voucher, code: latestCode(voucher) };
      expect(codeOf(await atCounter(again))).toBe('being_brought');
      await deliver(id, again).expect(201);
      expect(await voucherOf(voucher)).toMatchObject({ state: 'redeemed', counter: 1 });
      await close(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('leaves the voucher free where the round has let it go', async () => {
      const voucher = fresh();
      const id = await out(voucher);
      await runOut(voucher);
      const { body: paid } = await deliver(id, voucher).expect(201);
      await report(id).expect(200);
      await voidIt(paid.id).expect(200);
      await platform.settled();
      await expire();
      await atCounter({ ...voucher, code: latestCode(voucher) }).expect(201);
      await confirmLoss(id).expect(200);
      expect(await broken()).toEqual([]);
    });

    it('stands once the advance has ended, or the day is over', async () => {
      const [one, two] = [fresh(), fresh()];
      const ended = await out(one);
      const { body: first } = await deliver(ended, one).expect(201);
      await close(ended).expect(200);
      const refusal = await voidIt(first.id).set('Accept-Language', 'fr').expect(409);
      expect(refusal.body).toMatchObject({ code: 'advance_ended', detail: french.advance_ended });
      const open = await out(two);
      const { body: second } = await deliver(open, two).expect(201);
      await platform.owner.query('alter table payouts disable trigger all');
      await platform.owner.query(`update payouts set paid_on = paid_on - 1 where id = $1`, [second.id]);
      await platform.owner.query('alter table payouts enable trigger all');
      expect(codeOf(await voidIt(second.id))).toBe('void_too_late');
      expect(await broken()).toEqual([]);
      await close(open).expect(200);
    });

    it('is voided neither by the officer, nor at a counter, nor by finance what was paid at one', async () => {
      const [voucher, counted] = [fresh(), fresh()];
      const supervisor = await platform.as('office_supervisor', { office: frame.officeId });
      const id = await out(voucher);
      const { body: paid } = await deliver(id, voucher).expect(201);
      expect(codeOf(await voidIt(paid.id, officer))).toBe('forbidden');
      expect(codeOf(await voidIt(paid.id, supervisor))).toBe('forbidden');
      expect(codeOf(await supervisor.post(`/v1/payouts/${paid.id}/void`, reason))).toBe('not_found');
      const { body: atOffice } = await atCounter(counted).expect(201);
      expect(codeOf(await voidIt(atOffice.id))).toBe('not_found');
      await platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values ($1, $2, 'finance_officer', $3, $4, now())`,
        [newId(), officer.userId, frame.programmeId, finance.userId],
      );
      expect(codeOf(await voidIt(paid.id, officer))).toBe('separation_of_duties');
      await platform.owner.query(`delete from role_grants where user_id = $1 and role = 'finance_officer'`, [officer.userId]);
      await close(id).expect(200);
    });

    it('comes out right when it is voided, closed and voided again at the same time', async () => {
      for (const voucher of [fresh(), fresh()]) {
        const id = await out(voucher);
        const { body: paid } = await deliver(id, voucher).expect(201);
        const [closed, ...voids] = await Promise.all([close(id), voidIt(paid.id), voidIt(paid.id, treasurer)]);
        const said = voids.map(codeOf).sort();
        expect(said).toEqual(closed.status === 200 ? ['advance_ended', 'advance_ended'] : ['already_voided', 'done']);
        if (closed.status !== 200) {
          expect(codeOf(closed)).toBe('advance_not_at_zero');
          await bringBack(id, GRANT).expect(201);
          await close(id).expect(200);
        }
        expect(await broken()).toEqual([]);
      }
    });
  });

  describe('a receipt that was signed before a witness', () => {
    it('is confirmed by the witness, from a list of their own, before the advance closes', async () => {
      const [voucher, coded] = [fresh(), fresh()];
      const id = await out(voucher, coded);
      const { body: paid } = await deliverBefore(id, voucher).expect(201);
      await deliver(id, coded).expect(201);
      expect(codeOf(await close(id))).toBe('advance_unwitnessed');
      const mine = (by = witness, state = 'unanswered') => by.get(`/v1/hand-deliveries/witnessed?answer=${state}`).expect(200);
      expect((await mine()).body.items).toEqual([
        {
          payoutId: paid.id,
          advanceId: id,
          round: 'In Guezzam road',
          officerId: officer.userId,
          serial: voucher.serial,
          amount: dzd(GRANT),
          paidAt: paid.paidAt,
          voidedAt: null,
          proof: 'receipt',
          witnessId: witness.userId,
          receiptReference: 'P-17',
          answer: 'unanswered',
          answerReason: null,
          answeredAt: null,
          acceptedBy: null,
          acceptReason: null,
        },
      ]);
      expect((await mine(officer)).body.items).toEqual([]);
      expect((await answer(paid.id).expect(201)).body).toMatchObject({ answer: 'confirmed', acceptedBy: null });
      expect((await mine()).body.items).toEqual([]);
      expect((await mine(witness, 'confirmed')).body.items).toHaveLength(1);
      expect(codeOf(await answer(paid.id, { answer: 'disputed', reason: 'I was ill' }))).toBe('delivery_decided');
      expect(codeOf(await accept(paid.id, treasurer))).toBe('delivery_decided');
      await close(id).expect(200);
    });

    it('is answered for by nobody else, and not at all where there is no witness', async () => {
      const [voucher, coded] = [fresh(), fresh()];
      const id = await out(voucher, coded);
      const { body: paid } = await deliverBefore(id, voucher).expect(201);
      const { body: byCode } = await deliver(id, coded).expect(201);
      const missing = await answer(newId()).expect(404);
      for (const by of [officer, finance, agent, treasurer]) {
        const hidden = await answer(paid.id, { answer: 'confirmed' }, by).expect(404);
        expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
      }
      await answer(byCode.id).expect(404);
      expect(codeOf(await answer(paid.id, { answer: 'disputed' }))).toBe('invalid_request');
      expect(codeOf(await accept(byCode.id))).toBe('delivery_decided');
      const sql = await platform.applicationClient();
      const forge = (payoutId: string, what: string, by: string) =>
        sql.query(
          `insert into delivery_answers (id, payout_id, answer, reason, answered_by, answered_at)
          values (gen_random_uuid(), $1, $2, case when $2 <> 'confirmed' then 'So it was' end, $3, now())`,
          [payoutId, what, by],
        );
      await expect(forge(paid.id, 'confirmed', officer.userId)).rejects.toMatchObject({ constraint: 'delivery_answers_by_witness' });
      await expect(forge(paid.id, 'accepted', witness.userId)).rejects.toMatchObject({
        constraint: 'delivery_answers_accepted_by_another',
      });
      await expect(forge(byCode.id, 'confirmed', officer.userId)).rejects.toMatchObject({ constraint: 'delivery_answers_of_receipt' });
      await expect(
        sql.query(`update advances set state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [id, finance.userId]),
      ).rejects.toMatchObject({ constraint: 'advances_witnessed' });
      await answer(paid.id).expect(201);
      await expect(forge(paid.id, 'disputed', witness.userId)).rejects.toMatchObject({ constraint: 'delivery_answers_of_witness' });
      for (const statement of [`update delivery_answers set answer = 'confirmed'`, 'delete from delivery_answers'])
        await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      await close(id).expect(200);
    });

    it('that is disputed is listed for finance and looks like fraud, and is accepted by somebody other than who closes', async () => {
      const [voucher, silent] = [fresh(), fresh()];
      const id = await out(voucher, silent);
      const { body: paid } = await deliverBefore(id, voucher).expect(201);
      const { body: unanswered } = await deliverBefore(id, silent).expect(201);
      await answer(paid.id, { answer: 'disputed', reason: 'I was at another office that day' }).expect(201);
      const listed = await finance.get(`/v1/programmes/${frame.programmeId}/hand-deliveries?answer=disputed`).expect(200);
      expect(listed.body.items).toMatchObject([
        { payoutId: paid.id, answer: 'disputed', answerReason: 'I was at another office that day' },
      ]);
      while (await platform.app.execute(lookForSignals, {}, { actor: system }));
      const signals = await finance.get(`/v1/signals?programmeId=${frame.programmeId}&kind=delivery_disputed`).expect(200);
      expect(signals.body.items).toMatchObject([
        {
          agentId: officer.userId,
          officeId: null,
          severity: 'high',
          count: 1,
          evidence: { payoutIds: [paid.id], advanceId: id, witnessIds: [witness.userId] },
        },
      ]);
      expect(codeOf(await close(id))).toBe('advance_unwitnessed');
      expect(codeOf(await accept(paid.id, officer))).toBe('forbidden');
      await accept(paid.id).expect(201);
      expect(codeOf(await accept(paid.id, treasurer))).toBe('delivery_decided');
      expect(codeOf(await close(id, treasurer))).toBe('advance_unwitnessed');
      expect((await accept(unanswered.id).expect(201)).body).toMatchObject({ answer: 'unanswered', acceptedBy: finance.userId });
      expect(codeOf(await close(id))).toBe('separation_of_duties');
      await close(id, treasurer).expect(200);
    });

    it('needs no word once it is voided', async () => {
      const voucher = fresh();
      const id = await out(voucher);
      const { body: paid } = await deliverBefore(id, voucher).expect(201);
      await voidIt(paid.id).expect(200);
      expect(codeOf(await answer(paid.id))).toBe('delivery_decided');
      await bringBack(id, GRANT).expect(201);
      await close(id).expect(200);
    });
  });

  describe('somebody who comes to the door in the collector’s place', () => {
    const alternateOf = async ({ person }: TestVoucher, validUntil: string): Promise<string> => {
      const enrolment = await platform.as('enrolment_officer', { programme: frame.programmeId });
      const { body } = await enrolment
        .post(`/v1/households/${person.householdId}/collectors`, {
          names: { given: 'Bakary', family: 'Condé' },
          document: { type: 'passport', number: 'MLI 99 4711', issuingCountry: 'MLI' },
          validUntil,
        })
        .expect(201);
      return body.id;
    };
    const recorded = async ({ id }: TestVoucher) =>
      (await platform.owner.query('select collector_id, alternate_id, document_differs from payouts where voucher_id = $1', [id])).rows;

    it('is on the round sheet, is paid, and is kept as at a counter', async () => {
      const [voucher, other] = [fresh(), fresh()];
      const uncle = await alternateOf(voucher, dayFrom(3));
      const id = await out(voucher, other);
      const { stops } = (await officer.get(`/v1/advances/${id}/round-sheet`).expect(200)).body;
      const alternates = new Map(stops.map((stop: { serial: string; alternates: object[] }) => [stop.serial, stop.alternates]));
      expect(alternates.get(voucher.serial)).toEqual([{ collectorId: uncle, names: { given: 'Bakary', family: 'Condé' } }]);
      expect(alternates.get(other.serial)).toEqual([]);
      const page = await officer.get(`/v1/advances/${id}/round-sheet/page?language=en`).expect(200);
      expect(page.text).toContain('Bakary');
      const { body } = await deliver(id, voucher, { collectorId: uncle, documentLastFour: '4711' }).expect(201);
      expect(body.collector).toEqual({ id: uncle, as: 'alternate' });
      expect(await recorded(voucher)).toEqual([{ collector_id: voucher.person.id, alternate_id: uncle, document_differs: false }]);
      const { body: own } = await deliver(id, other, { collectorId: other.person.id }).expect(201);
      expect(own.collector).toMatchObject({ id: other.person.id });
      expect(await recorded(other)).toMatchObject([{ alternate_id: null, document_differs: expect.any(Boolean) }]);
      await close(id).expect(200);
    });

    it('is nobody else’s, nobody’s whose day is over or who was taken off, in the language at the door', async () => {
      const [voucher, stranger] = [fresh(), fresh()];
      const late = await alternateOf(voucher, dayFrom(0));
      await platform.owner.query(`update collectors set valid_until = valid_until - 1 where id = $1`, [late]);
      const outsider = await alternateOf(stranger, dayFrom(3));
      const id = await out(voucher);
      for (const collectorId of [late, outsider, newId()]) {
        const refused = await deliver(id, voucher, { collectorId }).set('Accept-Language', 'ar').expect(409);
        expect(refused.body).toMatchObject({ code: 'not_a_collector', detail: arabic.not_a_collector });
      }
      expect((await voucherOf(voucher)).state).toBe('activated');
      await deliver(id, voucher).expect(201);
      await close(id).expect(200);
    });
  });
});

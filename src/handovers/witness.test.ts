import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeOf, dzd, type Field, GRANT, openField, reason } from '../../test/support/rounds.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { system } from '../access/index.ts';
import { arabic } from '../cashout/words/ar.ts';
import { french } from '../cashout/words/fr.ts';
import { newId } from '../platform/index.ts';
import { lookForSignals } from '../signals/commands/look.ts';

describe('what is said at the door, and afterwards', () => {
  let platform: TestPlatform;
  let field: Field;
  beforeAll(async () => {
    platform = await startPlatform();
    field = await openField(platform, 26);
  });
  afterAll(() => platform.close());

  describe('a delivery that was wrong', () => {
    it('is voided by finance the same day: the officer has the cash again, and the voucher is on the round under another code', async () => {
      const { finance, fresh, out, deliver, atCounter, close, voidIt, read, broken, events, voucherOf, latestCode } = field;
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
      const { fresh, out, deliver, atCounter, report, confirmLoss, voidIt, broken, latestCode, expire, runOut } = field;
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
      const { fresh, out, deliver, close, voidIt, broken } = field;
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
      const { frame, officer, finance, fresh, out, deliver, atCounter, close, voidIt } = field;
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
      const { treasurer, fresh, out, deliver, bringBack, close, voidIt, broken } = field;
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
      const { officer, witness, treasurer, fresh, out, deliver, deliverBefore, close, answer, accept } = field;
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
      const { officer, witness, finance, treasurer, agent, fresh, out, deliver, deliverBefore, close, answer, accept } = field;
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
      const { frame, officer, witness, finance, treasurer, fresh, out, deliverBefore, close, answer, accept } = field;
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
      const { fresh, out, deliverBefore, bringBack, close, voidIt, answer } = field;
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
      const enrolment = await platform.as('enrolment_officer', { programme: field.frame.programmeId });
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
      const { officer, fresh, out, deliver, close, dayFrom } = field;
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
      const { fresh, out, deliver, close, voucherOf, dayFrom } = field;
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

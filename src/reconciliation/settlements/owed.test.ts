import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { postTerms, type Settlers } from '../../../test/support/settled.ts';
import { makeVouchers } from '../../../test/support/vouchers.ts';
import { newId } from '../../platform/index.ts';

const cents = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
const minorOf = ({ amount }: { amount: string }): number => Math.round(Number(amount) * 100);

describe('what the post is owed', () => {
  let platform: TestPlatform;
  let staff: Settlers;
  beforeAll(async () => {
    platform = await startPlatform();
    const [maker, approver, payer] = await Promise.all([1, 2, 3].map(() => platform.as('finance_officer')));
    staff = { maker, approver, payer } as Settlers;
  });
  afterAll(() => platform.close());

  const step = (client: Client, id: string, name: string, body: object = {}) => client.post(`/v1/settlements/${id}/${name}`, body);
  const ends: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    paid: async (id) => {
      await step(staff.approver, id, 'approval');
      await step(staff.payer, id, 'instruction');
      await step(staff.payer, id, 'confirmation', { bankReference: 'BK' });
    },
    approved: async (id) => step(staff.approver, id, 'approval'),
    rejected: async (id) => step(staff.approver, id, 'rejection', { reason: 'Not now' }),
    cancelled: async (id) => {
      await step(staff.approver, id, 'approval');
      await step(staff.maker, id, 'cancellation', { reason: 'Not now' });
    },
    left: async () => undefined,
  };

  it('is what was paid, less what was voided, plus fees, less what was settled; and settlements never claim more', async () => {
    const wish = fc.record({
      paid: fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 3 }),
      voided: fc.integer({ min: 1, max: 5_000 }),
      principal: fc.integer({ min: 0, max: 15_000 }),
      fee: fc.integer({ min: 1, max: 300 }),
      asked: fc.integer({ min: 1, max: 12_000 }),
      end: fc.constantFrom(...Object.keys(ends)),
    });
    await fc.assert(
      fc.asyncProperty(wish, async ({ paid, voided, principal, fee, asked, end }) => {
        const frame = await makeFrame(platform);
        const base = `/v1/programmes/${frame.programmeId}`;
        await staff.approver.put(`${base}/post-terms`, '"0"', postTerms()).expect(200);
        await staff.maker.post(`${base}/post-terms/confirmation`, { version: 1 }).expect(200);
        await payList(platform, frame, [
          ...paid.map((amount) => ({ amount: cents(amount) })),
          { amount: cents(voided), outcome: 'voided' as const },
        ]);
        const money = { payoutCount: 1, principal: cents(principal), fee: cents(fee) };
        const { body: invoice } = await staff.maker
          .post(`${base}/post-invoices`, {
            number: newId(),
            issuedOn: '2026-04-01',
            from: '2026-03-01',
            to: '2026-03-31',
            currency: 'DZD',
            totals: money,
            lines: [{ officeCode: frame.officeCode, ...money }],
          })
          .expect(201);
        await staff.payer.post(`/v1/post-invoices/${invoice.id}/decision`, { decision: 'accepted', reason: 'As agreed' }).expect(200);
        const bodies = [
          { fundId: frame.fundId, invoiceId: invoice.id, submit: true },
          { fundId: frame.fundId, items: [{ officeId: frame.officeId, amount: { amount: cents(asked), currency: 'DZD' } }], submit: true },
        ];
        const made = await Promise.all(bodies.map((body) => staff.maker.post(`${base}/settlements`, body)));
        for (const { status, body } of made) {
          expect([201, 422]).toContain(status);
          if (status === 201) await ends[end]?.(body.id);
        }
        const { body } = await staff.maker.get(`${base}/identities`).expect(200);
        expect(body.holds).toBe(true);
        const own = body.identities.find(
          ({ identity, subject }: { identity: string; subject: { id: string } }) =>
            identity === 'office_payable' && subject.id === frame.officeId,
        );
        const { body: payables } = await staff.maker.get(`${base}/payables`).expect(200);
        const [payable] = payables.items;
        expect(minorOf(own.left.amount)).toBeGreaterThanOrEqual(0);
        if (payable) expect(minorOf(payable.claimed)).toBeLessThanOrEqual(minorOf(payable.owed));
      }),
      { numRuns: 10 },
    );
  });

  it('is not claimed by a settlement and voided, whoever comes first', async () => {
    const own = await makeFrame(platform);
    const vouchers = await makeVouchers(platform, own, 4);
    const agent = await platform.as('agent', { office: own.officeId });
    const chief = await platform.as('office_supervisor', { office: own.officeId });
    const treasurer = await platform.as('finance_officer', { programme: own.programmeId });
    for (const { serial, code } of vouchers) {
      const { body: payout } = await agent
        .post('/v1/payouts', { officeId: own.officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '1234' })
        .expect(201);
      const [taken, made] = await Promise.all([
        chief.post(`/v1/payouts/${payout.id}/void`, { reason: 'Counted wrongly' }),
        treasurer.post(`/v1/programmes/${own.programmeId}/settlements`, {
          fundId: own.fundId,
          items: [{ officeId: own.officeId, amount: payout.amount }],
        }),
      ]);
      expect([
        [200, 422],
        [409, 201],
      ]).toContainEqual([taken.status, made.status]);
      if (made.status === 201) {
        // What is called off does not stand in the way of a void.
        await treasurer.post(`/v1/settlements/${made.body.id}/cancellation`, { reason: 'Counted wrongly' }).expect(200);
        await chief.post(`/v1/payouts/${payout.id}/void`, { reason: 'Counted wrongly' }).expect(200);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../../platform/index.ts';
import { funnelOf } from './rules.ts';
import type { FunnelFact, Step } from './types.ts';

const count = fc.nat(50);
/** What a list in a state may hold, so that every voucher is of a released line and every receipt of a code that was sent. */
const facts: fc.Arbitrary<FunnelFact[]> = fc
  .record({
    building: count,
    draft: count,
    submitted: count,
    held: count,
    approved: count,
    noFund: count,
    noConsent: count,
    vouchers: fc.record({
      issued: count,
      activated: count,
      locked: count,
      redeemed: count,
      expired: count,
      cancelled: count,
      cancelled_unsent: count,
    }),
  })
  .map(({ building, draft, submitted, held, approved, noFund, noConsent, vouchers }) => {
    const fact = (measure: FunnelFact['measure'], key: string | null, listState: string, of: number): FunnelFact => ({
      measure,
      key,
      listState,
      count: of,
      amount: `${of * 100}.00`,
    });
    const issued = Object.values(vouchers).reduce((sum, of) => sum + of, 0);
    return [
      fact('line', 'included', 'building', building),
      fact('line', 'included', 'draft', draft),
      fact('line', 'included', 'submitted', submitted),
      fact('line', 'held', 'released', held),
      fact('line', 'included', 'approved', approved),
      fact('line', 'returned:no_fund', 'released', noFund),
      fact('line', 'returned:consent_withdrawn', 'closed', noConsent),
      fact('line', 'released', 'released', issued - vouchers.cancelled),
      fact('line', 'cancelled', 'released', vouchers.cancelled),
      ...Object.entries(vouchers).map(([state, of]) => fact('voucher', state, 'released', of)),
      fact('reached', null, 'released', vouchers.redeemed),
    ];
  });

describe('a funnel', () => {
  it('loses nobody between two steps', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const rows = funnelOf(given, 'DZD', false);
        const of = (step: Step, which: (outcome: string) => boolean) => {
          const taken = rows.filter((row) => row.step === step && which(row.outcome));
          const payments = taken.reduce((sum, row) => sum + (row.payments ?? 0), 0);
          const amounts = taken.map(({ amount }) => Money.of(amount ?? '0', 'DZD'));
          return [payments, String(Money.sum(amounts, 'DZD'))];
        };
        const pairs = [
          ['listed', 'approved'],
          ['approved', 'released'],
          ['released', 'sent'],
          ['sent', 'delivered'],
          ['sent', 'paid'],
        ] as const;
        for (const [step, next] of pairs) expect(of(step, (outcome) => outcome === 'reached')).toEqual(of(next, () => true));
      }),
    );
  });

  it('counts a person at every step that they came to, wherever they stand now', () => {
    const person = (key: string): FunnelFact => ({ measure: 'people', key, listState: null, count: 1, amount: '0' });
    const rows = funnelOf([person('exited/eligible/47'), person('enrolled/eligible/0'), person('applicant/none/0')], 'DZD', true);
    const people = Object.fromEntries(rows.filter(({ outcome }) => outcome === 'reached').map(({ step, people: of }) => [step, of]));
    expect(people).toEqual({ enrolled: 1, assessed: 1, eligible: 1, listed: 1, approved: 1, released: 1, sent: 1, delivered: 0, paid: 1 });
    expect(rows.filter(({ outcome }) => outcome !== 'reached').map(({ step, reason, people: of }) => [step, reason, of])).toEqual([
      ['enrolled', 'applicant', 1],
      ['enrolled', 'exited', 1],
      ['listed', 'on_no_list', 1],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { findingsOf } from './rules.ts';
import type { LineFacts } from './types.ts';

const period = { source: 'post', from: '2026-03-01', to: '2026-03-31' } as const;
const voucher = { state: 'redeemed', amount: '100', currency: 'DZD', expiredOn: '2026-05-01', cancelledOn: null };
const payout = {
  id: 'p',
  paidOn: '2026-03-05',
  isVoided: false,
  officeCode: '16000',
  documentLastFour: '4321',
  isClaimedHere: false,
  claimedIn: null,
  isApart: false,
};
const ordinary: LineFacts = {
  lineId: 'l',
  row: 2,
  serial: '1',
  kind: 'payment',
  amount: '100',
  currency: 'DZD',
  officeCode: '16000',
  paidOn: '2026-03-05',
  documentLastFour: null,
  unread: [],
  pass: null,
  serialBefore: false,
  referenceBefore: false,
  hasPaymentLine: true,
  isUndone: false,
  earlierStatement: null,
  voucher,
  payout,
  quoted: null,
  withheld: null,
  calledOff: null,
  returned: null,
};
const kinds = (facts: Partial<LineFacts>) => findingsOf([{ ...ordinary, ...facts }], period).map(({ kind }) => kind);

describe('naming what does not agree', () => {
  it('says nothing of a line that matches, and everything that is odd about one that does', () => {
    expect(kinds({ pass: 'exact' })).toEqual([]);
    expect(kinds({ pass: 'exact', officeCode: '31000', documentLastFour: '9999', paidOn: '2026-04-01' })).toEqual([
      'wrong_office',
      'wrong_collector',
      'date_out_of_range',
    ]);
  });

  it('says before everything that another person has to match a line, and which record it is', () => {
    const withheld = { pass: 'exact', type: 'settlement', id: 's' };
    expect(kinds({ withheld, serialBefore: true })).toEqual(['needs_another_person']);
    expect(findingsOf([{ ...ordinary, withheld, payout: null }], period)).toMatchObject([
      { payoutId: null, record: { type: 'settlement', id: 's' } },
    ]);
    expect(findingsOf([{ ...ordinary, withheld: { ...withheld, type: 'payout', id: 'q' } }], period)).toMatchObject([{ payoutId: 'q' }]);
  });

  it('names an unmatched payment once: claimed twice, then not ours to pay, then how much, then when', () => {
    expect(kinds({ serialBefore: true, earlierStatement: 'A', amount: '200' })).toEqual(['duplicate_in_file']);
    expect(kinds({ earlierStatement: 'A', amount: '200' })).toEqual(['duplicate_across_files']);
    expect(kinds({ voucher: { ...voucher, state: 'cancelled' }, payout: null, currency: 'EUR' })).toEqual(['paid_after_cancel']);
    expect(kinds({ currency: 'EUR', amount: '200' })).toEqual(['wrong_currency']);
    expect(kinds({ amount: '100.01' })).toEqual(['amount_over']);
    expect(kinds({ amount: '99.99', paidOn: '2026-03-20' })).toEqual(['amount_under']);
    expect(kinds({ paidOn: '2026-03-20' })).toEqual(['date_out_of_range']);
  });

  it('says of a payment by the post that the cash was delivered by hand, and never that it was not paid', () => {
    const [finding] = findingsOf([{ ...ordinary, payout: null }], period);
    expect(finding).toMatchObject({ kind: 'paid_not_in_list', detail: expect.stringContaining('delivered by hand') });
  });

  it('takes a repeated reference for a repeated payment only where the serial says nothing', () => {
    expect(kinds({ referenceBefore: true, voucher: null, payout: null })).toEqual(['duplicate_in_file']);
    expect(kinds({ referenceBefore: true, amount: '1' })).toEqual(['amount_under']);
  });

  it('knows that a voucher is out of time before the job that expires it has come by', () => {
    const live = { voucher: { ...voucher, state: 'activated' }, payout: null };
    expect(kinds({ ...live, paidOn: '2026-05-02' })).toEqual(['paid_after_expiry']);
    expect(kinds({ ...live, paidOn: '2026-05-01' })).toEqual(['paid_not_in_list']);
  });

  it('says that a payment dated before a voucher died was made while it lived', () => {
    const found = (state: string, paidOn: string) =>
      findingsOf([{ ...ordinary, voucher: { ...voucher, state, cancelledOn: '2026-04-10' }, payout: null, paidOn }], period)[0];
    expect(found('expired', '2026-05-02')).toMatchObject({ kind: 'paid_after_expiry' });
    expect(found('expired', '2026-05-01')).toMatchObject({
      kind: 'paid_not_in_list',
      detail: expect.stringMatching(/expired on 2026-05-01 .* very likely has the cash/),
    });
    expect(found('cancelled', '2026-04-10')).toMatchObject({
      kind: 'paid_after_cancel',
      detail: expect.stringContaining('cancelled on 2026-04-10'),
    });
    expect(found('cancelled', '2026-04-09')).toMatchObject({
      kind: 'paid_not_in_list',
      detail: expect.stringMatching(/cancelled on 2026-04-10 .* very likely has the cash/),
    });
  });

  it('asks of a reversal whether anything was paid', () => {
    const reversal = { kind: 'reversal', voucher: null, payout: null } as const;
    expect(kinds({ ...reversal, hasPaymentLine: true })).toEqual(['reversed']);
    expect(kinds({ ...reversal, hasPaymentLine: false })).toEqual(['reversal_without_payment']);
    expect(kinds({ ...reversal, serialBefore: true })).toEqual(['duplicate_in_file']);
  });
});

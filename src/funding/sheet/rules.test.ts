import { describe, expect, it } from 'vitest';
import { figuresOf, partOfTime } from './rules.ts';
import type { Posted } from './store.ts';

const posted: Posted[] = [
  { name: 'contribution', now: '1000.00', before: '1000.00' },
  { name: 'contribution_value', now: '500.00', before: '0' },
  { name: 'fund_available', now: '700.00', before: '650.00' },
  { name: 'fund_committed', now: '100.00', before: '150.00' },
  { name: 'vouchers_outstanding', now: '150.00', before: '100.00' },
  { name: 'fee', now: '30.00', before: '10.00' },
  { name: 'exchange_loss', now: '25.00', before: '0' },
  { name: 'exchange_gain', now: '5.00', before: '0' },
];

describe('the figures of a fund', () => {
  it('say where everything that was received is', () => {
    expect(figuresOf(posted, 'DZD', '0.5000')).toMatchObject({
      received: { amount: '1500.00', currency: 'DZD' },
      paid: { amount: '500.00' },
      fees: { amount: '30.00' },
      exchange: { gains: { amount: '5.00' }, losses: { amount: '25.00' } },
      burn: { spent: { amount: '550.00' }, last30Days: { amount: '450.00' }, ofReceived: '0.3667', ofTime: '0.5000' },
    });
  });

  it('are zero in a fund in which nothing was posted', () => {
    const { burn, available } = figuresOf([], 'XOF', null);
    expect([burn.ofReceived, burn.spent.amount, available.amount]).toEqual([null, '0', '0']);
  });
});

it('counts the days of a fund, today among those that are over', () => {
  const year = { startsOn: '2026-01-01', endsOn: '2026-12-31' };
  expect(['2025-06-01', '2026-01-01', '2026-07-02', '2026-12-31', '2027-06-01'].map((today) => partOfTime(year, today))).toEqual([
    '0.0000',
    '0.0027',
    '0.5014',
    '1.0000',
    '1.0000',
  ]);
  expect(partOfTime({ startsOn: null, endsOn: '2026-12-31' }, '2026-01-01')).toBeNull();
});

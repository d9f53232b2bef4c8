import { describe, expect, it } from 'vitest';
import { moneyOf } from './figures.ts';

const moved = (amounts: Readonly<Record<string, string>>) =>
  moneyOf(
    Object.entries(amounts).map(([event, until]) => ({ event, until, before: '0' })),
    'DZD',
    undefined,
  ).sinceStart;

describe('what a donor is told of cash that was carried to people', () => {
  it('counts what was lost on the way with what was written off, and what was found with what was recovered', () => {
    const { losses, recovered } = moved({
      loss: '1.00',
      bank_loss: '2.00',
      advance_loss: '40.00',
      recovery: '3.00',
      cash_recovery: '5.00',
    });
    expect([losses.amount, recovered.amount]).toEqual(['43.00', '8.00']);
  });

  it('pays nobody by a delivery that was voided', () => {
    const { paid, outstanding } = moved({ issue: '100.00', delivery: '30.00', delivery_void: '10.00' });
    expect([paid.amount, outstanding.amount]).toEqual(['20.00', '80.00']);
  });
});

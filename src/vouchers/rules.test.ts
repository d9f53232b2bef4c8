import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAYS_AHEAD, extensionFault, voucherChanges, voucherMoves } from './rules.ts';

const DAY_MS = 86_400_000;
const dayOf = (n: number): string => new Date(n * DAY_MS).toISOString().slice(0, 10);

describe('more time for a voucher', () => {
  it('is later than its last day, and at most so many days ahead, in leap years and at the ends of months', () => {
    fc.assert(
      fc.property(fc.integer({ min: 18_000, max: 40_000 }), fc.nat(400), fc.nat(800), (today, last, wanted) => {
        const isFine = wanted > last && wanted <= DAYS_AHEAD;
        expect(extensionFault(dayOf(today), dayOf(today + last), dayOf(today + wanted)) === undefined).toBe(isFine);
      }),
    );
  });
});

describe('what two people do to a voucher', () => {
  it('is done in states from which the voucher may go where it leads', () => {
    for (const state of voucherChanges.cancel) expect(voucherMoves[state]).toContain('cancelled');
    for (const state of voucherChanges.unlock) expect(voucherMoves[state]).toContain('activated');
    for (const states of Object.values(voucherChanges))
      for (const state of states) expect(['redeemed', 'expired', 'cancelled']).not.toContain(state);
  });
});

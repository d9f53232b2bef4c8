import { amountAboveZero, say as sayOfCash } from '../cashout/index.ts';
import { Money, type ProblemPlace } from '../platform/index.ts';
import { isSerial } from '../vouchers/index.ts';
import { say } from './words.ts';

/** What may become of an advance in each state. The database holds the same table (trigger `transition`). */
export const advanceMoves = {
  asked: ['handed', 'refused', 'withdrawn'],
  handed: ['closed', 'lost'],
  closed: [],
  lost: [],
  refused: [],
  withdrawn: [],
} as const;

export type AdvanceState = keyof typeof advanceMoves;

/** A voucher that is asked for, as far as it is known. */
export interface RoundVoucher {
  readonly id: string;
  readonly serial: string;
  readonly amount: string;
}

/** What is wrong with the serials of a round: a typing mistake, one named twice, or one that cannot be carried. */
export function serialFaults(serials: readonly string[], found: ReadonlyMap<string, RoundVoucher>): ProblemPlace[] {
  const first = new Map<string, number>();
  return serials.flatMap((serial, i): ProblemPlace[] => {
    const pointer = `/serials/${i}`;
    if (first.has(serial)) return [{ pointer, detail: sayOfCash('serial_twice') }];
    first.set(serial, i);
    if (!isSerial(serial)) return [{ pointer, detail: sayOfCash('serial_mistyped') }];
    return found.has(serial) ? [] : [{ pointer, detail: say('serial_not_carried') }];
  });
}

/** What is left in the officer's hands. @throws RangeError when more went out than there was */
export function restOf(drawn: Money, delivered: Money, returned: Money, lost: Money): Money {
  const rest = drawn.minus(delivered).minus(returned).minus(lost);
  if (rest.isNegative) throw new RangeError('more went out of an advance than there was');
  return rest;
}

/** An amount that came back, or what is wrong with it. */
export function readReturn({ amount, currency }: { amount: string; currency: string }, expected: string): Money | ProblemPlace {
  if (currency !== expected) return { pointer: '/amount/currency', detail: say('return_in_other_currency', { currency: expected }) };
  const read = amountAboveZero(amount, expected);
  return read instanceof Money ? read : { pointer: '/amount/amount', detail: read };
}

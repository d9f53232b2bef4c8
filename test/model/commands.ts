import fc from 'fast-check';
import type { VoucherState } from './state.ts';

/** What is tried. Numbers choose among what there is when it is tried, so that a shorter run still means something. */
export interface Wish {
  readonly kind: (typeof wishes)[number];
  readonly a: number;
  readonly b: number;
  readonly amount: number;
  /** Sent twice at once under one key. */
  readonly twice: boolean;
}

/** Wishes that are tried at once, after so many days. */
export interface Batch {
  readonly days: number;
  readonly wishes: readonly Wish[];
}

const wishes = [
  'prepare',
  'contribute',
  'give_foreign',
  'convert',
  'reverse',
  'approve',
  'cancel_list',
  'release',
  'redeem',
  'void',
  'cancel_voucher',
  'lock',
  'unlock',
  'reissue',
  'extend',
  'settle',
  'fee',
  'advance',
  'hand_over',
  'deliver',
  'return',
  'close_advance',
  'close_period',
] as const;

/** What was done, as the platform answered. */
export type Done = { readonly accepted: boolean; readonly code: string } & (
  | { readonly kind: 'contribute'; readonly fund: string; readonly amount: bigint; readonly id: string }
  | { readonly kind: 'give_foreign'; readonly fund: string; readonly amount: bigint; readonly value: bigint; readonly id: string }
  | {
      readonly kind: 'convert';
      readonly fund: string;
      readonly sold: bigint;
      readonly bought: bigint;
      readonly bookedValue: bigint;
      readonly id: string;
    }
  | { readonly kind: 'reverse'; readonly subject: string }
  | { readonly kind: 'approve' | 'cancel_list'; readonly list: string }
  | {
      readonly kind: 'release';
      readonly list: string;
      readonly vouchers: readonly (Omit<VoucherState, 'list' | 'round' | 'isCarried'> & { readonly id: string })[];
    }
  | {
      readonly kind: 'redeem';
      readonly voucher: string;
      readonly office: string;
      readonly at: number;
      /** The counter of the voucher that the code was made from. */
      readonly under: number;
      readonly payout: string;
      readonly paidOn: string;
    }
  | { readonly kind: 'void'; readonly payout: string; readonly today: string }
  | { readonly kind: 'cancel_voucher' | 'lock'; readonly voucher: string }
  | { readonly kind: 'unlock' | 'reissue'; readonly voucher: string; readonly at: number }
  | { readonly kind: 'extend'; readonly voucher: string; readonly at: number; readonly until: number }
  | { readonly kind: 'expire'; readonly fund: string; readonly at: number }
  | { readonly kind: 'settle'; readonly fund: string; readonly office: string; readonly amount: bigint; readonly at: number }
  | { readonly kind: 'fee'; readonly fund: string; readonly office: string; readonly amount: bigint; readonly id: string }
  | {
      readonly kind: 'advance';
      readonly fund: string;
      readonly officer: string;
      readonly vouchers: readonly string[];
      readonly at: number;
      readonly id: string;
    }
  | { readonly kind: 'hand_over'; readonly advance: string; readonly at: number }
  | {
      readonly kind: 'deliver';
      readonly advance: string;
      readonly voucher: string;
      readonly at: number;
      /** The counter of the voucher that the code was made from. */
      readonly under: number;
      readonly payout: string;
      readonly paidOn: string;
    }
  | { readonly kind: 'return'; readonly advance: string; readonly amount: bigint }
  | { readonly kind: 'close_advance'; readonly advance: string; readonly at: number }
  | { readonly kind: 'close_period' }
);

// What moves money to people comes up more often than what only makes it move, so that a run gets somewhere.
const weights: Readonly<Record<(typeof wishes)[number], number>> = {
  prepare: 5,
  contribute: 2,
  give_foreign: 2,
  convert: 3,
  reverse: 5,
  approve: 7,
  cancel_list: 2,
  release: 7,
  redeem: 14,
  void: 6,
  cancel_voucher: 3,
  lock: 3,
  unlock: 5,
  reissue: 4,
  extend: 3,
  settle: 5,
  fee: 3,
  advance: 4,
  hand_over: 6,
  deliver: 6,
  return: 4,
  close_advance: 3,
  close_period: 1,
};

/** What happens to a voucher: the rest moves money without anybody being paid. */
const aroundVouchers: readonly (typeof wishes)[number][] = [
  'redeem',
  'void',
  'cancel_voucher',
  'lock',
  'unlock',
  'reissue',
  'extend',
  'advance',
  'hand_over',
  'deliver',
  'close_advance',
];

/** @param kinds what is wished @param few among how many things it chooses, so that several wishes meet at one */
const wishOf = (kinds: readonly (typeof wishes)[number][], few: number): fc.Arbitrary<Wish> =>
  fc.record({
    kind: fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) }))),
    a: fc.nat(few),
    b: fc.nat(40),
    amount: fc.integer({ min: 1, max: 60 }),
    twice: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });

const days = fc.oneof(
  { weight: 40, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(12) },
);

const some = (wish: fc.Arbitrary<Wish>, atOnce: number): fc.Arbitrary<Wish[]> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant<Wish[]>([]) },
    { weight: 19, arbitrary: fc.array(wish, { minLength: 1, maxLength: atOnce, size: 'max' }) },
  );

/** So many batches; a failing run is made shorter by emptying some. */
const batchesOf = (count: number, wishes: fc.Arbitrary<Wish[]>, pause: fc.Arbitrary<number>): fc.Arbitrary<Batch[]> =>
  fc.array(fc.record({ days: pause, wishes }), { minLength: count, maxLength: count });

/** @param atOnce how many wishes at most are tried together */
export const batches = (count: number, atOnce: number): fc.Arbitrary<Batch[]> => batchesOf(count, some(wishOf(wishes, 40), atOnce), days);

/** As {@link batches}, of what happens to vouchers alone, and to a few of them: they meet in every order. */
export const crowdedBatches = (count: number, atOnce: number): fc.Arbitrary<Batch[]> =>
  batchesOf(count, some(wishOf(aroundVouchers, 2), atOnce), fc.constant(0));

/** What must be where, kept in memory and without the platform: amounts in minor units, debit above zero. */
export interface State {
  /** By fund, kind of account, place and currency. */
  readonly accounts: Map<string, bigint>;
  readonly lists: Map<string, { state: 'submitted' | 'approved' | 'released' | 'cancelled'; funds: Map<string, bigint> }>;
  readonly vouchers: Map<string, VoucherState>;
  readonly payouts: Map<string, PayoutState>;
  readonly advances: Map<string, AdvanceState>;
  readonly settlements: { fund: string; office: string; at: number }[];
  /** What can be taken back, by its subject, in the order in which it was posted. */
  readonly reversibles: Map<string, Reversible>;
}

export interface VoucherState {
  list: string;
  fund: string;
  amount: bigint;
  state: 'issued' | 'activated' | 'redeemed' | 'locked' | 'expired' | 'cancelled';
  expiresAt: number | null;
  counter: number;
  attempts: number;
  /** The officer's round that it is on. */
  round: string | null;
  /** Whether the officer has its cash. */
  isCarried: boolean;
}

interface PayoutState {
  readonly voucher: string;
  readonly office: string | null;
  readonly at: number;
  readonly day: string;
  voided: boolean;
}

interface AdvanceState {
  readonly fund: string;
  readonly officer: string;
  readonly amount: bigint;
  handedAt: number;
  rest: bigint;
  state: 'asked' | 'handed' | 'closed';
  readonly vouchers: readonly string[];
}

interface Reversible {
  readonly fund: string;
  readonly kind: 'contribution' | 'fee' | 'foreign' | 'conversion';
  readonly moves: readonly Move[];
  reversed: boolean;
}

type Move = readonly [account: string, amount: bigint];

/** What the events of the books move: written down here once more, so that nobody can change the platform's table alone. */
export const booked = {
  contribution: ['bank', 'fund_available'],
  approval: ['fund_available', 'fund_committed'],
  approval_returned: ['fund_committed', 'fund_available'],
  issue: ['fund_committed', 'vouchers_outstanding'],
  payout: ['vouchers_outstanding', 'payable_to_post'],
  void: ['payable_to_post', 'vouchers_outstanding'],
  expiry: ['vouchers_outstanding', 'fund_available'],
  cancellation: ['vouchers_outstanding', 'fund_available'],
  settlement: ['payable_to_post', 'bank'],
  fee: ['fund_available', 'payable_to_post'],
  advance: ['advances', 'bank'],
  delivery: ['vouchers_outstanding', 'advances'],
  delivery_void: ['advances', 'vouchers_outstanding'],
  advance_return: ['bank', 'advances'],
  advance_loss: ['fund_available', 'advances'],
  foreign_contribution: ['bank', 'exchange'],
  contribution_value: ['exchange', 'fund_available'],
  conversion_out: ['exchange', 'bank'],
  conversion_in: ['bank', 'exchange'],
  exchange_loss: ['fund_available', 'exchange'],
  exchange_gain: ['exchange', 'fund_available'],
  claim: ['payable_to_post', 'claims'],
  claim_released: ['claims', 'payable_to_post'],
  recovery: ['claims', 'fund_available'],
  cash_recovery: ['bank', 'fund_available'],
  loss: ['fund_available', 'payable_to_post'],
  bank_loss: ['fund_available', 'bank'],
} as const;

export type Booked = keyof typeof booked;

export const emptyState = (): State => ({
  accounts: new Map(),
  lists: new Map(),
  vouchers: new Map(),
  payouts: new Map(),
  advances: new Map(),
  settlements: [],
  reversibles: new Map(),
});

export const copyOf = (state: State): State => structuredClone(state);

/** Where an account stands, by its name. @param place the office or the officer, where the account has one */
export const accountName = (fund: string, kind: string, place: string | null, currency = 'DZD'): string =>
  `${fund}/${kind}/${kind === 'payable_to_post' || kind === 'advances' || kind === 'claims' ? place : ''}/${currency}`;

/** The two sides of an event. */
export const movesOf = (event: Booked, fund: string, amount: bigint, place: string | null = null, currency = 'DZD'): Move[] => {
  const [debit, credit] = booked[event];
  return [
    [accountName(fund, debit, place, currency), amount],
    [accountName(fund, credit, place, currency), -amount],
  ];
};

export function move(state: State, moves: readonly Move[]): void {
  for (const [account, amount] of moves) state.accounts.set(account, (state.accounts.get(account) ?? 0n) + amount);
}

export const balance = (state: State, account: string): bigint => state.accounts.get(account) ?? 0n;

/** What a fund can still commit. */
export const available = (state: State, fund: string): bigint => -balance(state, accountName(fund, 'fund_available', null));

export const owed = (state: State, fund: string, office: string): bigint => -balance(state, accountName(fund, 'payable_to_post', office));

/** Cash in another currency that has not been converted. */
export const foreignHeld = (state: State, fund: string): bigint => balance(state, accountName(fund, 'bank', null, 'EUR'));

/** Whether a voucher can be paid at a counter at a moment under a code: one that an officer carries cannot. */
export const isPayable = ({ state, expiresAt, counter, isCarried }: VoucherState, at: number, code: number): boolean =>
  state === 'activated' && !isCarried && expiresAt !== null && expiresAt > at && counter === code;

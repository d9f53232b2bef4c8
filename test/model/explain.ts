import type { Done } from './commands.ts';
import {
  accountName,
  available,
  balance,
  copyOf,
  foreignHeld,
  isPayable,
  move,
  movesOf,
  owed,
  type State,
  type VoucherState,
} from './state.ts';

const DAY_MS = 86_400_000;

/** Refusals that say nothing of the books: somebody else was at the same record. */
const passing = new Set(['busy', 'in_progress', 'agent_locked', 'voucher_change_open']);

/**
 * Whether one command can have ended as it did in this state, which is moved on when it was accepted.
 * @returns whether the model agrees
 */
export function explain(state: State, done: Done): boolean {
  if (!done.accepted && passing.has(done.code)) return true;
  const agrees = rules[done.kind] as (state: State, done: Done) => boolean;
  return agrees(state, done);
}

/**
 * Whether there is an order in which these, run at once, can have ended as they did.
 * @param fits whether what stands in the database is what an order leaves: the same answers may leave different things
 * @returns the state after it
 */
export function explainAll(state: State, dones: readonly Done[], fits: (end: State) => boolean): State | undefined {
  if (dones.length === 0) return fits(state) ? state : undefined;
  for (const [i, done] of dones.entries()) {
    const next = copyOf(state);
    if (!explain(next, done)) continue;
    const rest = explainAll(next, [...dones.slice(0, i), ...dones.slice(i + 1)], fits);
    if (rest) return rest;
  }
  return undefined;
}

type Rules = { readonly [Kind in Done['kind']]: (state: State, done: Extract<Done, { kind: Kind }>) => boolean };

/** An outcome agrees when it is accepted exactly if it may be; what is accepted is then done. */
function decide(accepted: boolean, may: boolean, then: () => void): boolean {
  if (accepted !== may) return false;
  if (accepted) then();
  return true;
}

/** The day in Algiers, which keeps no summer time. */
const dayNumber = (at: number): number => Math.floor((at + 3_600_000) / DAY_MS);

const isGuessable = ({ state, expiresAt, isCarried }: VoucherState, at: number): boolean =>
  state === 'issued' || (state === 'activated' && expiresAt !== null && (expiresAt > at || isCarried));

const rules: Rules = {
  contribute: (state, { accepted, fund, amount, id }) =>
    decide(accepted, true, () => {
      const moves = movesOf('contribution', fund, amount);
      move(state, moves);
      state.reversibles.set(id, { fund, kind: 'contribution', moves, reversed: false });
    }),

  give_foreign: (state, { accepted, fund, amount, value, id }) =>
    decide(accepted, true, () => {
      const moves = [...movesOf('foreign_contribution', fund, amount, null, 'EUR'), ...movesOf('contribution_value', fund, value)];
      move(state, moves);
      state.reversibles.set(id, { fund, kind: 'foreign', moves, reversed: false });
    }),

  convert(state, { accepted, fund, sold, bought, bookedValue, id }) {
    const held = foreignHeld(state, fund);
    const stands = balance(state, accountName(fund, 'exchange', null));
    // Half to even of what the sold part stands in the books at: within one of the exact share.
    const share = held === 0n ? 0n : (stands * sold) / held;
    const value = accepted ? bookedValue : share;
    const loss = value - bought;
    const may = sold <= held && loss <= available(state, fund);
    // A loss that the fund covers but for a rounding is left to the platform.
    if (!accepted && may && loss > 0n && available(state, fund) - loss <= 1n) return true;
    return decide(accepted, may && value - share >= -1n && value - share <= 1n, () => {
      const moves = [
        ...movesOf('conversion_out', fund, sold, null, 'EUR'),
        ...movesOf('conversion_in', fund, bought),
        ...(loss > 0n ? movesOf('exchange_loss', fund, loss) : loss < 0n ? movesOf('exchange_gain', fund, -loss) : []),
      ];
      move(state, moves);
      state.reversibles.set(id, { fund, kind: 'conversion', moves, reversed: false });
    });
  },

  reverse(state, { accepted, code, subject }) {
    const known = state.reversibles.get(subject);
    if (!known) return !accepted;
    const { fund, kind, moves } = known;
    // A settlement that was on its way then needed the fee that would have been taken back.
    const [payable, fee = 0n] = moves.find(([account]) => account.includes('/payable_to_post/')) ?? [];
    if (!accepted && code === 'claimed_by_settlement') return payable !== undefined && fee < balance(state, payable);
    const after = [...state.reversibles.values()].slice([...state.reversibles.keys()].indexOf(subject) + 1);
    const convertedSince = after.some((other) => other.fund === fund && other.kind === 'conversion' && !other.reversed);
    const foreign = kind === 'foreign' || kind === 'conversion';
    const taken = moves.reduce(
      (sum, [account, amount]) => (account === accountName(fund, 'fund_available', null) ? sum - amount : sum),
      0n,
    );
    const may = !known.reversed && taken <= available(state, fund) && !(foreign && convertedSince);
    return decide(accepted, may, () => {
      known.reversed = true;
      move(
        state,
        moves.map(([account, amount]) => [account, -amount] as const),
      );
    });
  },

  approve(state, { accepted, list }) {
    const known = state.lists.get(list);
    const may = known?.state === 'submitted' && [...known.funds].every(([fund, amount]) => amount <= available(state, fund));
    return decide(accepted, may, () => {
      if (!known) return;
      known.state = 'approved';
      for (const [fund, amount] of known.funds) move(state, movesOf('approval', fund, amount));
    });
  },

  cancel_list(state, { accepted, list }) {
    const known = state.lists.get(list);
    const may = known?.state === 'submitted' || known?.state === 'approved';
    return decide(accepted, may, () => {
      if (!known) return;
      if (known.state === 'approved') for (const [fund, amount] of known.funds) move(state, movesOf('approval_returned', fund, amount));
      known.state = 'cancelled';
    });
  },

  release(state, { accepted, list, vouchers }) {
    const known = state.lists.get(list);
    return decide(accepted, known?.state === 'approved', () => {
      if (!known) return;
      known.state = 'released';
      for (const [fund, amount] of known.funds) {
        const issued = vouchers.filter((voucher) => voucher.fund === fund).reduce((sum, voucher) => sum + voucher.amount, 0n);
        if (issued > 0n) move(state, movesOf('issue', fund, issued));
        if (amount > issued) move(state, movesOf('approval_returned', fund, amount - issued));
      }
      for (const { id, ...voucher } of vouchers) state.vouchers.set(id, { ...voucher, list, round: null, isCarried: false });
    });
  },

  redeem(state, { accepted, code, voucher: id, office, at, under, payout, paidOn }) {
    const voucher = state.vouchers.get(id);
    if (!voucher) return !accepted;
    if (!accepted && (code === 'code_refused') !== (under !== voucher.counter)) return false;
    if (!accepted && under !== voucher.counter) return guessed(voucher, isGuessable(voucher, at));
    return decide(accepted, isPayable(voucher, at, under), () => {
      voucher.state = 'redeemed';
      move(state, movesOf('payout', voucher.fund, voucher.amount, office));
      state.payouts.set(payout, { voucher: id, office, at, day: paidOn, voided: false });
    });
  },

  void(state, { accepted, payout: id, today }) {
    const payout = state.payouts.get(id);
    const voucher = payout && state.vouchers.get(payout.voucher);
    if (!payout || !voucher || payout.office === null) return !accepted;
    const settled = state.settlements.filter(
      ({ fund, office, at: when }) => fund === voucher.fund && office === payout.office && when >= payout.at - DAY_MS,
    );
    const covered =
      settled.some(({ at: when }) => when >= payout.at) ||
      (settled.length > 0 && owed(state, voucher.fund, payout.office) < voucher.amount);
    const may = !payout.voided && payout.day === today && !covered;
    return decide(accepted, may, () => {
      payout.voided = true;
      voucher.state = 'activated';
      voucher.counter += 1;
      voucher.attempts = 0;
      move(state, movesOf('void', voucher.fund, voucher.amount, payout.office));
    });
  },

  cancel_voucher(state, { accepted, voucher: id }) {
    const voucher = state.vouchers.get(id);
    const may = voucher !== undefined && ['issued', 'activated', 'locked'].includes(voucher.state);
    return decide(accepted, may, () => {
      if (!voucher) return;
      voucher.state = 'cancelled';
      move(state, movesOf('cancellation', voucher.fund, voucher.amount));
    });
  },

  lock(state, { accepted, voucher: id }) {
    const voucher = state.vouchers.get(id);
    return decide(accepted, voucher?.state === 'activated', () => {
      if (voucher) voucher.state = 'locked';
    });
  },

  unlock: (state, { accepted, voucher, at }) => renewed(state.vouchers.get(voucher), ['locked'], accepted, at),

  reissue: (state, { accepted, voucher, at }) => renewed(state.vouchers.get(voucher), ['issued', 'activated', 'locked'], accepted, at),

  extend(state, { accepted, voucher: id, at, until }) {
    const voucher = state.vouchers.get(id);
    const expiresAt = voucher?.expiresAt ?? null;
    const may = voucher !== undefined && ['activated', 'locked'].includes(voucher.state) && expiresAt !== null && expiresAt > at;
    // A last day of which there is time left already is no later day.
    return decide(accepted, may && until - expiresAt >= DAY_MS, () => {
      if (voucher) voucher.expiresAt = until;
    });
  },

  expire: (state, { accepted, fund, at }) =>
    decide(accepted, true, () => {
      for (const voucher of state.vouchers.values()) {
        if (
          voucher.fund !== fund ||
          !['activated', 'locked'].includes(voucher.state) ||
          voucher.isCarried ||
          voucher.expiresAt === null ||
          voucher.expiresAt > at
        )
          continue;
        voucher.state = 'expired';
        move(state, movesOf('expiry', fund, voucher.amount));
      }
    }),

  settle: (state, { accepted, fund, office, amount, at }) =>
    decide(accepted, amount <= owed(state, fund, office), () => {
      move(state, movesOf('settlement', fund, amount, office));
      state.settlements.push({ fund, office, at });
    }),

  fee: (state, { accepted, fund, office, amount, id }) =>
    decide(accepted, amount <= available(state, fund), () => {
      const moves = movesOf('fee', fund, amount, office);
      move(state, moves);
      state.reversibles.set(id, { fund, kind: 'fee', moves, reversed: false });
    }),

  advance(state, { accepted, fund, officer, vouchers: ids, at, id }) {
    const vouchers = ids.map((voucher) => state.vouchers.get(voucher));
    const may = vouchers.every(
      (voucher) =>
        voucher?.fund === fund &&
        voucher.round === null &&
        ['issued', 'activated'].includes(voucher.state) &&
        (voucher.expiresAt === null || voucher.expiresAt > at),
    );
    return decide(accepted, may && ids.length > 0, () => {
      const amount = vouchers.reduce((sum, voucher) => sum + (voucher?.amount ?? 0n), 0n);
      for (const voucher of vouchers) if (voucher) voucher.round = id;
      state.advances.set(id, { fund, officer, amount, handedAt: at, rest: 0n, state: 'asked', vouchers: ids });
    });
  },

  hand_over(state, { accepted, advance: id, at }) {
    const advance = state.advances.get(id);
    return decide(accepted, advance?.state === 'asked', () => {
      if (!advance) return;
      Object.assign(advance, { state: 'handed', handedAt: at, rest: advance.amount });
      for (const voucher of state.vouchers.values()) if (voucher.round === id) voucher.isCarried = true;
      move(state, movesOf('advance', advance.fund, advance.amount, advance.officer));
    });
  },

  deliver(state, { accepted, code, advance: advanceId, voucher: id, at, under, payout, paidOn }) {
    const advance = state.advances.get(advanceId);
    const voucher = state.vouchers.get(id);
    if (!advance || !voucher) return !accepted;
    const isOut = advance.state === 'handed' && advance.vouchers.includes(id);
    const isGuess = isOut && under !== voucher.counter;
    if (!accepted && (code === 'code_refused') !== isGuess) return false;
    // What is carried does not run out.
    const isActive = voucher.state === 'activated';
    if (!accepted && isGuess) return guessed(voucher, isActive);
    return decide(accepted, isOut && isActive && under === voucher.counter && advance.rest >= voucher.amount, () => {
      voucher.state = 'redeemed';
      advance.rest -= voucher.amount;
      move(state, movesOf('delivery', voucher.fund, voucher.amount, advance.officer));
      state.payouts.set(payout, { voucher: id, office: null, at, day: paidOn, voided: false });
    });
  },

  return(state, { accepted, advance: id, amount }) {
    const advance = state.advances.get(id);
    const may = advance?.state === 'handed' && amount <= advance.rest;
    return decide(accepted, may, () => {
      if (!advance) return;
      advance.rest -= amount;
      move(state, movesOf('advance_return', advance.fund, amount, advance.officer));
    });
  },

  close_advance(state, { accepted, advance: id, at }) {
    const advance = state.advances.get(id);
    return decide(accepted, advance?.state === 'handed' && advance.rest === 0n, () => {
      if (!advance) return;
      advance.state = 'closed';
      for (const voucher of state.vouchers.values()) {
        if (voucher.round !== id) continue;
        Object.assign(voucher, { round: null, isCarried: false });
        if (['activated', 'locked'].includes(voucher.state) && voucher.expiresAt !== null)
          voucher.expiresAt += (dayNumber(at) - dayNumber(advance.handedAt) + 1) * DAY_MS;
      }
    });
  },

  // Whether a period is ready depends on the calendar: either answer moves nothing.
  close_period: () => true,
};

const hasTime = ({ expiresAt, isCarried }: VoucherState, at: number): boolean => expiresAt === null || expiresAt > at || isCarried;

/** Another code kills the one before it, opens what was locked, and lets wrong codes count anew. */
const renewed = (voucher: VoucherState | undefined, from: readonly string[], accepted: boolean, at: number): boolean =>
  decide(accepted, voucher !== undefined && from.includes(voucher.state) && hasTime(voucher, at), () => {
    if (!voucher) return;
    voucher.counter += 1;
    voucher.attempts = 0;
    if (voucher.state === 'locked') voucher.state = voucher.expiresAt === null ? 'issued' : 'activated';
  });

/** A wrong code counts against a voucher that can be paid, or once its message has arrived; the fifth locks it. */
function guessed(voucher: VoucherState, counts: boolean): boolean {
  if (!counts) return true;
  voucher.attempts += 1;
  if (voucher.attempts >= 5) voucher.state = 'locked';
  return true;
}

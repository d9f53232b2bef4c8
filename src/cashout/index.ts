export { assisted } from './assisted.ts';
export { redeemVoucher } from './commands/redeem.ts';
export { refusal as counterRefusals } from './problems.ts';
export { cashoutRoutes } from './routes.ts';
export { AGENT_ATTEMPTS_ALLOWED, isLive, voucherRefusal } from './rules.ts';
export { type Candidate, candidateColumns, failuresOf } from './store/candidates.ts';
export { countFailure, type NewPayout, pay } from './store/paying.ts';
export { earlierPayout, paidAmong, paidOutSince, payoutById } from './store/payouts.ts';
export type { Payout, Redemption } from './types.ts';

export { amountAboveZero } from './amounts.ts';
export { assisted } from './assisted.ts';
export { whoCollects } from './collecting.ts';
export { redeemVoucher } from './commands/redeem.ts';
export { takeBackCash } from './commands/void-payout.ts';
export { documentDiffers, documentOfAlternate, documentsOfCollector } from './documents.ts';
export { feeBeyond, postFee } from './posting-fees.ts';
export { heldToRules, refusal as counterRefusals } from './problems.ts';
export { cashoutRoutes } from './routes.ts';
export { AGENT_ATTEMPTS_ALLOWED, voucherRefusal } from './rules.ts';
export {
  type Candidate,
  type CounterCandidate,
  candidateColumns,
  collectorColumns,
  failuresOf,
  joinCollectors,
  type KnownCollectors,
} from './store/candidates.ts';
export { countFailure, type NewPayout, pay } from './store/paying.ts';
export { earlierPayout, findPayout, paidAmong, paidOutSince, payoutById } from './store/payouts.ts';
export { hasRunOut } from './store/safe.ts';
export type { Payout, Redemption } from './types.ts';
export { say } from './words/index.ts';

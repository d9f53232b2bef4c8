export { redeemVoucher } from './commands.ts';
export { cashoutRoutes } from './routes.ts';
export type { Payout, Redemption } from './types.ts';

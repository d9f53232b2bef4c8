export { redeemVoucher } from './commands.ts';
export { cashoutRoutes } from './routes.ts';
export { paidOutSince } from './store.ts';
export type { Redemption } from './types.ts';

export { redeemVoucher } from './commands.ts';
export { cashoutRoutes } from './routes.ts';
export type { Redemption } from './types.ts';

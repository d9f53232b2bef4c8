export { listedSince } from './payable.ts';
export { paymentRoutes } from './routes.ts';
export type { IssueVouchers, ListState, ReleasedLine } from './types.ts';

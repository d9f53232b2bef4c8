export { createFund, recordContribution } from './commands.ts';
export { fundById } from './queries.ts';
export { fundingRoutes } from './routes.ts';
export type { Amount, Fund } from './types.ts';

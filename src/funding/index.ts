export { changeFund, createFund } from './commands/index.ts';
export { recordContribution, refuseReversal } from './contributions/index.ts';
export { allocate, carries, drawableIn, type FundToDraw, fundsToDraw, type Group, groups } from './drawing/index.ts';
export { toMinor } from './minor-units.ts';
export { fundingRoutes } from './routes.ts';
export type { Amount, Fund } from './types.ts';

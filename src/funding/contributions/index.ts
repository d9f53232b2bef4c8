export { listContributions } from './queries.ts';
export { recordContribution } from './record-contribution.ts';
export { refuseReversal } from './refuse-reversal.ts';

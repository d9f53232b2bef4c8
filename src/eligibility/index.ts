export { eligibilityJobs } from './jobs.ts';
export { scorecardById } from './queries.ts';
export { eligibilityRoutes } from './routes.ts';
export type { Scorecard } from './types.ts';

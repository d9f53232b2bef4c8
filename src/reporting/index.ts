export { type Measures, shownBesideSum } from './donor/counting/index.ts';
export { donorReportJobs } from './donor/jobs.ts';
export { donorReport } from './donor/queries.ts';
export type { DonorReport } from './donor/types.ts';
export { operationsJobs } from './operations/jobs.ts';
export { reportingRoutes } from './routes.ts';

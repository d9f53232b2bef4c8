export { donorReport } from './queries.ts';
export { reportingRoutes } from './routes.ts';
export type { DonorReport, Period } from './types.ts';

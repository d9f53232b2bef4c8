export { monitoringColumns } from './commands/interviews.ts';
export { eraseFromMonitoring, forgetInterviews, oldInterviews, ownInterviews } from './privacy.ts';
export { monitoringRoutes } from './routes.ts';

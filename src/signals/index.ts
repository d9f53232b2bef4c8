export { signalJobs } from './jobs.ts';
export { signalRoutes } from './routes.ts';

export { intakeJobs } from './jobs.ts';
export { intakeRoutes } from './routes.ts';

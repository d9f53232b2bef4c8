export { intakeJobs } from './jobs.ts';
export { receiveSubmissions } from './receive-submissions.ts';
export { intakeRoutes } from './routes.ts';

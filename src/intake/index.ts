export { comparingJob } from './comparing.ts';
export { intakeJobs } from './jobs.ts';
export { receiveSubmissions } from './receive-submissions.ts';
export { type ReferralPorts, referralRoutes } from './referrals/routes.ts';
export { intakeRoutes } from './routes.ts';
export { publicDoor } from './self-registration/door.ts';
export { selfRegistrationJobs } from './self-registration/jobs.ts';
export { selfRegistrationRoutes } from './self-registration/routes.ts';
export type { ProofMessage } from './self-registration/types.ts';

export { approvalJobs } from './approvals/jobs.ts';
export { cancellingJobs } from './cancelling/jobs.ts';
export type { CancelVouchers } from './cancelling/types.ts';
export { writeListFile } from './downloads/write-list.ts';
export { paymentJobs } from './jobs.ts';
export { paymentRoutes } from './routes.ts';
export { listedSince } from './store.ts';
export { listStory, listsInStory } from './story.ts';
export type { IssueVouchers, ListState } from './types.ts';

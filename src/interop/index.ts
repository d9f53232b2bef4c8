export { koboJobs } from './kobo/jobs.ts';
export { koboRoutes } from './kobo/routes.ts';
export { koboColumns } from './kobo/token.ts';
export type { ReceiveSubmissions } from './kobo/types.ts';

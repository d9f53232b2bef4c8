export { duplicateCheck } from './duplicate-check.ts';
export { deduplicationJobs } from './jobs.ts';
export { deduplicationColumns } from './rehearsal-store.ts';
export { deduplicationRoutes } from './routes.ts';
export { heldFromSource, holds } from './store.ts';
export { pairsInStory } from './story.ts';
export type { PaidSince } from './undo-merger.ts';

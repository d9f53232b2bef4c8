export type { Category } from './category.ts';
export { applyJournal, type ErasedAgain } from './erase-again.ts';
export { privacyJobs } from './jobs.ts';
export { journalFile } from './journal.ts';
export { peopleCategories } from './people-categories.ts';
export { recordCategories } from './record-categories.ts';
export { privacyRoutes } from './routes.ts';

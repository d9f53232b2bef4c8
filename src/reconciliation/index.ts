export { exceptionColumns } from './exceptions/comments.ts';
export { openException, type ToldException } from './exceptions/door.ts';
export { matchingJobs } from './matching/jobs.ts';
export { reconciliationChecks } from './period-checks.ts';
export { settlementRefusal } from './problems.ts';
export { reconciliationRoutes } from './routes.ts';
export { statementJobs } from './statements/jobs.ts';
export { statementColumns } from './statements/sealed-file.ts';
export { reconciliationInStory } from './story.ts';

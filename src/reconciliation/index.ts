export { importStatement } from './commands/import-statement.ts';
export { resolveException } from './commands/resolve-exception.ts';
export { settle } from './commands/settle.ts';
export { reconciliationRoutes } from './routes.ts';
export { reconciliationInStory } from './story.ts';

export { importOffices, loadGeography } from './commands.ts';
export { isWithinHours, opensNext } from './opening.ts';
export { officeRoutes } from './routes.ts';
export type { Geography } from './store.ts';
export type { Office } from './types.ts';

export { importOffices, loadGeography } from './commands.ts';
export { officeRoutes } from './routes.ts';
export type { Geography } from './store.ts';
export type { Office } from './types.ts';

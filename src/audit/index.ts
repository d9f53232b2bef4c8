export { auditRoutes } from './routes.ts';
export { recordEvent } from './store.ts';

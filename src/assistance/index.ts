export { createPlan } from './commands.ts';
export { planById } from './queries.ts';
export { assistanceRoutes } from './routes.ts';
export type { Amount, Plan } from './types.ts';

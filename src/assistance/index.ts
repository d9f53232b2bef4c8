export { createPlan } from './commands.ts';
export { followEndSoon } from './ending/soon.ts';
export { assistanceJobs } from './jobs.ts';
export type { Amount } from './plan-base.ts';
export { assistanceRoutes } from './routes.ts';
export { assistanceInStory } from './story.ts';
export { hasLostSource } from './top-ups/source-store.ts';
export type { AssistedPorts } from './top-ups/types.ts';
export type { Plan } from './types.ts';

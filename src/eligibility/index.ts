export { eligibilityColumns } from './assess.ts';
export { eligibilityJobs } from './jobs.ts';
export { everyAssessmentOf } from './of-person.ts';
export { scorecardById } from './queries.ts';
export { eligibilityRoutes } from './routes.ts';
export { assessmentsInStory } from './story.ts';
export type { Scorecard } from './types.ts';

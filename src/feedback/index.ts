export { takeMessages } from './doors/messages.ts';
export type { FeedbackDoor } from './doors/submit.ts';
export { feedbackJobs } from './jobs.ts';
export { feedbackPages } from './page/routes.ts';
export { casesInStory, eraseFromFeedback, forgetCases, type OwnCase, oldCases, ownCases } from './privacy.ts';
export { feedbackRoutes } from './routes.ts';
export { feedbackColumns } from './sealing.ts';
export type { SendText } from './types.ts';

export { queueCodes, queueNewCodes, sendingOf, sendWithheldCodes } from './commands.ts';
export { connectGateway } from './connect-gateway.ts';
export { messagingJobs } from './jobs.ts';
export { outboxFile } from './outbox-gateway.ts';
export { proofSender } from './proofs.ts';
export { forgetReferences, forgetReferencesOf, oldReferences } from './references.ts';
export { messagingRoutes } from './routes.ts';
export { textJobs } from './texts/reminders.ts';
export { textRoutes } from './texts/routes.ts';

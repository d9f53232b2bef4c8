export { queueCodes, queueNewCodes, sendingOf, sendWithheldCodes } from './commands.ts';
export { connectMessaging } from './connect.ts';
export { messagingColumns } from './gateways/credentials.ts';
export { outboxFile } from './gateways/outbox.ts';
export { proofSender } from './proofs.ts';
export { forgetReferences, forgetReferencesOf, oldReferences } from './references.ts';
export { textJobs } from './texts/reminders.ts';
export { textRoutes } from './texts/routes.ts';

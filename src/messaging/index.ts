export { queueCodes, sendWithheldCodes } from './commands.ts';
export { connectGateway } from './connect-gateway.ts';
export { messagingJobs } from './jobs.ts';
export { outboxFile } from './outbox-gateway.ts';
export { messagingRoutes } from './routes.ts';

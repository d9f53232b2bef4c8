export { queueCodes } from './commands.ts';
export { connectGateway } from './connect-gateway.ts';
export type { Delivery, Gateway, Sms } from './gateway.ts';
export { messagingJobs } from './jobs.ts';
export { outboxFile } from './outbox-gateway.ts';
export { messagingRoutes } from './routes.ts';

import type { Clock, Config } from '../platform/index.ts';
import type { Gateway } from './gateway.ts';
import { httpGateway } from './http-gateway.ts';
import { outboxGateway } from './outbox-gateway.ts';

/** The gateway that the settings name. */
export const connectGateway = (config: Config, clock: Clock): Gateway =>
  config.SMS_GATEWAY === 'http'
    ? httpGateway({ url: config.SMS_HTTP_URL ?? '', token: config.SMS_HTTP_TOKEN, timeoutMs: config.SMS_HTTP_TIMEOUT_MS })
    : outboxGateway(config.dataDir, clock);

import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/index.ts';
import type { Gateway } from './gateway.ts';

/** The file that stands for everybody's phone where no message is really sent. */
export const outboxFile = (dataDir: string): string => join(dataDir, 'outbox', 'sms.jsonl');

/** Writes each message as a line of JSON to a file that only its owner can read. For development and demonstrations. */
export function outboxGateway(dataDir: string, clock: Clock): Gateway {
  return {
    concurrency: 8,
    async send({ reference, ...sms }) {
      try {
        await mkdir(join(dataDir, 'outbox'), { recursive: true, mode: 0o700 });
        await appendFile(outboxFile(dataDir), `${JSON.stringify({ at: clock.now(), ...sms, reference })}\n`, { mode: 0o600 });
        return { outcome: 'accepted', reference };
      } catch {
        return { outcome: 'unreached' };
      }
    },
    close: async () => {},
  };
}

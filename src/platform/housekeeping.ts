import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Job } from './jobs.ts';
import { ANSWERS_KEPT_DAYS } from './keys/columns.ts';
import { sql } from './sql.ts';

/** The ground's own recurring work. */
export const housekeepingJobs = (database: Database, clock: Clock): Job[] => [
  {
    name: 'platform.forget_idempotency_keys',
    everySeconds: 3600,
    async run() {
      const oldest = new Date(clock.now().getTime() - ANSWERS_KEPT_DAYS * 86_400_000);
      await database.transaction((tx) => tx.run(sql`delete from idempotency_keys where created_at < ${oldest}`));
    },
  },
  {
    name: 'platform.forget_rate_limits',
    everySeconds: 3600,
    async run() {
      await database.transaction((tx) => tx.run(sql`delete from rate_limits where expire <= ${clock.now().getTime()}`));
    },
  },
];

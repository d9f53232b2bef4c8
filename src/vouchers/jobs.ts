import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { EXPIRY_BATCH, expireVouchers } from './commands.ts';
import { fundsWithExpired } from './store.ts';

export const voucherJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'vouchers.expire',
    everySeconds: 60,
    async run() {
      for (const fund of await fundsWithExpired(db, clock.now())) {
        let expired: number;
        do expired = await execute(expireVouchers, fund, { actor: system });
        while (expired === EXPIRY_BATCH);
      }
    },
  },
];

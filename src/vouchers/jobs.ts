import { system } from '../access/index.ts';
import { eachInTurn, type Ground, type Job } from '../platform/index.ts';
import { EXPIRY_BATCH, expireVouchers } from './commands.ts';
import { fundsWithExpired } from './store.ts';

export const voucherJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'vouchers.expire',
    everySeconds: 60,
    async run() {
      await eachInTurn(await fundsWithExpired(db, clock.now()), async (fund) => {
        let expired: number;
        do expired = await execute(expireVouchers, fund, { actor: system });
        while (expired === EXPIRY_BATCH);
      });
    },
  },
];

import { system } from '../../access/index.ts';
import { type Ground, Interrupted, type Job } from '../../platform/index.ts';
import { returnMore } from './cancel-list.ts';
import { cancelLines } from './commands.ts';
import type { CancelVouchers } from './types.ts';

/**
 * Finishes cancellations of many lines, batch by batch.
 * @param cancelVouchers makes vouchers worth nothing
 * @param batch how many lines one transaction takes at most
 */
export const cancellingJobs = ({ execute }: Ground, cancelVouchers: CancelVouchers, batch?: number): Job[] => [
  {
    name: 'payments.cancel_lines',
    async run({ cancellationId = '' }, closing) {
      const next = cancelLines(cancelVouchers, batch);
      while (await execute(next, { cancellationId }, { actor: system })) if (closing?.aborted) throw new Interrupted();
    },
  },
  {
    name: 'payments.return_lines',
    async run({ listId = '' }, closing) {
      const next = returnMore(batch);
      while (await execute(next, { listId }, { actor: system })) if (closing?.aborted) throw new Interrupted();
    },
  },
];

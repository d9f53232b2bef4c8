import { system } from '../access/index.ts';
import { eachInTurn, type Ground, Interrupted, type Job } from '../platform/index.ts';
import { closeList, drawNextBatch, settleNextBatch } from './commands/index.ts';
import { listsToClose } from './store.ts';
import type { IssueVouchers } from './types.ts';

/**
 * The background work of this room: large lists, each batch in a command of its own, so that a list whose process was killed goes on where it was.
 * @param batch how many instalments or lines a command takes at most
 */
export function paymentJobs({ db, execute, clock }: Pick<Ground, 'db' | 'execute' | 'clock'>, issue: IssueVouchers, batch?: number): Job[] {
  const settle = settleNextBatch(issue);
  const size = batch === undefined ? {} : { batch };
  return [
    {
      name: 'payments.build',
      async run({ listId = '' }, closing) {
        while (await execute(drawNextBatch, { listId, ...size }, { actor: system })) if (closing?.aborted) throw new Interrupted();
      },
    },
    {
      name: 'payments.release',
      async run({ listId = '' }, closing) {
        while (await execute(settle, { listId, ...size }, { actor: system })) if (closing?.aborted) throw new Interrupted();
      },
    },
    {
      name: 'payments.close',
      everySeconds: 900,
      async run() {
        await eachInTurn(await listsToClose(db, clock.now()), (listId) => execute(closeList, { listId }, { actor: system }));
      },
    },
  ];
}

import { queueCodes, sendingOf } from '../../src/messaging/index.ts';
import { paymentJobs } from '../../src/payments/index.ts';
import { issueVouchers } from '../../src/vouchers/index.ts';
import { awaitErrand, connected, groundOf, keyRingOf, type Order, told } from './ground.ts';

// A process that builds or releases a list, one line at a time, and is killed at some point of it.

/** What the test tells the process. */
export interface ListOrder extends Order {
  readonly job: 'payments.build' | 'payments.release';
}

const order = told<ListOrder>();
const ground = groundOf(order.databaseUrl, keyRingOf(order), 1);
const jobs = paymentJobs(
  ground,
  {
    async part(context, list, lines) {
      await issueVouchers(context, list, lines);
      await queueCodes(context.tx, context.now, list.id, lines);
    },
    whenReleased: (listId) => [sendingOf(listId)],
  },
  1,
);
await connected(ground);

awaitErrand(async (listId: string) => {
  await jobs.find(({ name }) => name === order.job)?.run({ listId }, new AbortController().signal);
});

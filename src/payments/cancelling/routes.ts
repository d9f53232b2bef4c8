import type { Ground, Routes } from '../../platform/index.ts';
import { cancelList } from './cancel-list.ts';
import { confirmCancellation, proposeCancellation, withdrawCancellation } from './commands.ts';
import { readCancellation, readCancellations } from './queries.ts';
import type { CancelVouchers } from './types.ts';

type Operation =
  | 'cancelPaymentList'
  | 'proposeCancellation'
  | 'listCancellations'
  | 'getCancellation'
  | 'confirmCancellation'
  | 'withdrawCancellation';

/**
 * @param cancelVouchers makes vouchers worth nothing
 * @param batch how many lines one transaction takes at most
 */
export function cancellingRoutes({ db, execute }: Ground, cancelVouchers: CancelVouchers, batch?: number): Routes<Operation> {
  const confirm = confirmCancellation(cancelVouchers, batch);
  const cancel = cancelList(batch);
  return {
    cancelPaymentList: ({ params, body, ...call }) => execute(cancel, { ...params, ...body }, call),
    proposeCancellation: ({ params, body, ...call }) => execute(proposeCancellation, { ...params, ...body }, call),
    listCancellations: ({ actor, params, query }) => readCancellations(db, actor, params.listId, query),
    getCancellation: ({ actor, params }) => readCancellation(db, actor, params.cancellationId),
    confirmCancellation: ({ params, ...call }) => execute(confirm, params, call),
    withdrawCancellation: ({ params, ...call }) => execute(withdrawCancellation, params, call),
  };
}

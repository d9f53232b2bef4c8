import type { Ground, Routes } from '../platform/index.ts';
import { listVouchers, readVoucher } from './queries.ts';

export const voucherRoutes = ({ db }: Ground): Routes<'listVouchers' | 'getVoucher'> => ({
  listVouchers: ({ actor, params, query }) => listVouchers(db, actor, params.listId, query),
  getVoucher: ({ actor, params }) => readVoucher(db, actor, params.voucherId),
});

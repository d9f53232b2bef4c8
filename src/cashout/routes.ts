import type { Ground, Routes } from '../platform/index.ts';
import { redeemVoucher } from './commands.ts';
import { listPayouts, readPayout } from './queries.ts';

export const cashoutRoutes = ({ db, execute }: Ground): Routes<'redeemVoucher' | 'getPayout' | 'listPayouts'> => ({
  redeemVoucher: ({ body, ...call }) => execute(redeemVoucher, body, call),
  getPayout: ({ actor, params }) => readPayout(db, actor, params.payoutId),
  listPayouts: ({ actor, params, query }) => listPayouts(db, actor, params.programmeId, query),
});

import type { Ground, Routes } from '../platform/index.ts';
import { recordFee } from './commands/record-fee.ts';
import { redeemVoucher } from './commands/redeem.ts';
import { voidPayout } from './commands/void-payout.ts';
import { listFees, listPayouts, readPayout } from './queries.ts';

type Operation = 'redeemVoucher' | 'getPayout' | 'voidPayout' | 'listPayouts' | 'recordPostFee' | 'listPostFees';

export const cashoutRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  redeemVoucher: ({ body, ...call }) => execute(redeemVoucher, body, call),
  getPayout: ({ actor, params }) => readPayout(db, actor, params.payoutId),
  voidPayout: ({ params, body, ...call }) => execute(voidPayout, { ...params, ...body }, call),
  listPayouts: ({ actor, params, query }) => listPayouts(db, actor, params.programmeId, query),
  recordPostFee: ({ params, body, ...call }) => execute(recordFee, { ...params, ...body }, call),
  listPostFees: ({ actor, params, query }) => listFees(db, actor, params.programmeId, query),
});

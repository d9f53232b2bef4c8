import type { Ground, Routes } from '../platform/index.ts';
import { askChange, confirmChange, withdrawChange } from './change-commands.ts';
import { extendVoucher, lockVoucher } from './life-commands.ts';
import { listChanges, listVouchers, readVoucher } from './queries.ts';
import type { SendNewCodes } from './types.ts';

type Operation =
  | 'listVouchers'
  | 'getVoucher'
  | 'lockVoucher'
  | 'extendVoucher'
  | 'askVoucherChange'
  | 'listVoucherChanges'
  | 'confirmVoucherChange'
  | 'withdrawVoucherChange';

/** @param send puts another code on its way to whoever collects */
export function voucherRoutes({ db, execute }: Ground, send: SendNewCodes): Routes<Operation> {
  const confirm = confirmChange(send);
  return {
    listVouchers: ({ actor, params, query }) => listVouchers(db, actor, params.listId, query),
    getVoucher: ({ actor, params }) => readVoucher(db, actor, params.voucherId),
    lockVoucher: ({ params, body, ...call }) => execute(lockVoucher, { ...params, ...body }, call),
    extendVoucher: ({ params, body, ...call }) => execute(extendVoucher, { ...params, ...body }, call),
    askVoucherChange: ({ params, body, ...call }) => execute(askChange, { ...params, ...body }, call),
    listVoucherChanges: ({ actor, params, query }) => listChanges(db, actor, params.voucherId, query),
    confirmVoucherChange: ({ params, ...call }) => execute(confirm, params, call),
    withdrawVoucherChange: ({ params, ...call }) => execute(withdrawChange, params, call),
  };
}

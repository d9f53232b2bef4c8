import { Download, type Ground, type Routes } from '../platform/index.ts';
import { lookUp } from './commands/look-up.ts';
import { payLookedUp } from './commands/pay.ts';
import { printReceipt } from './commands/print-receipt.ts';
import { recordFee } from './commands/record-fee.ts';
import { redeemVoucher } from './commands/redeem.ts';
import { moveSafeCash } from './commands/safe.ts';
import { closeTill, openTill, signTill, topUpTill } from './commands/tills.ts';
import { voidPayout } from './commands/void-payout.ts';
import { listFees, listOwnTills, listPayouts, listTills, readOfficeCash, readPayout, readTill } from './queries.ts';
import { receiptPage } from './receipt/page.ts';
import { say } from './words/index.ts';

type Operation =
  | 'redeemVoucher'
  | 'lookUpVoucher'
  | 'payLookedUp'
  | 'getPayout'
  | 'voidPayout'
  | 'printReceipt'
  | 'listPayouts'
  | 'openTill'
  | 'listOfficeTills'
  | 'listOwnTills'
  | 'getTill'
  | 'topUpTill'
  | 'closeTill'
  | 'signTill'
  | 'getOfficeCash'
  | 'moveSafeCash'
  | 'recordPostFee'
  | 'listPostFees';

export const cashoutRoutes = ({ db, execute, clock }: Ground): Routes<Operation> => ({
  redeemVoucher: ({ body, ...call }) => execute(redeemVoucher, body, call),
  lookUpVoucher: async ({ body, ...call }) => {
    const { warnings, ...found } = await execute(lookUp, body, call);
    return { ...found, warnings: warnings.map((code) => ({ code, detail: say(code)[call.language] })) };
  },
  payLookedUp: ({ params, body, ...call }) => execute(payLookedUp, { ...params, ...body }, call),
  getPayout: ({ actor, params }) => readPayout(db, actor, params.payoutId),
  voidPayout: ({ params, body, ...call }) => execute(voidPayout, { ...params, ...body }, call),
  printReceipt: async ({ params, query: { format, language = 'fr' }, headers, ...call }) => {
    const receipt = await execute(printReceipt, params, call);
    if (format !== 'html') return receipt;
    return new Download('text/html; charset=utf-8', `receipt-${receipt.payoutId}.html`, [receiptPage(receipt, language)], receipt);
  },
  listPayouts: ({ actor, params, query }) => listPayouts(db, actor, params.programmeId, query),
  openTill: ({ params, body, ...call }) => execute(openTill, { ...params, ...body }, call),
  listOfficeTills: ({ actor, params, query }) => listTills(db, actor, params.officeId, query),
  listOwnTills: ({ actor, query }) => listOwnTills(db, actor, query),
  getTill: ({ actor, params }) => readTill(db, actor, params.tillId),
  topUpTill: ({ params, body, ...call }) => execute(topUpTill, { ...params, ...body }, call),
  closeTill: ({ params, body, ...call }) => execute(closeTill, { ...params, ...body }, call),
  signTill: ({ params, body, ...call }) => execute(signTill, { ...params, ...body }, call),
  getOfficeCash: ({ actor, params }) => readOfficeCash(db, actor, params.officeId, clock.now()),
  moveSafeCash: ({ params, body, ...call }) => execute(moveSafeCash, { ...params, ...body }, call),
  recordPostFee: ({ params, body, ...call }) => execute(recordFee, { ...params, ...body }, call),
  listPostFees: ({ actor, params, query }) => listFees(db, actor, params.programmeId, query),
});

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
import { inTheirLanguage, languageOf, textOf } from './speaking.ts';

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

const wanted = (headers: { readonly 'accept-language'?: string | undefined }) => headers['accept-language'];

export const cashoutRoutes = ({ db, execute, clock }: Ground): Routes<Operation> => ({
  redeemVoucher: ({ body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(redeemVoucher, body, call)),
  lookUpVoucher: async ({ body, headers, ...call }) => {
    const { warnings, ...found } = await inTheirLanguage(wanted(headers), execute(lookUp, body, call));
    const language = languageOf(wanted(headers));
    return { ...found, warnings: warnings.map((code) => ({ code, detail: textOf(language, code) })) };
  },
  payLookedUp: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(payLookedUp, { ...params, ...body }, call)),
  getPayout: ({ actor, params }) => readPayout(db, actor, params.payoutId),
  voidPayout: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(voidPayout, { ...params, ...body }, call)),
  printReceipt: async ({ params, query: { format, language = 'fr' }, headers, ...call }) => {
    const receipt = await inTheirLanguage(wanted(headers), execute(printReceipt, params, call));
    if (format !== 'html') return receipt;
    return new Download('text/html; charset=utf-8', `receipt-${receipt.payoutId}.html`, [receiptPage(receipt, language)], receipt);
  },
  listPayouts: ({ actor, params, query }) => listPayouts(db, actor, params.programmeId, query),
  openTill: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(openTill, { ...params, ...body }, call)),
  listOfficeTills: ({ actor, params, query }) => listTills(db, actor, params.officeId, query),
  listOwnTills: ({ actor, query }) => listOwnTills(db, actor, query),
  getTill: ({ actor, params }) => readTill(db, actor, params.tillId),
  topUpTill: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(topUpTill, { ...params, ...body }, call)),
  closeTill: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(closeTill, { ...params, ...body }, call)),
  signTill: ({ params, body, headers, ...call }) => inTheirLanguage(wanted(headers), execute(signTill, { ...params, ...body }, call)),
  getOfficeCash: ({ actor, params }) => readOfficeCash(db, actor, params.officeId, clock.now()),
  moveSafeCash: ({ params, body, headers, ...call }) =>
    inTheirLanguage(wanted(headers), execute(moveSafeCash, { ...params, ...body }, call)),
  recordPostFee: ({ params, body, ...call }) => execute(recordFee, { ...params, ...body }, call),
  listPostFees: ({ actor, params, query }) => listFees(db, actor, params.programmeId, query),
});

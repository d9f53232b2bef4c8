import { Download, type Ground, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { decideInvoice } from './invoices/decide-invoice.ts';
import { listInvoiceLines, listInvoices, readInvoiceSheet } from './invoices/queries.ts';
import { readInvoiceFile } from './invoices/read-file.ts';
import { recordInvoice } from './invoices/record-invoice.ts';
import { listOfficeDays, listPayables } from './payables/queries.ts';
import { approveSettlement, cancelSettlement, rejectSettlement, submitSettlement } from './steps/decide.ts';
import { draftSettlement } from './steps/draft.ts';
import { downloadOrder, instructSettlement } from './steps/instruct.ts';
import { confirmSettlement } from './steps/pay.ts';
import { listSettlements, orderFile, readSettlement } from './steps/queries.ts';
import { confirmPostTerms } from './terms/confirm-terms.ts';
import { readTerms } from './terms/queries.ts';
import { setPostTerms } from './terms/set-terms.ts';

type Operation =
  | 'listPayables'
  | 'listOfficeDays'
  | 'getPostTerms'
  | 'setPostTerms'
  | 'confirmPostTerms'
  | 'recordPostInvoice'
  | 'recordPostInvoiceFile'
  | 'listPostInvoices'
  | 'getPostInvoice'
  | 'listPostInvoiceLines'
  | 'decidePostInvoice'
  | 'draftSettlement'
  | 'listSettlements'
  | 'getSettlement'
  | 'submitSettlement'
  | 'approveSettlement'
  | 'rejectSettlement'
  | 'instructSettlement'
  | 'downloadSettlementOrder'
  | 'confirmSettlement'
  | 'cancelSettlement';

export const settlementRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  listPayables: ({ actor, params, query }) => listPayables(db, actor, params.programmeId, query),
  listOfficeDays: ({ actor, params, query }) => listOfficeDays(db, actor, params.programmeId, query),
  getPostTerms: async ({ actor, params, query }) => {
    const terms = await readTerms(db, actor, params.programmeId, query.version);
    return new Versioned(terms, terms.version);
  },
  setPostTerms: async ({ params, ifMatch, body, ...call }) => {
    const { payer, payee } = body;
    const terms = { ...body, payer: { bic: null, ...payer }, payee: { bic: null, ...payee }, version: versionIn(ifMatch) };
    const set = await execute(setPostTerms, { ...params, ...terms }, call);
    return new Versioned(set, set.version);
  },
  confirmPostTerms: ({ params, body, ...call }) => execute(confirmPostTerms, { ...params, ...body }, call),
  recordPostInvoice: ({ params, body, ...call }) => {
    const lines = body.lines.map(({ day = null, fee = '0', ...line }) => ({ ...line, day, fee }));
    return execute(recordInvoice, { ...params, ...body, lines }, call);
  },
  recordPostInvoiceFile: async ({ params, query, body, ...call }) => {
    const { payoutCount, principal, fee, ...invoice } = query;
    const table = await readInvoiceFile(body, invoice.currency);
    return execute(recordInvoice, { ...params, ...invoice, totals: { payoutCount, principal, fee }, ...table }, call);
  },
  listPostInvoices: ({ actor, params, query }) => listInvoices(db, actor, params.programmeId, query),
  getPostInvoice: ({ actor, params }) => readInvoiceSheet(db, actor, params.invoiceId),
  listPostInvoiceLines: ({ actor, params, query }) => listInvoiceLines(db, actor, params.invoiceId, query),
  decidePostInvoice: ({ params, body, ...call }) => execute(decideInvoice, { ...params, ...body }, call),
  draftSettlement: ({ params, body, ...call }) => execute(draftSettlement, { ...params, ...body }, call),
  listSettlements: ({ actor, params, query }) => listSettlements(db, actor, params.programmeId, query),
  getSettlement: ({ actor, params }) => readSettlement(db, actor, params.settlementId),
  submitSettlement: ({ params, body: _none, ...call }) => execute(submitSettlement, params, call),
  approveSettlement: ({ params, body: _none, ...call }) => execute(approveSettlement, params, call),
  rejectSettlement: ({ params, body, ...call }) => execute(rejectSettlement, { ...params, ...body }, call),
  instructSettlement: ({ params, body, ...call }) => execute(instructSettlement, { ...params, ...body }, call),
  downloadSettlementOrder: async ({ params, ...call }) => {
    const { digest } = await execute(downloadOrder, params, call);
    const { content } = await orderFile(db, params.settlementId);
    return new Download('application/xml', `settlement-${digest.slice(0, 8)}.xml`, [content]);
  },
  confirmSettlement: ({ params, body, ...call }) => execute(confirmSettlement, { ...params, ...body }, call),
  cancelSettlement: ({ params, body, ...call }) => execute(cancelSettlement, { ...params, ...body }, call),
});

import { command, dateIn, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { reconciliationProblem } from '../../problems.ts';
import { findInvoice } from '../invoices/store.ts';
import { termsInForce } from '../terms/store.ts';
import type { SettlementSheet } from '../types.ts';
import { findOrder, insertOrder } from './file-store.ts';
import { orderOf } from './order.ts';
import { sheetOf } from './queries.ts';
import { notItsTurn, scopeOfSettlement, settlementById, settlementToMove, takeStep } from './step.ts';
import { moveSettlement } from './store.ts';

/** The latest day that the bank is told to pay from, counted from today. */
const DAYS_AHEAD = 60;
const DAY_MS = 86_400_000;

/**
 * Writes the order to the bank for an approved settlement, once: it is the same file ever after.
 * @throws not_found; no_post_terms before it is known where the money goes; unprocessable for a day that has passed; conflict when it is not
 *   approved, or was approved to go to other accounts; separation_of_duties
 */
export const instructSettlement = command<{ readonly settlementId: string; readonly executeOn?: string | undefined }, SettlementSheet>({
  name: 'reconciliation.instruct_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId, executeOn }) {
    const { tx, now } = context;
    const before = await settlementToMove(context, settlementId);
    if (before.state !== 'approved') throw notItsTurn(before.state);
    const { programmeId, invoiceId } = before;
    const terms = await termsInForce(tx, programmeId);
    if (!terms)
      throw reconciliationProblem.no_post_terms(
        'Set from which account to which account the post is paid, and have a colleague confirm it.',
      );
    const { programme } = await programmeById(tx, programmeId);
    const today = dateIn(programme.timeZone, now);
    const day = executeOn ?? today;
    const latest = new Date(Date.parse(today) + DAYS_AHEAD * DAY_MS).toISOString().slice(0, 10);
    if (day < today || day > latest)
      throw problem.unprocessable('The bank cannot be told so.', {}, [
        { pointer: '/body/executeOn', detail: `Give a day from ${today} to ${latest}.` },
      ]);
    const invoice = invoiceId === null ? undefined : await findInvoice(tx, invoiceId);
    const content = await orderOf(before, terms, { executeOn: day, createdAt: now, invoiceNumber: invoice?.number ?? null });
    await insertOrder(tx, { settlementId, programmeId, at: now }, { termsVersion: terms.version, executeOn: day, content });
    await takeStep(context, before, 'instructed');
    await moveSettlement(tx, settlementId, 'instructed');
    const result = await sheetOf(tx, settlementId);
    return { result, subject: { type: 'settlement', id: settlementId }, before, after: result };
  },
});

/** Gives the order to the bank out, as it was written. @throws not_found; conflict when there is none, or the settlement was cancelled */
export const downloadOrder = command<{ readonly settlementId: string }, { readonly digest: string }>({
  name: 'reconciliation.download_settlement',
  scope: scopeOfSettlement,
  async run({ tx }, { settlementId }) {
    const { state } = await settlementById(tx, settlementId);
    const order = await findOrder(tx, settlementId);
    if (!order || (state !== 'instructed' && state !== 'paid')) throw problem.conflict('There is no order to give to the bank.', { state });
    const result = { digest: order.digest };
    return { result, subject: { type: 'settlement', id: settlementId }, after: result };
  },
});

import { authoriseRead } from '../../../access/index.ts';
import { type Actor, cursorKey, type Db, Money, type Page, pageOf, pageRequestById, problem } from '../../../platform/index.ts';
import { openProgramme, type PageQuery } from '../../queries.ts';
import type { Stated } from '../../types.ts';
import { comparedLines, notInvoiced } from './comparison-store.ts';
import { differencesOf } from './rules.ts';
import { findInvoice, pageOfInvoices } from './store.ts';
import type { ComparedLine, Difference, Invoice, InvoiceState } from './types.ts';

/** So many offices that an invoice leaves out are named. */
const NAMED = 200;

/** @throws not_found */
export async function invoiceById(db: Db, id: string): Promise<Invoice> {
  const invoice = await findInvoice(db, id);
  if (!invoice) throw problem.not_found('There is no such record.');
  return invoice;
}

/** The invoices of the post in a programme, in the order in which they were recorded. @throws not_found */
export async function listInvoices(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PageQuery & { readonly state?: InvoiceState },
): Promise<Page<Invoice>> {
  await openProgramme(db, actor, programmeId);
  const { limit, after } = pageRequestById(query);
  return pageOfInvoices(db, programmeId, query.state, limit, after);
}

/** An invoice with how many of its lines differ, by name, and the offices that it leaves out. */
export interface InvoiceSheet extends Invoice {
  readonly differences: { readonly difference: Difference; readonly lineCount: number }[];
  readonly notInvoiced: { readonly officeId: string; readonly officeCode: string; readonly payoutCount: number; readonly amount: Stated }[];
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readInvoiceSheet(db: Db, actor: Actor, id: string): Promise<InvoiceSheet> {
  const invoice = await openInvoice(db, actor, id);
  const counts = new Map<Difference, number>();
  for (const line of await comparedLines(db, id))
    for (const difference of differencesOf(line)) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  const differences = [...counts].map(([difference, lineCount]) => ({ difference, lineCount }));
  const left = (await notInvoiced(db, id, NAMED)).map(({ amount, currency, ...office }) => ({
    ...office,
    amount: Money.of(amount, currency).toJSON(),
  }));
  return { ...invoice, differences, notInvoiced: left };
}

async function openInvoice(db: Db, actor: Actor, id: string): Promise<Invoice> {
  authoriseRead(actor, 'reconciliation.read');
  const invoice = await invoiceById(db, id);
  authoriseRead(actor, 'reconciliation.read', { programme: invoice.programmeId });
  return invoice;
}

/** What an invoice asks for, line by line, beside what we know. @throws not_found */
export async function listInvoiceLines(db: Db, actor: Actor, id: string, { limit = 50, cursor }: PageQuery): Promise<Page<ShownLine>> {
  await openInvoice(db, actor, id);
  const after = Number(cursorKey(cursor, (key) => /^[1-9]\d{0,5}$/.test(key)) ?? 0);
  return pageOf((await comparedLines(db, id, after, limit + 1)).map(shownLine), limit, ({ position }) => String(position));
}

const both = ({ principal, fee }: { principal: Money; fee: Money }) => ({ principal: principal.toJSON(), fee: fee.toJSON() });

/** A line as the API shows it. */
const shownLine = (line: ComparedLine) => {
  const { position, officeId, officeCode, day, theirs, ours, agreedFee, claimedBefore, feeBefore, accepted, exceptionIds } = line;
  return {
    position,
    officeId,
    officeCode,
    day,
    theirs: { payoutCount: theirs.payoutCount, ...both(theirs) },
    ours: { payoutCount: ours.payoutCount, principal: ours.principal.toJSON() },
    agreedFee: agreedFee?.toJSON() ?? null,
    claimedBefore: claimedBefore.toJSON(),
    feeBefore: feeBefore.toJSON(),
    differences: differencesOf(line),
    exceptionIds: [...exceptionIds],
    accepted: accepted && both(accepted),
  };
};

type ShownLine = ReturnType<typeof shownLine>;

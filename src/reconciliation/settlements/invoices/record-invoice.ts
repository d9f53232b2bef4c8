import { brokenConstraint, command, newId, type ProblemPlace, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { tariffToGoBy } from '../terms/store.ts';
import { readInvoice } from './read-lines.ts';
import { findInvoice, insertInvoice } from './store.ts';
import type { Invoice, NewInvoice } from './types.ts';

export interface InvoiceToRecord extends NewInvoice {
  readonly programmeId: string;
  /** Where each of its lines stands in its file; none where it comes as JSON. */
  readonly rows?: readonly number[];
}

/**
 * Records an invoice of the post: whole, or not at all.
 * @throws not_found; unprocessable, naming each line that is wrong and each total that it does not add up to; conflict when its number was
 *   recorded before
 */
export const recordInvoice = command<InvoiceToRecord, Invoice>({
  name: 'reconciliation.record_invoice',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, rows, ...invoice }) {
    const { programme } = await programmeById(tx, programmeId);
    if (invoice.currency !== programme.currency)
      throw unfit([{ pointer: '/currency', detail: `The programme pays in ${programme.currency}.` }]);
    const answer = readInvoice(invoice, (i, field) =>
      rows ? { row: rows[i] ?? 1, cell: field, detail: '' } : { pointer: `/lines/${i}/${field}`, detail: '' },
    );
    if ('faults' in answer) throw unfit(answer.faults);
    const id = newId();
    const termsVersion = await tariffToGoBy(tx, programmeId);
    try {
      await insertInvoice(tx, { ...invoice, id, programmeId, termsVersion, by: actor.id, at: now }, answer.read);
    } catch (error) {
      if (brokenConstraint(error) !== 'post_invoices_number_once') throw error;
      throw problem.conflict(`The invoice ${invoice.number} was recorded before.`);
    }
    const result = await findInvoice(tx, id);
    if (!result) throw new Error('an invoice that was recorded is not there');
    return { result, subject: { type: 'post_invoice', id }, after: result };
  },
});

const unfit = (faults: ProblemPlace[]) => problem.unprocessable('The invoice is refused as a whole.', {}, faults);

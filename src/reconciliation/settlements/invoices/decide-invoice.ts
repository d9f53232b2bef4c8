import { brokenConstraint, command, Money, type ProblemPlace, problem } from '../../../platform/index.ts';
import { comparedLines } from './comparison-store.ts';
import { invoiceById } from './queries.ts';
import { agreeing } from './rules.ts';
import { decideInvoiceRow, insertAcceptances, lockInvoices } from './store.ts';
import type { ComparedLine, Invoice } from './types.ts';

/** What somebody decides on an invoice. */
export interface InvoiceDecision {
  readonly invoiceId: string;
  readonly decision: 'disputed' | 'accepted' | 'partly_accepted';
  readonly reason?: string | undefined;
  /** In part: what is agreed to, line by line; left out is as much of every line as agrees. */
  readonly lines?: readonly { readonly position: number; readonly principal: string; readonly fee: string }[] | undefined;
}

interface Acceptance {
  readonly position: number;
  readonly principal: Money;
  readonly fee: Money;
}

/**
 * Disputes an invoice, or agrees to it, in full or in part. Only what was agreed to is settled.
 * @throws not_found; conflict when it was agreed to before; unprocessable without a reason,
 *   which acceptance in full needs too where it goes beyond what agrees, for a line that there is not, or more than it asks
 *   for; separation_of_duties
 */
export const decideInvoice = command<InvoiceDecision, Invoice>({
  name: 'reconciliation.decide_invoice',
  scope: async (db, { invoiceId }) => ({ programme: (await invoiceById(db, invoiceId)).programmeId }),
  async run({ tx, actor, now }, { invoiceId, decision, reason, lines }) {
    await lockInvoices(tx, (await invoiceById(tx, invoiceId)).programmeId);
    const before = await invoiceById(tx, invoiceId);
    if (before.state === 'accepted' || before.state === 'partly_accepted')
      throw problem.conflict('The invoice was agreed to already.', { state: before.state });
    if (decision !== 'accepted' && !reason) throw refusal([{ pointer: '/reason', detail: 'Say why.' }]);
    const accepted = decision === 'disputed' ? [] : acceptances(decision, await comparedLines(tx, invoiceId), lines);
    try {
      await insertAcceptances(tx, invoiceId, accepted);
      await decideInvoiceRow(tx, invoiceId, { state: decision, reason: reason ?? null, by: actor.id, at: now });
    } catch (error) {
      throw refusalOf(brokenConstraint(error)) ?? error;
    }
    const result = await invoiceById(tx, invoiceId);
    return { result, subject: { type: 'post_invoice', id: invoiceId }, before, after: result, ...(reason ? { reason } : {}) };
  },
});

const refusal = (places: ProblemPlace[]) => problem.unprocessable('The invoice is not decided like this.', {}, places);

function acceptances(decision: 'accepted' | 'partly_accepted', compared: ComparedLine[], lines: InvoiceDecision['lines']): Acceptance[] {
  if (decision === 'accepted') {
    const unknown = compared.filter(({ officeId }) => officeId === null).map(({ officeCode }) => officeCode);
    if (unknown.length > 0)
      throw refusal([{ pointer: '/decision', detail: `We know no office ${unknown[0]}. Accept the invoice in part.` }]);
    return compared.map(({ position, theirs: { principal, fee } }) => ({ position, principal, fee }));
  }
  const some = lines ? named(compared, lines) : compared.map((line) => ({ position: line.position, ...agreeing(line) }));
  const accepted = some.filter(({ principal, fee }) => !principal.isZero || !fee.isZero);
  if (accepted.length === 0)
    throw refusal([{ pointer: '/lines', detail: 'Nothing of the invoice would be accepted. Dispute it instead.' }]);
  return accepted;
}

function named(compared: readonly ComparedLine[], lines: NonNullable<InvoiceDecision['lines']>): Acceptance[] {
  const byPosition = new Map(compared.map((line) => [line.position, line]));
  const faults: ProblemPlace[] = [];
  const accepted = lines.flatMap(({ position, principal, fee }, i): Acceptance[] => {
    const line = byPosition.get(position);
    const fault = (field: string, detail: string): [] => {
      faults.push({ pointer: `/lines/${i}/${field}`, detail });
      return [];
    };
    if (!line) return fault('position', 'The invoice has no such line, or it is named twice.');
    byPosition.delete(position);
    if (line.officeId === null) return fault('position', `We know no office ${line.officeCode}.`);
    const { currency } = line.theirs.principal;
    try {
      const read = { position, principal: Money.of(principal, currency), fee: Money.of(fee, currency) };
      for (const field of ['principal', 'fee'] as const)
        if (read[field].isNegative || read[field].compare(line.theirs[field]) > 0)
          return fault(field, `From zero to ${line.theirs[field]} ${currency}, as it asks for.`);
      return [read];
    } catch (error) {
      return fault('principal', (error as Error).message);
    }
  });
  if (faults.length > 0) throw refusal(faults);
  return accepted;
}

function refusalOf(constraint: string | undefined) {
  if (constraint === 'post_invoices_decided')
    return refusal([{ pointer: '/decision', detail: 'In full means every line in full, and in part means less.' }]);
  if (constraint === 'post_invoices_beyond_reasoned')
    return refusal([{ pointer: '/reason', detail: 'More is accepted than our pay-outs, the tariff and other invoices leave. Say why.' }]);
  return undefined;
}

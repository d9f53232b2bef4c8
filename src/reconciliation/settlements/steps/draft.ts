import {
  brokenConstraint,
  command,
  dateIn,
  Money,
  newId,
  type ProblemPlace,
  placesWrong,
  problem,
  type Tx,
} from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { reconciliationProblem } from '../../problems.ts';
import type { Stated } from '../../types.ts';
import { invoiceById } from '../invoices/queries.ts';
import { type Payable, payablesOf } from '../payables/store.ts';
import type { SettlementSheet } from '../types.ts';
import { invoicedOffices } from './invoice-share-store.ts';
import { sheetOf } from './queries.ts';
import { referenceOf, type Share, sharesOf } from './rules.ts';
import { fundCurrency, insertSettlement, insertStep, lockSettlements, moveSettlement } from './store.ts';

/** A settlement as somebody asks for it: of an invoice, or of offices and amounts. */
export interface NewSettlement {
  readonly programmeId: string;
  readonly fundId: string;
  /** The end-to-end identifier; one is made when it is left out. */
  readonly reference?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly items?: readonly { readonly officeId: string; readonly amount: Stated }[] | undefined;
  /** The days whose pay-outs it pays for: those of the invoice, or from the programme's first day until today, when left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Whether it goes on to be approved at once. */
  readonly submit?: boolean | undefined;
}

interface Content {
  readonly shares: readonly Share[];
  readonly from: string;
  readonly to: string;
}

/**
 * Makes a settlement, and has it wait for its approval where that is asked for. Nothing is posted yet, but what it claims no other claims.
 * @throws not_found; unprocessable for amounts that cannot be read, an office named twice, or an invoice of which nothing is left to settle;
 *   settlement_exceeds_payable, naming each office, when more is claimed than is owed and not claimed yet; conflict when the reference was
 *   used before, or the invoice was not agreed to; separation_of_duties
 */
export const draftSettlement = command<NewSettlement, SettlementSheet>({
  name: 'reconciliation.draft_settlement',
  async scope(db, { programmeId, fundId }) {
    if (!(await fundCurrency(db, programmeId, fundId))) throw problem.not_found('There is no such record.');
    return { programme: programmeId, fund: fundId };
  },
  async run({ tx, actor, now }, asked) {
    const { programmeId, fundId, invoiceId = null } = asked;
    const currency = (await fundCurrency(tx, programmeId, fundId)) ?? '';
    await lockSettlements(tx, fundId);
    const { shares, from, to } = await contentOf(tx, asked, currency, now);
    const id = newId();
    const reference = asked.reference ?? referenceOf(id);
    const amount = Money.sum(
      shares.flatMap(({ principal, fee }) => [principal, fee]),
      currency,
    );
    try {
      await insertSettlement(tx, { id, programmeId, fundId, reference, amount, from, to, invoiceId, by: actor.id, at: now }, shares);
    } catch (error) {
      throw refusalOf(brokenConstraint(error), reference) ?? error;
    }
    if (asked.submit) {
      await insertStep(tx, id, { step: 'submitted', by: actor.id, at: now, note: null });
      await moveSettlement(tx, id, 'submitted');
    }
    const result = await sheetOf(tx, id);
    return { result, subject: { type: 'settlement', id }, after: result };
  },
});

function refusalOf(constraint: string | undefined, reference: string) {
  switch (constraint) {
    case 'settlements_reference_once':
      return problem.conflict(`The reference ${reference} was used before.`);
    case 'settlements_within_owed':
      return reconciliationProblem.settlement_exceeds_payable('Nothing was settled. Claim what is owed or less.');
    case 'settlements_within_invoice':
      return problem.conflict('Another settlement takes this of the invoice. Read the invoice again.');
    case 'settlement_lines_office_id_fkey':
      return problem.unprocessable('There is no such office.');
    default:
      return undefined;
  }
}

async function contentOf(tx: Tx, asked: NewSettlement, currency: string, now: Date): Promise<Content> {
  const { invoiceId, items } = asked;
  if ((invoiceId === undefined) === (items === undefined))
    throw refused([{ pointer: '/items', detail: 'Name an invoice, or offices with amounts.' }]);
  return invoiceId === undefined ? ofOffices(tx, asked, items ?? [], currency, now) : ofInvoice(tx, asked, invoiceId);
}

async function ofInvoice(tx: Tx, { programmeId, fundId }: NewSettlement, invoiceId: string): Promise<Content> {
  const invoice = await invoiceById(tx, invoiceId);
  if (invoice.programmeId !== programmeId) throw problem.not_found('There is no such record.');
  if (invoice.state !== 'accepted' && invoice.state !== 'partly_accepted')
    throw problem.conflict('Only what was agreed to of an invoice is settled. Accept it first.', { state: invoice.state });
  const shares = sharesOf(await invoicedOffices(tx, invoiceId, fundId));
  if (shares.length === 0)
    throw refused([{ pointer: '/invoiceId', detail: 'Nothing of this invoice is left to settle out of this fund.' }]);
  return { shares, from: invoice.from, to: invoice.to };
}

async function ofOffices(
  tx: Tx,
  { programmeId, fundId, from, to }: NewSettlement,
  items: NonNullable<NewSettlement['items']>,
  currency: string,
  now: Date,
): Promise<Content> {
  const { programme } = await programmeById(tx, programmeId);
  const days = { from: from ?? programme.startsOn, to: to ?? dateIn(programme.timeZone, now) };
  if (days.to < days.from) throw refused([{ pointer: '/to', detail: `Not before ${days.from}.` }]);
  const shares = readItems(items, currency);
  const owed = await payablesOf(
    tx,
    fundId,
    shares.map(({ officeId }) => officeId),
  );
  refuseOverclaim(shares, owed, currency);
  return { shares, ...days };
}

const refused = (faults: ProblemPlace[]) => placesWrong(faults);

function readItems(items: NonNullable<NewSettlement['items']>, currency: string): Share[] {
  const faults: ProblemPlace[] = [];
  const named = new Set<string>();
  const shares = items.map(({ officeId, amount }, i): Share => {
    if (named.has(officeId)) faults.push({ pointer: `/items/${i}/officeId`, detail: 'The office is named twice. Add the amounts up.' });
    named.add(officeId);
    let read = Money.zero(currency);
    if (amount.currency !== currency) {
      faults.push({ pointer: `/items/${i}/amount/currency`, detail: `The fund is in ${currency}.` });
    } else {
      try {
        read = Money.of(amount.amount, currency);
        if (read.isZero || read.isNegative) faults.push({ pointer: `/items/${i}/amount/amount`, detail: 'An amount above zero.' });
      } catch (error) {
        faults.push({ pointer: `/items/${i}/amount/amount`, detail: (error as Error).message });
      }
    }
    return { officeId, principal: read, fee: Money.zero(currency) };
  });
  if (faults.length > 0) throw refused(faults);
  return shares;
}

function refuseOverclaim(shares: readonly Share[], payables: readonly Payable[], currency: string): void {
  const byOffice = new Map(payables.map((payable) => [payable.officeId, payable]));
  const faults = shares.flatMap(({ officeId, principal }, i): ProblemPlace[] => {
    const payable = byOffice.get(officeId);
    const free = Money.of(payable?.owed.amount ?? '0', currency).minus(Money.of(payable?.claimed.amount ?? '0', currency));
    if (principal.compare(free) <= 0) return [];
    const office = payable ? `Office ${payable.officeCode}` : 'This office';
    return [
      { pointer: `/items/${i}/amount`, detail: `${office} is owed ${free} ${currency} that no settlement claims yet, not ${principal}.` },
    ];
  });
  if (faults.length > 0)
    throw reconciliationProblem.settlement_exceeds_payable('Nothing was settled. Claim what is owed or less.', {}, faults);
}

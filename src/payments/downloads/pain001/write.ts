import { Money } from '../../../platform/index.ts';
import { isIban } from './account.ts';
import type { AccountPayment, CashPayment, Debtor, PaymentBatch, PaymentMessage } from './message.ts';
import { element, textOf } from './xml.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
const PIECE_CHARACTERS = 64 * 1024;
/** The schema's field lengths, in characters. */
const [ID, NAME, ACCOUNT, REMITTANCE] = [35, 140, 34, 140];
/** What a field that must be there holds when nobody said (the usage that bank guides agree on). */
const NOT_PROVIDED = 'NOTPROVIDED';
/** Paid in cash at a counter against the end-to-end identification: there is no creditor's account. */
const CASH = 'CASH';

/** What was read is not what the header of the message says: it has to be written again. */
export class TotalsChanged extends Error {
  override readonly name = 'TotalsChanged';
}

/**
 * Writes a customer credit transfer initiation (ISO 20022 pain.001.001.09) as its payments are read; nothing of them is held.
 *
 * Money for an account names the account and the bank that keeps it. Cash has no account to be credited, so each payment names its creditor and no account, by payment method `TRF` and the
 * proprietary local instrument `CASH`. A cheque (`CHK`) would have the partner print paper that nobody presents.
 * @throws TotalsChanged when the payments of a batch are not as many, or not as much, as it says
 */
export async function* writePain001(message: PaymentMessage): AsyncGenerator<Buffer, void> {
  let piece = `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}"><CstmrCdtTrfInitn>${groupHeader(message)}`;
  for (const batch of message.batches) {
    piece += batchStart(message, batch);
    let [count, sum] = [0, Money.zero(batch.sum.currency)];
    for await (const { xml, payment } of transactions(batch)) {
      piece += xml;
      count += 1;
      sum = sum.plus(payment.amount);
      if (piece.length < PIECE_CHARACTERS) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    if (count !== batch.count || !sum.equals(batch.sum)) throw new TotalsChanged();
    piece += '</PmtInf>';
  }
  yield Buffer.from(`${piece}</CstmrCdtTrfInitn></Document>\n`);
}

function groupHeader({ id, createdAt, debtor, batches }: PaymentMessage): string {
  const count = batches.reduce((all, batch) => all + batch.count, 0);
  const [first] = batches;
  if (!first || count === 0) throw new RangeError('a message has at least one payment');
  const sum = Money.sum(
    batches.map((batch) => batch.sum),
    first.sum.currency,
  );
  return element(
    'GrpHdr',
    element('MsgId', textOf(id, ID)) +
      element('CreDtTm', createdAt.toISOString()) +
      totals(count, sum) +
      element('InitgPty', element('Nm', textOf(debtor.name, NAME))),
  );
}

const totals = (count: number, sum: Money): string => element('NbOfTxs', String(count)) + element('CtrlSum', sum.toString());

async function* transactions({ payments }: PaymentBatch): AsyncGenerator<{ xml: string; payment: CashPayment | AccountPayment }, void> {
  if ('cash' in payments) for await (const payment of payments.cash) yield { xml: inCash(payment), payment };
  else for await (const payment of payments.accounts) yield { xml: toAccount(payment), payment };
}

function batchStart({ executeOn, debtor }: PaymentMessage, { id, count, sum, payments }: PaymentBatch): string {
  return (
    `<PmtInf>${element('PmtInfId', textOf(id, ID))}<PmtMtd>TRF</PmtMtd>${totals(count, sum)}` +
    ('cash' in payments ? element('PmtTpInf', element('LclInstrm', element('Prtry', CASH))) : '') +
    element('ReqdExctnDt', element('Dt', executeOn)) +
    debtorOf(debtor, sum.currency)
  );
}

const accountOf = ({ account }: Debtor): string =>
  element('Id', isIban(account) ? element('IBAN', account) : element('Othr', element('Id', textOf(account, ACCOUNT))));

const bankOf = ({ bic }: Debtor): string =>
  element('FinInstnId', bic ? element('BICFI', bic) : element('Othr', element('Id', NOT_PROVIDED)));

const debtorOf = (debtor: Debtor, currency: string): string =>
  element('Dbtr', element('Nm', textOf(debtor.name, NAME))) +
  element('DbtrAcct', accountOf(debtor) + element('Ccy', currency)) +
  element('DbtrAgt', bankOf(debtor));

const instructed = (amount: Money): string => element('Amt', element('InstdAmt', amount.toString(), ` Ccy="${amount.currency}"`));

const toAccount = ({ instructionId, endToEndId, amount, creditor, remittance }: AccountPayment): string =>
  element(
    'CdtTrfTxInf',
    element('PmtId', element('InstrId', textOf(instructionId, ID)) + element('EndToEndId', textOf(endToEndId, ID))) +
      instructed(amount) +
      element('CdtrAgt', bankOf(creditor)) +
      element('Cdtr', element('Nm', textOf(creditor.name, NAME))) +
      element('CdtrAcct', accountOf(creditor)) +
      element('RmtInf', element('Ustrd', textOf(remittance, REMITTANCE))),
  );

function inCash({ instructionId, endToEndId, amount, creditor }: CashPayment): string {
  const { name, registrationNumber, town, subdivision } = creditor;
  const address =
    element('TwnNm', textOf(town, ID)) + element('CtrySubDvsn', textOf(subdivision, ID)) + element('Ctry', subdivision.slice(0, 2));
  const known = element('Othr', element('Id', registrationNumber) + element('SchmeNm', element('Prtry', 'REGISTRATION')));
  return element(
    'CdtTrfTxInf',
    element('PmtId', element('InstrId', instructionId) + element('EndToEndId', endToEndId)) +
      instructed(amount) +
      element(
        'Cdtr',
        element('Nm', textOf(name, NAME) || NOT_PROVIDED) + element('PstlAdr', address) + element('Id', element('PrvtId', known)),
      ),
  );
}

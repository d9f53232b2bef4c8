import { writePain001 } from '../../../payments/index.ts';
import { Money } from '../../../platform/index.ts';
import type { PostTerms } from '../terms/types.ts';
import type { Settlement } from '../types.ts';

/** Identifiers are 36 characters, one more than the fields of the message hold. */
const short = (id: string): string => id.replaceAll('-', '');

/**
 * The order to the bank as ISO 20022 pain.001.001.09: one transfer from our account to the post's, by the settlement's reference from end to end.
 * @param invoiceNumber of the invoice that it pays, for the post to read
 */
export async function orderOf(
  settlement: Settlement,
  { payer, payee }: Pick<PostTerms, 'payer' | 'payee'>,
  { executeOn, createdAt, invoiceNumber }: { readonly executeOn: string; readonly createdAt: Date; readonly invoiceNumber: string | null },
): Promise<string> {
  const { id, reference, from, to } = settlement;
  const amount = Money.of(settlement.amount.amount, settlement.amount.currency);
  async function* payment() {
    const remittance = invoiceNumber === null ? `Pay-outs ${from} to ${to}` : `Invoice ${invoiceNumber}, pay-outs ${from} to ${to}`;
    yield { instructionId: short(id), endToEndId: reference, amount, creditor: payee, remittance };
  }
  const batches = [{ id: short(id), count: 1, sum: amount, payments: { accounts: payment() } }];
  const pieces: Buffer[] = [];
  for await (const piece of writePain001({ id: short(id), createdAt, executeOn, debtor: payer, batches })) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

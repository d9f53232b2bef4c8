import type { Money } from '../../../../platform/index.ts';
import { givenReference, oursIn, payoutIdIn } from '../ours.ts';
import { type Charges, chargesIn } from './charges.ts';
import { moneyIn } from './money.ts';
import { allText, at, type Node, textAt } from './node.ts';

/** One transaction of an entry (`TxDtls`), without the people in it. */
export interface Detail {
  readonly line: number;
  /** Null where the bank gives none, or none that can be read. */
  readonly amount: Money | null;
  readonly isCredit: boolean | null;
  readonly reference: string | null;
  /** Whether the bank gave the reference itself. */
  readonly isNamed: boolean;
  readonly ourReference: string | null;
  /** What the order was called that it is of, and the message that held that. */
  readonly order: Readonly<Record<'PmtInfId' | 'MsgId', string | null>>;
  readonly serial: string | null;
  /** What it came to before charges, where the bank says that beside its amount. */
  readonly before: readonly Money[];
  readonly charges: Charges | null;
}

export const noOrder: Detail['order'] = { PmtInfId: null, MsgId: null };

/** Reads a transaction: since version 03 its amount stands in it, before that in `AmtDtls`, where some banks say only what was instructed. */
export function readDetail(node: Node): Detail {
  const refs = at(node, 'Refs');
  const endToEnd = givenReference(textAt(refs, 'EndToEndId'));
  const [transaction, instruction] = [givenReference(textAt(refs, 'TxId')), givenReference(textAt(refs, 'InstrId'))];
  const given = givenReference(textAt(refs, 'AcctSvcrRef'));
  const { serial, payoutId } = oursIn(`${allText(refs)} ${allText(at(node, 'RmtInf'))} ${textAt(node, 'AddtlTxInf') ?? ''}`);
  return {
    line: node.line,
    amount: moneyIn(at(node, 'Amt') ?? at(node, 'AmtDtls', 'TxAmt', 'Amt') ?? at(node, 'AmtDtls', 'InstdAmt', 'Amt')) ?? null,
    isCredit: creditIn(textAt(node, 'CdtDbtInd')) ?? null,
    reference: given ?? transaction ?? instruction,
    isNamed: given !== null,
    ourReference: payoutIdIn(endToEnd ?? '') ?? payoutId ?? endToEnd ?? instruction,
    order: { PmtInfId: givenReference(textAt(refs, 'PmtInfId')), MsgId: givenReference(textAt(refs, 'MsgId')) },
    serial,
    before: amountsBefore(node),
    charges: chargesIn(node),
  };
}

/** The amounts of a transaction, and as it was instructed, that an entry or a transaction states beside its own (`AmtDtls`). */
export const amountsBefore = (node: Node): Money[] =>
  ['TxAmt', 'InstdAmt'].flatMap((name) => moneyIn(at(node, 'AmtDtls', name, 'Amt')) ?? []);

/** What `CdtDbtInd` says: whether money came in. */
export const creditIn = (text: string | undefined): boolean | undefined => (text === 'CRDT' ? true : text === 'DBIT' ? false : undefined);

/** Whether an entry is the sum of its transactions, each with an amount in the entry's currency. */
export function comesTo({ amount, isCredit }: { readonly amount: Money; readonly isCredit: boolean }, details: readonly Detail[]): boolean {
  if (details.length === 0) return false;
  let left = amount;
  for (const detail of details) {
    if (!detail.amount || detail.amount.isZero || detail.amount.currency !== amount.currency) return false;
    left = (detail.isCredit ?? isCredit) === isCredit ? left.minus(detail.amount) : left.plus(detail.amount);
  }
  return left.isZero;
}

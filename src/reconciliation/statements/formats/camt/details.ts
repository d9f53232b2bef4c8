import type { Money } from '../../../../platform/index.ts';
import { amountIn, isCurrencyCode } from '../amounts.ts';
import { givenReference, oursIn, payoutIdIn } from '../ours.ts';
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
  readonly serial: string | null;
}

/** Reads a transaction: since version 03 its amount stands in it, before that in `AmtDtls`. */
export function readDetail(node: Node): Detail {
  const refs = at(node, 'Refs');
  const endToEnd = givenReference(textAt(refs, 'EndToEndId'));
  const [transaction, instruction] = [givenReference(textAt(refs, 'TxId')), givenReference(textAt(refs, 'InstrId'))];
  const given = givenReference(textAt(refs, 'AcctSvcrRef'));
  const { serial, payoutId } = oursIn(`${allText(refs)} ${allText(at(node, 'RmtInf'))} ${textAt(node, 'AddtlTxInf') ?? ''}`);
  const amount = at(node, 'Amt') ?? at(node, 'AmtDtls', 'TxAmt', 'Amt');
  return {
    line: node.line,
    amount: amount && isCurrencyCode(amount.currency) ? (amountIn(amount.text.trim(), amount.currency) ?? null) : null,
    isCredit: creditIn(textAt(node, 'CdtDbtInd')) ?? null,
    reference: given ?? transaction ?? instruction,
    isNamed: given !== null,
    ourReference: payoutIdIn(endToEnd ?? '') ?? payoutId ?? endToEnd ?? instruction,
    serial,
  };
}

/** What `CdtDbtInd` says: whether money came in. */
export const creditIn = (text: string | undefined): boolean | undefined => (text === 'CRDT' ? true : text === 'DBIT' ? false : undefined);

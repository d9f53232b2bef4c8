import type { Money, ShownPlace } from '../../../../platform/index.ts';
import { amountIn, isCurrencyCode } from '../amounts.ts';
import { isoDay } from '../days.ts';
import { countFault, sumFault } from '../sum.ts';
import { creditIn } from './details.ts';
import { dayAt, moneyAt } from './entry.ts';
import { type Node, textAt } from './node.ts';

/** A balance of the books; any other (available, forward) is passed over. An interim one ends a page of a statement, or begins the next. */
export interface Balance {
  readonly which: 'opening' | 'previous' | 'closing' | 'interim';
  readonly amount: Money;
  readonly day: string | null;
}

// What was closed before opens this one where the bank writes no other: some book in between, and state both.
const kinds: Readonly<Record<string, Balance['which']>> = { OPBD: 'opening', PRCD: 'previous', CLBD: 'closing', ITBD: 'interim' };

/** @returns a balance, a fault where it cannot be read, or undefined where it is of no account here */
export function readBalance(node: Node, place: string): Balance | ShownPlace | undefined {
  const which = kinds[textAt(node, 'Tp', 'CdOrPrtry', 'Cd') ?? textAt(node, 'Tp', 'Cd') ?? ''];
  if (!which) return undefined;
  const amount = moneyAt(node);
  const isCredit = creditIn(textAt(node, 'CdtDbtInd'));
  const day = dayAt(node, 'Dt');
  if (!amount || isCredit === undefined || day === 'unreadable')
    return {
      row: node.line,
      cell: `${which === 'previous' ? 'opening' : which} balance`,
      detail: `${place}: a balance is an amount with its currency, CRDT or DBIT, and a day.`,
    };
  return { which, amount: isCredit ? amount : amount.negated(), day: day ?? null };
}

/** What a statement, or a page of one, begins and ends with. */
export interface Ends {
  readonly opening: Balance | undefined;
  readonly closing: Balance | undefined;
}

/** Tells by the balances of a statement, in their order, what it begins and ends with: a page has an interim one in place of what it lacks. */
export function endsOf(balances: readonly Balance[]): Ends {
  const first = (which: Balance['which']) => balances.find((balance) => balance.which === which);
  const [opening, closing] = [first('opening') ?? first('previous'), first('closing')];
  const interim = balances.filter(({ which }) => which === 'interim');
  if (opening && closing) return { opening, closing };
  if (opening || closing)
    return interim.length === 1 ? { opening: opening ?? interim[0], closing: closing ?? interim[0] } : { opening, closing };
  return interim.length === 2 ? { opening: interim[0], closing: interim[1] } : { opening, closing };
}

/** Our own account, without blanks. */
export const accountIn = (node: Node): { account: string | null; currency: string | null } => {
  const account =
    textAt(node, 'Id', 'IBAN') ?? textAt(node, 'Id', 'Othr', 'Id') ?? textAt(node, 'Id', 'PrtryAcct', 'Id') ?? textAt(node, 'Id', 'BBAN');
  const currency = textAt(node, 'Ccy');
  return {
    account: account?.replaceAll(/\s/g, '').toUpperCase().slice(0, 70) ?? null,
    currency: isCurrencyCode(currency) ? currency : null,
  };
};

/** The period of a statement, as its bank's clock shows it. */
export const periodIn = (node: Node): { from: string | null; to: string | null } => ({
  from: isoDay(textAt(node, 'FrDtTm') ?? textAt(node, 'FrDt') ?? '') ?? null,
  to: isoDay(textAt(node, 'ToDtTm') ?? textAt(node, 'ToDt') ?? '') ?? null,
});

/** What the entries of a statement come to, as its summary counts them. */
export interface Booked {
  readonly count: { readonly all: number; readonly credit: number; readonly debit: number };
  /** Entries that are not booked. Some banks count them in, and sums of theirs cannot be told apart then. */
  readonly leftOut: number;
  readonly credits: Money | null;
  readonly debits: Money | null;
}

/** Compares a summary (`TxsSummry`) with the entries. */
export function summaryFaults(node: Node, place: string, { count, leftOut, credits, debits }: Booked): ShownPlace[] {
  const all = countOf(node, place, 'TtlNtries', [count.all, count.all + leftOut]);
  if (leftOut > 0) return all;
  return [
    ...all,
    ...countOf(node, place, 'TtlCdtNtries', [count.credit]),
    ...countOf(node, place, 'TtlDbtNtries', [count.debit]),
    ...sumOf(node, place, 'TtlCdtNtries', credits),
    ...sumOf(node, place, 'TtlDbtNtries', debits),
    ...(credits && debits ? [...sumOf(node, place, 'TtlNtries', credits.plus(debits)), ...netOf(node, place, credits.minus(debits))] : []),
  ];
}

function countOf(node: Node, place: string, name: string, counted: readonly number[]): ShownPlace[] {
  const text = textAt(node, name, 'NbOfNtries');
  if (text === undefined) return [];
  return countFault(place, node.line, `${name}/NbOfNtries`, Number(text), counted);
}

function sumOf(node: Node, place: string, name: string, counted: Money | null): ShownPlace[] {
  const text = textAt(node, name, 'Sum');
  if (text === undefined || !counted) return [];
  const stated = amountIn(text, counted.currency);
  if (!stated) return [{ row: node.line, cell: `${name}/Sum`, detail: `${place}: a sum is an amount of the account's currency.` }];
  return sumFault(place, node.line, `${name}/Sum`, stated, counted);
}

/** The net of all entries: in an element of its own, or (camt.053.001.02) beside the others. */
function netOf(node: Node, place: string, counted: Money): ShownPlace[] {
  const name = textAt(node, 'TtlNtries', 'TtlNetNtryAmt') === undefined ? 'TtlNtries/TtlNetNtry' : 'TtlNtries/TtlNetNtryAmt';
  const text = textAt(node, 'TtlNtries', 'TtlNetNtry', 'Amt') ?? textAt(node, 'TtlNtries', 'TtlNetNtryAmt');
  if (text === undefined) return [];
  const amount = amountIn(text, counted.currency);
  const isCredit = creditIn(textAt(node, 'TtlNtries', 'TtlNetNtry', 'CdtDbtInd') ?? textAt(node, 'TtlNtries', 'CdtDbtInd'));
  if (!amount || isCredit === undefined)
    return [{ row: node.line, cell: name, detail: `${place}: a net is an amount of the account's currency, with CRDT or DBIT.` }];
  return sumFault(place, node.line, name, isCredit ? amount : amount.negated(), counted);
}

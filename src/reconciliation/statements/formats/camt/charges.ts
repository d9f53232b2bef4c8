import type { Money } from '../../../../platform/index.ts';
import { moneyIn } from './money.ts';
import { at, type Node, textAt } from './node.ts';

/** What a bank says that it charged (`Chrgs`) for an entry or a transaction. */
export interface Charges {
  readonly line: number;
  /** What that comes to: its charges one by one, and with the tax on them. Which of these the bank took only the sum of the entry tells. */
  readonly sums: readonly Money[];
}

/** Since version 03 the charges are records (`Rcrd`) of one `Chrgs`, before that each is a `Chrgs`. @returns null where nothing was charged */
export function chargesIn(node: Node): Charges | null {
  const all = node.children.filter(({ name }) => name === 'Chrgs');
  const records = all.flatMap((one) => {
    const inside = one.children.filter(({ name }) => name === 'Rcrd');
    return inside.length > 0 ? inside : [one];
  });
  const sums = [sumOf(records, 'Amt'), sumOf(all, 'TtlChrgsAndTaxAmt')].filter(
    (sum): sum is Money => sum !== null && !sum.isZero && !sum.isNegative,
  );
  const [first] = all;
  return first && sums.length > 0 ? { line: first.line, sums } : null;
}

/** What amounts of one name come to, less what was given back; null where there is none, or they are in several currencies. */
function sumOf(nodes: readonly Node[], name: string): Money | null {
  const amounts = nodes.flatMap((node): Money[] => {
    const amount = moneyIn(at(node, name));
    return amount ? [textAt(node, 'CdtDbtInd') === 'CRDT' ? amount.negated() : amount] : [];
  });
  const [first, ...others] = amounts;
  if (!first || others.some(({ currency }) => currency !== first.currency)) return null;
  return others.reduce((sum, amount) => sum.plus(amount), first);
}

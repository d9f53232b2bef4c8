import type { Money } from '../../../../platform/index.ts';
import { type Charges, chargesIn } from './charges.ts';
import { amountsBefore, comesTo, type Detail } from './details.ts';
import type { Node } from './node.ts';

/** What the bank charged for a transaction, by its number, or for all of an entry. */
export interface Fee {
  readonly of: number | null;
  readonly line: number;
  readonly amount: Money;
}

/**
 * Takes what the bank charged out of an entry that holds it: a debit is its transactions and the charges, a credit its transactions less the
 * charges. What was charged beside the entry does not come to its amount, and stays out of it.
 * @param whole the entry as one transaction
 * @returns undefined where the sums do not hold
 */
export function chargedApart(
  node: Node,
  { amount, isCredit }: { readonly amount: Money; readonly isCredit: boolean },
  details: readonly Detail[],
  whole: Detail,
): { readonly transactions: readonly Detail[]; readonly fees: readonly Fee[] } | undefined {
  for (const fees of feesStated(node, details)) {
    if (fees.some((fee) => fee.amount.currency !== amount.currency)) continue;
    const left = fees.reduce((sum, fee) => (isCredit ? sum.plus(fee.amount) : sum.minus(fee.amount)), amount);
    const transactions = transactionsStated(node, details, whole).find((some) => comesTo({ amount: left, isCredit }, some));
    if (transactions) return { transactions, fees };
  }
  return undefined;
}

/** Each way to read what was charged: of the transactions or of the entry, and the charges alone or with tax. */
function feesStated(node: Node, details: readonly Detail[]): Fee[][] {
  const ofEntry = chargesIn(node);
  const all: readonly (readonly [number | null, Charges | null])[][] = [details.map(({ charges }, i) => [i, charges]), [[null, ofEntry]]];
  return all.flatMap((charged) =>
    [0, 1].flatMap((way) => {
      const fees = charged.flatMap(([of, charges]): Fee[] => {
        const amount = charges?.sums[way] ?? charges?.sums[0];
        return charges && amount ? [{ of, line: charges.line, amount }] : [];
      });
      return fees.length > 0 ? [fees] : [];
    }),
  );
}

/** Each way to read the amounts of the transactions. One alone may be stated with its charges, and before them beside that, or in the entry. */
function transactionsStated(node: Node, details: readonly Detail[], whole: Detail): (readonly Detail[])[] {
  if (details.length > 1) return [details];
  const [only] = details;
  const amounts = [...(only?.amount ? [only.amount] : []), ...(only?.before ?? []), ...amountsBefore(node)];
  return amounts.map((amount) => [{ ...whole, line: only?.line ?? whole.line, isCredit: only?.isCredit ?? null, amount }]);
}

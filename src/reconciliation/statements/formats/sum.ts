import { Money, type ShownPlace } from '../../../platform/index.ts';
import type { LineKind, Part, ReadLine } from './types.ts';

const isCredit: Readonly<Record<LineKind, boolean>> = {
  payment: false,
  fee: false,
  deposit_reversal: false,
  deposit: true,
  reversal: true,
};

/** What the lines of one part come to. */
export class Sum {
  #currency: string | null;
  #credits: Money | null = null;
  #debits: Money | null = null;
  lineCount = 0;
  leftOut = 0;

  /** @param currency null to take that of the first line */
  constructor(currency: string | null = null) {
    this.#currency = currency;
  }

  add({ kind, amount }: Pick<ReadLine, 'kind' | 'amount'>): void {
    this.lineCount += 1;
    this.#currency ??= amount.currency;
    if (amount.currency !== this.#currency) return;
    if (isCredit[kind]) this.#credits = this.#credits?.plus(amount) ?? amount;
    else this.#debits = this.#debits?.plus(amount) ?? amount;
  }

  get currency(): string | null {
    return this.#currency;
  }

  get credits(): Money | null {
    return this.#currency === null ? null : (this.#credits ?? Money.zero(this.#currency));
  }

  get debits(): Money | null {
    return this.#currency === null ? null : (this.#debits ?? Money.zero(this.#currency));
  }
}

/** A line in another currency than its account: no balance would bear it out. */
export function strangerFault({ row, place, amount }: ReadLine, currency: string | null): ShownPlace[] {
  if (currency === null || amount.currency === currency) return [];
  return [{ row, cell: 'currency', detail: `${place}: the line is in ${amount.currency} and the account in ${currency}.` }];
}

/** What a line does to the balance of its account. */
export const moved = ({ kind, amount }: Pick<ReadLine, 'kind' | 'amount'>): Money => (isCredit[kind] ? amount : amount.negated());

/** Whether a part comes to what it says: opening + credits − debits = closing, where it states both balances in one currency. */
export function balanceFault({ place, row, opening, closing, credits, debits }: Part): ShownPlace | undefined {
  if (!opening || !closing || opening.currency !== closing.currency) return undefined;
  const zero = Money.zero(opening.currency);
  const foreign = [credits, debits].find((sum) => sum && sum.currency !== opening.currency);
  if (foreign)
    return {
      row,
      cell: 'closing balance',
      detail: `${place}: the balances are in ${opening.currency} and the lines in ${foreign.currency}.`,
    };
  const counted = opening.plus(credits ?? zero).minus(debits ?? zero);
  if (counted.equals(closing)) return undefined;
  return {
    row,
    cell: 'closing balance',
    detail: `${place}: the closing balance is stated as ${closing} ${closing.currency}; opening balance and lines come to ${counted}. Ask for the whole statement.`,
  };
}

/** A sum that a statement states against what its lines come to. @param what as the statement calls it */
export function sumFault(place: string, row: number, what: string, stated: Money, counted: Money): ShownPlace[] {
  if (counted.equals(stated)) return [];
  return [
    {
      row,
      cell: what,
      detail: `${place}: ${what} is stated as ${stated} ${stated.currency}; the lines come to ${counted} ${counted.currency}.`,
    },
  ];
}

/** The same of a number of lines. */
export function countFault(place: string, row: number, what: string, stated: number, counted: readonly number[]): ShownPlace[] {
  if (counted.includes(stated)) return [];
  return [
    {
      row,
      cell: what,
      detail: `${place}: ${what} is stated as ${Number.isInteger(stated) ? stated : 'no number'}; there are ${counted[0]}.`,
    },
  ];
}

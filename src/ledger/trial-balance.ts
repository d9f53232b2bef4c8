import { type Db, Money, type Sql, sql } from '../platform/index.ts';
import { type Turnover, turnovers } from './balance-store.ts';
import { accountKinds, chart } from './chart.ts';
import type { AccountKind } from './types.ts';

type Amount = ReturnType<Money['toJSON']>;

/** What the accounts of one kind of a fund did: signed, debit above zero. */
export interface TrialLine {
  readonly fundId: string;
  readonly code: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly opening: Amount;
  readonly debit: Amount;
  readonly credit: Amount;
  readonly closing: Amount;
}

export interface TrialTotal {
  readonly currency: string;
  readonly debit: Amount;
  readonly credit: Amount;
  /** Whether what was debited is what was credited, and what is held is what it is held for, at the beginning and at the end. */
  readonly balanced: boolean;
}

export interface TrialBalance {
  readonly lines: TrialLine[];
  readonly totals: TrialTotal[];
}

const lineOf = ({ fundId, kind, currency, opening, debit, credit }: Turnover): TrialLine => {
  const [before, debited, credited] = [opening, debit, credit].map((amount) => Money.of(amount, currency)) as [Money, Money, Money];
  const closing = before.plus(debited).minus(credited);
  return {
    fundId,
    code: chart[kind].code,
    kind,
    currency,
    opening: before.toJSON(),
    debit: debited.toJSON(),
    credit: credited.toJSON(),
    closing: closing.toJSON(),
  };
};

/**
 * The trial balance of a programme's funds.
 * @param span `from` undefined is from the beginning; `until` is not included
 * @param reached the condition on funds `f` that keeps to what the reader may see
 */
export async function trialBalanceOf(
  db: Db,
  span: { readonly programmeId: string; readonly from?: string | undefined; readonly until: string },
  reached: Sql = sql`true`,
): Promise<TrialBalance> {
  const position = ({ kind }: Turnover): number => accountKinds.indexOf(kind);
  const rows = (await turnovers(db, span, reached)).sort(
    (one, other) => one.fundId.localeCompare(other.fundId) || position(one) - position(other) || one.currency.localeCompare(other.currency),
  );
  const lines = rows.map(lineOf);
  const currencies = [...new Set(rows.map(({ currency }) => currency))].sort();
  return { lines, totals: currencies.map((currency) => totalOf(lines, currency)) };
}

function totalOf(all: readonly TrialLine[], currency: string): TrialTotal {
  const lines = all.filter((line) => line.currency === currency);
  const sum = (column: 'opening' | 'debit' | 'credit' | 'closing') =>
    Money.sum(
      lines.map((line) => Money.of(line[column].amount, currency)),
      currency,
    );
  const [debit, credit] = [sum('debit'), sum('credit')];
  return {
    currency,
    debit: debit.toJSON(),
    credit: credit.toJSON(),
    balanced: debit.equals(credit) && sum('opening').isZero && sum('closing').isZero,
  };
}

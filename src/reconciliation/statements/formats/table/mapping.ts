/** What a column of a statement can be. */
export const fields = [
  'reference',
  'ourReference',
  'serial',
  'date',
  'valueDate',
  'office',
  'amount',
  'debit',
  'credit',
  'currency',
  'operation',
  'direction',
  'lastFour',
  'account',
  'balance',
  'text',
] as const;

export type FieldName = (typeof fields)[number];

export const dateFormats = ['DD/MM/YYYY', 'MM/DD/YYYY', 'YYYY-MM-DD', 'DD.MM.YYYY', 'YYYYMMDD', 'DDMMYYYY', 'YYMMDD', 'excel'] as const;

export type DateFormat = (typeof dateFormats)[number];

/**
 * How the operations of a table are told apart: by a word in a column, by the sign of the amount (a minus takes a payment back, or a minus is
 * money that left and all else came in), or by the column the amount stands in.
 */
export type Signs = 'operation' | 'negative_is_reversal' | 'negative_is_payment' | 'debit_credit';

/** How somebody's table is to be read. What it leaves out is guessed, as it is without any mapping. */
export interface TableMapping {
  /** The header of each column; those that are not named are told by their headers. */
  readonly columns?: { readonly [Field in FieldName]?: string };
  /** The currency of every line, where no column says it. */
  readonly currency?: string;
  /** The office of every line but fees, where no cell says it. */
  readonly office?: string;
  /** Our account, where no column says it. */
  readonly account?: string;
  readonly dateFormat?: DateFormat;
  readonly decimalMark?: ',' | '.';
  /** Without one, spaces of any kind. */
  readonly thousandsMark?: ' ' | '.' | ',' | "'";
  readonly signs?: Signs;
  /** Words in the column of the operation, besides those that are known. */
  readonly reversalMarks?: string[];
  readonly feeMarks?: string[];
  readonly paymentMarks?: string[];
  readonly depositMarks?: string[];
  /** Words in the column of the direction, or of the operation, besides those that are known. */
  readonly debitMarks?: string[];
  readonly creditMarks?: string[];
  /** Words that a row of totals begins with, besides those that are known. */
  readonly totalMarks?: string[];
  /** Words of the rows that state what the account held before and after the lines, besides those that are known. */
  readonly openingMarks?: string[];
  readonly closingMarks?: string[];
  /** Rows with text above the header; without it they are told by the header's words. */
  readonly titleRows?: number;
  /** Rows with text at the end that are no lines. */
  readonly endRows?: number;
  /** The sheet that counts in a workbook; without it, the first that can be seen. */
  readonly sheet?: string;
  /** What stands between the cells of CSV. */
  readonly delimiter?: ';' | ',' | '\t' | '|';
}

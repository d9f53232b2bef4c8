import { mod97Digits } from '../src/platform/index.ts';

/** What is wrong with a line, by the name that it has to be given. */
export const defects = [
  'paid_not_in_list',
  'amount_over',
  'amount_under',
  'duplicate_in_file',
  'duplicate_across_files',
  'paid_after_expiry',
  'paid_after_cancel',
  'wrong_collector',
  'wrong_currency',
  'wrong_office',
  'reversed',
  'reversal_without_payment',
  'date_out_of_range',
  'ours_not_in_statement',
] as const;

export type Defect = (typeof defects)[number];

/** A voucher, and what the post is to say of it. */
export interface Case {
  readonly serial: string;
  readonly defect: Defect | null;
  readonly state: 'redeemed' | 'expired' | 'cancelled';
  /** Whether a pay-out of ours stands for it; of a serial that nobody has there is no voucher either. */
  readonly isPaid: boolean;
  readonly paidOn: string;
  readonly office: number;
  readonly document: string;
}

export const OFFICES = 20;
export const AMOUNT = '15000.00';
/** One line of so many has a defect: two in a hundred. */
const EVERY = 50;

/** Case number `i` of a bench; `series` keeps the serials of two apart. */
export function caseOf(series: number, i: number): Case {
  const digits = String(series * 10_000_000_000 + 100_000_000 + i).padStart(12, '0');
  const defect = i % EVERY === 0 ? (defects[(i / EVERY) % defects.length] ?? null) : null;
  const unpaid: Partial<Record<Defect, Case['state']>> = { paid_after_expiry: 'expired', paid_after_cancel: 'cancelled' };
  const isUnknown = defect === 'paid_not_in_list' || defect === 'reversal_without_payment';
  return {
    serial: digits + mod97Digits(digits),
    defect,
    state: (defect && unpaid[defect]) ?? 'redeemed',
    isPaid: !isUnknown && !(defect && unpaid[defect]),
    paidOn: defect === 'duplicate_across_files' ? '2026-02-10' : `2026-03-${String(1 + (i % 28)).padStart(2, '0')}`,
    office: i % OFFICES,
    document: String(1000 + (i % 9000)),
  };
}

export const officeCode = (office: number): string => String(70_000 + office);

/** The lines that the post writes of a case: none, one, or two. */
export function linesOf(one: Case, series: number): string[] {
  const { serial, defect, paidOn, office, document } = one;
  const line = (
    cells: Partial<Record<'reference' | 'date' | 'office' | 'amount' | 'currency' | 'operation' | 'document', string>>,
  ): string =>
    [
      cells.reference ?? `ALP${series}-${serial.slice(0, 12)}`,
      serial,
      cells.date ?? paidOn.split('-').reverse().join('/'),
      cells.office ?? officeCode(office),
      cells.amount ?? '15000,00',
      cells.currency ?? 'DZD',
      cells.operation ?? '',
      cells.document ?? document,
    ].join(';');
  const plain = line({});
  const odd: Partial<Record<Defect, string[]>> = {
    amount_over: [line({ amount: '15500,00' })],
    amount_under: [line({ amount: '14000,00' })],
    duplicate_in_file: [plain, line({ reference: `AGAIN-${serial}` })],
    wrong_collector: [line({ document: 'ZZ99' })],
    wrong_currency: [line({ currency: 'EUR' })],
    wrong_office: [line({ office: officeCode((office + 1) % OFFICES) })],
    reversed: [plain, line({ operation: 'annulation' })],
    reversal_without_payment: [line({ operation: 'annulation' })],
    date_out_of_range: [line({ date: '30/04/2026' })],
    ours_not_in_statement: [],
  };
  return (defect && odd[defect]) ?? [plain];
}

export const header = 'Référence;Série;Date;Code bureau;Montant;Devise;Opération;Quatre derniers';

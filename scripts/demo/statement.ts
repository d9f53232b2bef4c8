import type { ItemOf } from '../support/api-client.ts';

type Payout = ItemOf<'listPayouts'>;

interface Line {
  readonly reference: string;
  readonly serial: string;
  readonly date: string;
  readonly office: string;
  readonly amount: string;
  readonly currency: string;
  readonly operation: string;
  /** The end of the document that the post saw, where it says so. */
  readonly lastFour?: string;
}

/** The post's statement as a file, as the post writes it: semicolons, decimal commas, French headers. */
export function statementFile(lines: readonly Line[]): string {
  const rows = lines.map(({ reference, serial, date, office, amount, currency, operation, lastFour = '' }) =>
    [reference, serial, date.split('-').reverse().join('/'), office, amount.replace('.', ','), currency, operation, lastFour].join(';'),
  );
  return ['Référence;Série;Date;Code bureau;Montant;Devise;Opération;Quatre derniers', ...rows, ''].join('\r\n');
}

/** A pay-out as an honest post reports it. */
export const honest = ({ id, serial, paidOn, office, amount }: Payout): Line => ({
  reference: id,
  serial,
  date: paidOn,
  office: office?.code ?? '',
  amount: amount.amount,
  currency: amount.currency,
  operation: 'Paiement',
});

const before = (date: string, days: number): string => new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);

/** The post's statement with its mistakes. */
interface Mistaken {
  readonly lines: Line[];
  /** How many exceptions of each kind a careful reader finds in it. */
  readonly expected: Record<string, number>;
  /** Pay-outs that no line of it stands for. */
  readonly unlisted: readonly Payout[];
  /** One that it lists as it should. */
  readonly listed: Payout;
}

export const FEE_LINE = '8910.00';

/**
 * The post's statement with its mistakes, and a line of its fees.
 * @param payouts at least ten; those at the front are what the mistakes happen to
 * @param cancelled the serial of a voucher that was cancelled
 */
export function withMistakes(payouts: readonly Payout[], otherOffice: string, cancelled: string): Mistaken {
  const [over, under, missing, twice, elsewhere, foreign, reversed, early, other, ...rest] = payouts.map(honest);
  const [tooMuch, tooLittle, forgotten, , , inEuro, , tooEarly] = payouts;
  const listed = payouts.at(-1);
  if (!over || !under || !missing || !twice || !elsewhere || !foreign || !reversed || !early || !other || rest.length === 0)
    throw new Error('too few pay-outs to make mistakes with');
  if (!tooMuch || !tooLittle || !forgotten || !inEuro || !tooEarly || !listed) throw new Error('too few pay-outs to make mistakes with');
  return {
    lines: [
      ...rest,
      { ...over, amount: '16000.00' },
      { ...under, amount: '14000.00' },
      twice,
      twice,
      { ...elsewhere, office: otherOffice },
      { ...foreign, currency: 'EUR' },
      reversed,
      { ...reversed, operation: 'Annulation' },
      { ...early, date: before(early.date, 40) },
      { ...other, lastFour: other.serial.endsWith('0000') ? '1111' : '0000' },
      { ...early, reference: 'POSTE-0001', serial: '99999999999999' },
      { ...early, reference: 'POSTE-0002', serial: '88888888888888', operation: 'Annulation' },
      { ...early, reference: 'POSTE-0003', serial: cancelled },
      { ...early, reference: 'POSTE-FRAIS-1', serial: '', amount: FEE_LINE, operation: 'Frais' },
    ],
    expected: {
      amount_over: 1,
      amount_under: 1,
      date_out_of_range: 1,
      duplicate_in_file: 1,
      ours_not_in_statement: 1,
      paid_after_cancel: 1,
      paid_not_in_list: 1,
      reversal_without_payment: 1,
      reversed: 1,
      wrong_collector: 1,
      wrong_currency: 1,
      wrong_office: 1,
    },
    unlisted: [tooMuch, tooLittle, forgotten, inEuro, tooEarly],
    listed,
  };
}

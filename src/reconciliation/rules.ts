import { Money } from '../platform/index.ts';
import type { ExceptionKind, Finding, LineFacts } from './types.ts';

/** How many days the post's date may stand from ours for a serial and amount that agree. */
export const TOLERANCE_DAYS = 3;

/** How an exception may move; the database holds the same list. */
export const exceptionTransitions = ['open>resolved'] as const;

/** The period that a statement covers, both days included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

interface LineRule {
  readonly kind: ExceptionKind;
  holds(line: LineFacts, period: Period): boolean;
  /** Serials stand on the line itself; people stand nowhere. */
  detail(line: LineFacts, period: Period): string;
}

const isPaidByUs = ({ payout }: LineFacts): boolean => payout !== null && !payout.isVoided;

// A voucher's time may be up before the job that expires it has come by.
const isExpired = ({ voucher, paidOn }: LineFacts): boolean =>
  voucher !== null &&
  voucher.state !== 'cancelled' &&
  (voucher.state === 'expired' || (voucher.expiredOn !== null && paidOn > voucher.expiredOn));

const compareAmounts = ({ amount, currency, voucher }: LineFacts): number =>
  voucher ? Money.of(amount, currency).compare(Money.of(voucher.amount, voucher.currency)) : 0;

const amountDetail = ({ amount, currency, voucher }: LineFacts): string =>
  `The post lists ${amount} ${currency}; the voucher is of ${voucher?.amount} ${voucher?.currency}.`;

const duplicateInFile: LineRule = {
  kind: 'duplicate_in_file',
  // A reference alone counts only where the serial says nothing: some posts give one reference to a whole day.
  holds: (line) => line.turnOfSerial > 1 || (line.turnOfReference > 1 && !line.voucher),
  detail: (line) =>
    line.turnOfSerial > 1 ? 'The file lists this serial more than once.' : 'The file lists this reference more than once.',
};

const duplicateAcrossFiles: LineRule = {
  kind: 'duplicate_across_files',
  holds: (line) => line.earlierStatement !== null,
  detail: (line) => `The statement "${line.earlierStatement}" lists this operation already.`,
};

/**
 * What a payment that matches none of our pay-outs is called: the first rule that holds. A claim made twice comes before
 * everything, then whether there was anything to pay, and only then how much and when.
 */
export const unmatchedPayment: readonly LineRule[] = [
  duplicateInFile,
  duplicateAcrossFiles,
  { kind: 'paid_not_in_list', holds: (line) => !line.voucher, detail: () => 'No voucher of this programme has this serial.' },
  {
    kind: 'paid_after_expiry',
    holds: (line) => !isPaidByUs(line) && isExpired(line),
    detail: (line) =>
      `The voucher expired on ${line.voucher?.expiredOn} and was not redeemed here; the post dates its payment ${line.paidOn}.`,
  },
  {
    kind: 'paid_after_cancel',
    holds: (line) => !isPaidByUs(line) && line.voucher?.state === 'cancelled',
    detail: (line) => `The voucher is cancelled and was not redeemed here; the post dates its payment ${line.paidOn}.`,
  },
  {
    kind: 'paid_not_in_list',
    holds: (line) => !isPaidByUs(line),
    detail: (line) =>
      line.payout
        ? 'The voucher was redeemed here and the pay-out voided since.'
        : line.voucher?.state === 'redeemed'
          ? 'The cash of this voucher was delivered by hand, at no office.'
          : 'The voucher is live and was not redeemed here.',
  },
  {
    kind: 'wrong_currency',
    holds: (line) => line.currency !== line.voucher?.currency,
    detail: (line) => `The post lists ${line.currency}; the voucher is in ${line.voucher?.currency}.`,
  },
  { kind: 'amount_over', holds: (line) => compareAmounts(line) > 0, detail: amountDetail },
  { kind: 'amount_under', holds: (line) => compareAmounts(line) < 0, detail: amountDetail },
  {
    kind: 'date_out_of_range',
    holds: () => true,
    detail: (line) =>
      `The post dates the payment ${line.paidOn}; we paid on ${line.payout?.paidOn}, more than ${TOLERANCE_DAYS} days apart.`,
  },
];

/** What is said of a payment that does match: every rule that holds. */
export const matchedPayment: readonly LineRule[] = [
  {
    kind: 'wrong_office',
    holds: (line) => line.officeCode !== line.payout?.officeCode,
    detail: (line) => `The post names office ${line.officeCode}; we paid at ${line.payout?.officeCode}.`,
  },
  {
    kind: 'wrong_collector',
    holds: (line) => line.documentLastFour !== null && line.documentLastFour !== line.payout?.documentLastFour,
    detail: () => 'The document that the post saw does not end as the one that we saw.',
  },
  {
    kind: 'date_out_of_range',
    holds: (line, { from, to }) => line.paidOn < from || line.paidOn > to,
    detail: (line, { from, to }) => `The line is dated ${line.paidOn}; the statement runs from ${from} to ${to}.`,
  },
];

/** What a reversal is called: the first rule that holds. */
export const reversal: readonly LineRule[] = [
  duplicateInFile,
  duplicateAcrossFiles,
  {
    kind: 'reversed',
    holds: (line) => line.hasPaymentLine || line.payout !== null,
    detail: (line) =>
      !line.payout
        ? 'The post takes back a payment that we do not have.'
        : line.payout.isVoided
          ? 'The post takes back a payment that is voided here too.'
          : `The post takes back what we hold as paid on ${line.payout.paidOn}.`,
  },
  {
    kind: 'reversal_without_payment',
    holds: () => true,
    detail: () => 'The post takes back a payment that neither it nor we have listed.',
  },
];

/** What has to be looked at in a statement's lines, after matching. */
export function findingsOf(lines: readonly LineFacts[], period: Period): Finding[] {
  return lines.flatMap((line) =>
    rulesFor(line, period).map(({ kind, detail }) => ({
      kind,
      detail: detail(line, period),
      lineId: line.lineId,
      payoutId: line.payout?.id ?? null,
    })),
  );
}

function rulesFor(line: LineFacts, period: Period): LineRule[] {
  if (line.isMatched) return matchedPayment.filter((rule) => rule.holds(line, period));
  const first = (line.kind === 'reversal' ? reversal : unmatchedPayment).find((rule) => rule.holds(line, period));
  return first ? [first] : [];
}

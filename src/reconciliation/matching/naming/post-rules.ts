import { Money } from '../../../platform/index.ts';
import type { Coverage, LineFacts, LineRule } from './types.ts';

const DAY_MS = 86_400_000;

const daysBetween = (one: string, other: string): number => Math.abs(Date.parse(one) - Date.parse(other)) / DAY_MS;

const isPaidByUs = ({ payout }: LineFacts): boolean => payout !== null && !payout.isVoided;

// A voucher's time may be up before the job that expires it has come by.
const isPastExpiry = ({ voucher, paidOn }: LineFacts): boolean =>
  voucher !== null && voucher.state !== 'cancelled' && voucher.expiredOn !== null && paidOn > voucher.expiredOn;

// On the day of the cancelling itself nobody can tell which came first: it is asked.
const isPastCancelling = ({ voucher, paidOn }: LineFacts): boolean =>
  voucher?.state === 'cancelled' && (voucher.cancelledOn === null || paidOn >= voucher.cancelledOn);

/** Why a payment that we do not have is of a voucher that we do. */
function notPaidHere({ voucher, payout, paidOn }: LineFacts): string {
  if (payout) return 'The voucher was redeemed here and the pay-out voided since.';
  if (voucher?.state === 'redeemed') return 'The cash of this voucher was delivered by hand, at no office.';
  const over = { expired: ['expired', voucher?.expiredOn], cancelled: ['was cancelled', voucher?.cancelledOn] }[voucher?.state ?? ''];
  return over
    ? `The voucher ${over[0]} on ${over[1]} and was not redeemed here; the post dates its payment ${paidOn}, when it could still be paid: the person very likely has the cash.`
    : 'The voucher is live and was not redeemed here.';
}

/** How the line's amount stands to the voucher's, where both are in one currency: above zero when it is more. */
const compareAmounts = ({ amount, currency, voucher }: LineFacts): number =>
  voucher && voucher.currency === currency ? Money.of(amount, currency).compare(Money.of(voucher.amount, voucher.currency)) : 0;

const amountDetail = ({ amount, currency, voucher }: LineFacts, { source }: Coverage): string =>
  `The ${source} lists ${amount} ${currency}; the voucher is of ${voucher?.amount} ${voucher?.currency}.`;

const anotherAmount: readonly LineRule[] = [
  { kind: 'amount_over', holds: (line) => compareAmounts(line) > 0, detail: amountDetail },
  { kind: 'amount_under', holds: (line) => compareAmounts(line) < 0, detail: amountDetail },
];

const duplicateInFile: LineRule = {
  kind: 'duplicate_in_file',
  // A reference alone counts only where the serial says nothing: some posts give one reference to a whole day.
  holds: (line) => line.serialBefore || (line.referenceBefore && !line.voucher) || line.payout?.isClaimedHere === true,
  detail: (line) =>
    line.serialBefore
      ? 'The file lists this serial more than once.'
      : line.voucher
        ? 'Another line of the file is this pay-out already.'
        : 'The file lists this reference more than once.',
};

const duplicateAcrossFiles: LineRule = {
  kind: 'duplicate_across_files',
  holds: (line) => line.earlierStatement !== null || (line.payout?.claimedIn ?? null) !== null,
  detail: (line) => `The statement "${line.earlierStatement ?? line.payout?.claimedIn}" lists this operation already.`,
};

/** That a line says again what was paid, or takes that back, and the two make up for each other: nothing was paid, and nothing is missing. */
export const isMadeUpFor = (line: LineFacts, statement: Coverage): boolean =>
  line.isUndone && (line.kind === 'reversal' || (line.pass === null && duplicateInFile.holds(line, statement)));

/**
 * What a payment that matches none of our pay-outs is called: the first rule that holds. A claim made twice comes before
 * everything, then whether there was anything to pay, and only then how much and when.
 */
export const unmatchedPayment: readonly LineRule[] = [
  duplicateInFile,
  duplicateAcrossFiles,
  {
    kind: 'paid_not_in_list',
    holds: (line) => !line.voucher,
    detail: (line) =>
      line.unread.includes('serial')
        ? 'What the line has for a serial cannot be read, so nobody knows which voucher it names.'
        : line.serial === null && line.unread.includes('lastFour')
          ? 'What the line has for a document cannot be read, and it names no voucher.'
          : line.serial === null
            ? 'The line names no voucher, and no pay-out of ours fits it and it alone.'
            : 'No voucher of this programme has this serial.',
  },
  {
    kind: 'paid_after_expiry',
    holds: (line) => !isPaidByUs(line) && isPastExpiry(line),
    detail: (line) =>
      `The voucher expired on ${line.voucher?.expiredOn} and was not redeemed here; the post dates its payment ${line.paidOn}.`,
  },
  {
    kind: 'paid_after_cancel',
    holds: (line) => !isPaidByUs(line) && isPastCancelling(line),
    detail: (line) =>
      `The voucher was cancelled${line.voucher?.cancelledOn ? ` on ${line.voucher.cancelledOn}` : ''} and not redeemed here; the post dates its payment ${line.paidOn}.`,
  },
  {
    kind: 'paid_not_in_list',
    holds: (line) => !isPaidByUs(line),
    detail: notPaidHere,
  },
  {
    kind: 'wrong_currency',
    holds: (line) => line.currency !== line.voucher?.currency,
    detail: (line) => `The post lists ${line.currency}; the voucher is in ${line.voucher?.currency}.`,
  },
  ...anotherAmount,
  {
    kind: 'paid_not_in_list',
    holds: (line) => line.payout?.isApart === true,
    detail: () => 'It reads like our pay-out of this voucher, and somebody decided that it is not.',
  },
  {
    kind: 'date_out_of_range',
    holds: (line) => line.paidOn !== line.payout?.paidOn,
    detail: ({ paidOn, payout }) =>
      `The post dates the payment ${paidOn}; we paid on ${payout?.paidOn}, ${daysBetween(paidOn, payout?.paidOn ?? paidOn)} days apart.`,
  },
  {
    kind: 'paid_not_in_list',
    holds: () => true,
    detail: () => 'Serial, amount and date are those of our pay-out, and no pass of this programme matches the two.',
  },
];

/**
 * What is said of a payment that does match: every rule that holds. A tolerance, or a person who matches amounts that differ, says that the
 * two are one, not that the money is right.
 */
export const matchedPayment: readonly LineRule[] = [
  ...anotherAmount,
  {
    kind: 'wrong_office',
    holds: ({ officeCode, payout }) => payout !== null && officeCode !== null && officeCode !== payout.officeCode,
    detail: (line) => `The post names office ${line.officeCode}; we paid at ${line.payout?.officeCode}.`,
  },
  {
    kind: 'wrong_collector',
    holds: ({ documentLastFour, payout }) => payout !== null && documentLastFour !== null && documentLastFour !== payout.documentLastFour,
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
  { ...duplicateInFile, holds: (line) => line.pass === null && (line.serialBefore || (line.referenceBefore && !line.voucher)) },
  { ...duplicateAcrossFiles, holds: (line) => line.pass === null && line.earlierStatement !== null },
  {
    kind: 'reversed',
    holds: (line) => line.pass !== null || line.hasPaymentLine || line.payout !== null,
    detail: (line, { source }) =>
      source === 'bank'
        ? 'The bank takes back what it listed before.'
        : !line.payout
          ? 'It takes back a payment that we do not have.'
          : line.payout.isVoided
            ? 'It takes back a payment that is voided here too.'
            : `It takes back what we hold as paid on ${line.payout.paidOn}.`,
  },
  {
    kind: 'reversal_without_payment',
    holds: () => true,
    detail: () => 'It takes back a payment that neither they nor we have listed.',
  },
];

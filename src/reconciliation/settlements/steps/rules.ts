import { Money } from '../../../platform/index.ts';
import type { InvoicedOffice } from './invoice-share-store.ts';

/** What a settlement pays for one office. */
export interface Share {
  readonly officeId: string;
  readonly principal: Money;
  readonly fee: Money;
}

/**
 * What one fund pays of an invoice: what was agreed to for each office is shared out among the funds as they paid there, less what earlier
 * settlements took, and no more than the fund still owes. Every fund works out the same shares, so that together they are the invoice.
 */
export const sharesOf = (offices: readonly InvoicedOffice[]): Share[] =>
  offices.flatMap(({ officeId, principal, fee, paid, taken, free }) => {
    const own = paid.findIndex(({ isOwn }) => isOwn);
    if (own < 0) return [];
    const zero = Money.zero(principal.currency);
    const weights = paid.map(({ amount }) => amount);
    const left = (whole: Money, gone: Money): Money => {
      const part = whole.splitBy(weights)[own]?.minus(gone) ?? zero;
      return part.isNegative ? zero : part;
    };
    const most = free.isNegative ? zero : free;
    const wanted = left(principal, taken.principal);
    const share = { officeId, principal: wanted.compare(most) > 0 ? most : wanted, fee: left(fee, taken.fee) };
    return share.principal.isZero && share.fee.isZero ? [] : [share];
  });

/** A reference for the bank that nobody chose: letters and digits, at most 35, and no other settlement's. @param id of the settlement */
export const referenceOf = (id: string): string => `S${id.replaceAll('-', '').toUpperCase()}`;

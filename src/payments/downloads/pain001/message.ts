import type { Money } from '../../../platform/index.ts';

/** Whose an account is: who has the money paid, or whom it is paid to. */
export interface Debtor {
  readonly name: string;
  /** An IBAN, or whatever the partner keeps the account under. */
  readonly account: string;
  /** The BIC of who keeps it. */
  readonly bic: string | null;
}

/** Cash for one person, to be handed over at a counter. */
export interface CashPayment {
  /** Ours: the line, in 32 hexadecimal digits. */
  readonly instructionId: string;
  /** What the person and the partner know it by: the voucher's serial, or the line where there is no voucher yet. */
  readonly endToEndId: string;
  readonly amount: Money;
  readonly creditor: {
    readonly name: string;
    readonly registrationNumber: string;
    readonly town: string;
    /** ISO 3166-2, such as `DZ-16`. */
    readonly subdivision: string;
  };
}

/** Money for an account. */
export interface AccountPayment {
  /** At most 35 characters. */
  readonly instructionId: string;
  /** What the creditor and the statement of the bank know it by; at most 35 characters. */
  readonly endToEndId: string;
  readonly amount: Money;
  readonly creditor: Debtor;
  /** What it is paid for, in words for the creditor; at most 140 characters. */
  readonly remittance: string;
}

/** How many payments, and what they add up to. */
export interface Totals {
  readonly count: number;
  readonly sum: Money;
}

/** The payments that one fund bears. */
export interface PaymentBatch extends Totals {
  /** At most 35 characters: the same for the same payments, and no other batch's of the debtor. */
  readonly id: string;
  /** Cash at a counter, or money for accounts: a batch is of one kind. */
  readonly payments: { readonly cash: AsyncIterable<CashPayment> } | { readonly accounts: AsyncIterable<AccountPayment> };
}

/** A message, whose totals are known before its payments are read. */
export interface PaymentMessage {
  /** At most 35 characters: the same for the same payments, so that a bank which has them refuses it, and no other message's. */
  readonly id: string;
  readonly createdAt: Date;
  /** ISO date: the day from which the partner may pay. */
  readonly executeOn: string;
  readonly debtor: Debtor;
  readonly batches: readonly PaymentBatch[];
}

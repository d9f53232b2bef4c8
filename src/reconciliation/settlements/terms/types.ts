/** Whose an account is. */
export interface Party {
  readonly name: string;
  /** An IBAN, or whatever the bank keeps the account under. */
  readonly account: string;
  readonly bic: string | null;
}

/** What was agreed on for each pay-out: so much, so much of every thousand, and at least so much; amounts in the programme's currency. */
export interface Tariff {
  readonly fixed: string;
  readonly perMille: string;
  readonly minimum: string;
}

/** From where to where the money goes, and which fee was agreed on. */
export interface NewPostTerms {
  readonly payer: Party;
  readonly payee: Party;
  /** Null where no fee was agreed on. */
  readonly tariff: Tariff | null;
  /** The first day whose pay-outs the tariff is for; left out, that of a tariff that stays, the day of a change, and the programme's first of a first one. */
  readonly tariffFrom?: string | undefined;
  readonly reason: string;
}

export interface PostTerms extends NewPostTerms {
  readonly version: number;
  readonly setBy: string;
  readonly setAt: string;
  readonly tariffFrom: string;
  /** Whether money goes to its accounts. */
  readonly isInForce: boolean;
  /** Who confirmed it: until then its tariff charges nothing. */
  readonly confirmedBy: string | null;
}

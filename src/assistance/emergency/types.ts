import type { PersonName, RefusalCode } from '../people/types.ts';
import type { AmountRule, PlanBase } from '../plan-base.ts';

/** What a plan of emergency cash says beside its amounts. */
export interface EmergencyTerms {
  /** Falls due within so many days of somebody being entered. */
  readonly withinDays: number;
  /** Whether an amount may be said of a person in place of the rule's. */
  readonly namedAmounts?: boolean | undefined;
}

/** Cash within days for people who are named afterwards. */
export interface NewEmergency extends PlanBase, EmergencyTerms {
  readonly kind: 'emergency_cash';
  readonly amountRule: AmountRule;
}

/** Somebody who is helped; why if they are in another plan of the same purpose; and how much, where the plan lets it be said. */
export interface NewEntry {
  readonly person: PersonName;
  readonly despite?: string | undefined;
  /** Decimal text in the plan's currency. */
  readonly amount?: string | undefined;
}

/** The cells of a file's row. */
export type Cell = 'registrationNumber' | 'amount' | 'despite';

/** A row of a file that can be read. */
export interface ReadEntry {
  readonly row: number;
  readonly entry: NewEntry;
}

export type EntryFaultCode = RefusalCode | 'number_wrong' | 'amount_wrong' | 'despite_wrong';

/** A row that was not taken: where and why. Never what stood there. */
export interface EntryFault {
  readonly row: number;
  readonly cell: Cell;
  readonly code: EntryFaultCode;
}

/** Somebody as whoever writes a request names them. */
export type PersonName = { readonly beneficiaryId: string } | { readonly registrationNumber: string };

/** Somebody of a programme who was named. A record that was merged is found as the one that goes on. */
export interface NamedPerson {
  readonly beneficiaryId: string;
  readonly householdId: string;
  readonly householdSize: number;
  readonly isEnrolled: boolean;
}

/** Why one of many is not taken. */
export type RefusalCode =
  | 'not_found'
  | 'not_enrolled'
  | 'repeated'
  | 'entered_already'
  | 'in_another_plan'
  | 'amount'
  | 'amount_of_plan'
  | 'below_least'
  | 'above_most'
  | 'no_source'
  | 'not_theirs'
  | 'is_top_up'
  | 'not_released'
  | 'topped_up_already'
  | 'comes_to_nothing';

/** One of many that is not taken: which, counted from 0, and why. */
export interface Refused {
  readonly index: number;
  readonly code: RefusalCode;
}

/** Why, in the language of who asks. */
export interface InWords {
  readonly detail: string;
}

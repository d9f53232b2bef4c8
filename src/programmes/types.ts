/** From an amount on, so many signatures of a role, in the order of the steps. */
export interface ApprovalRule {
  readonly fromAmount: string;
  readonly step: number;
  readonly role: 'approver';
  readonly signatures: number;
}

/** What may be paid, in which currency, between which dates and on whose signature. */
export interface Programme {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly codeValidityDays: number;
  readonly holdThreshold: string;
  readonly duplicateLimit: string;
  /** Whether people may register themselves. */
  readonly selfRegistrationOpen: boolean;
  readonly approvalRules: ApprovalRule[];
  readonly createdAt: string;
}

export type NewProgramme = Omit<Programme, 'id' | 'createdAt'>;
export type ProgrammeChange = {
  readonly [Field in 'name' | 'endsOn' | 'codeValidityDays' | 'duplicateLimit' | 'selfRegistrationOpen']?: Programme[Field] | undefined;
};

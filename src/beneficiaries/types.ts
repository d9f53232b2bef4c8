/** A name as it was written, in any script. */
export interface Names {
  /** The given name, or the whole name where nobody can tell the parts apart. */
  readonly given: string;
  readonly family?: string;
}

/** When somebody was born, as well as it is known. An exact date has `from` equal to `to`. */
export interface Birth {
  readonly from: string;
  readonly to: string;
  readonly precision: 'exact' | 'year' | 'estimated';
}

/** A document that somebody holds. */
export interface IdentityDocument {
  readonly type: 'passport' | 'residence_permit' | 'national_id' | 'consular_card' | 'unhcr_certificate' | 'other';
  readonly number: string;
  /** ISO 3166-1 alpha-3; the same number from another country is another document. */
  readonly issuingCountry: string;
}

/** The answers to the vulnerability questions, as a scorecard reads them. */
export interface Answers {
  readonly incomeChange?: 'lost' | 'reduced' | 'unchanged';
  readonly unpaidRentMonths?: number;
  readonly mealsPerDay?: number;
  readonly healthProblem?: boolean;
  readonly disability?: boolean;
  readonly pregnant?: boolean;
  readonly victimOfTrafficking?: boolean;
}

/** What names a person or could harm them. It is stored sealed and shown only where it is needed. */
export interface Personal {
  readonly names: Names;
  readonly birth: Birth;
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  readonly documents: readonly IdentityDocument[];
  /** E.164. A household may share one. */
  readonly phones: readonly string[];
  readonly answers: Answers;
}

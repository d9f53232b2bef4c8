/** An invented person, as a clerk wrote them down. */
export interface Invented {
  readonly given: string;
  readonly middle?: string;
  readonly family: string;
  readonly sex: 'female' | 'male';
  /** ISO 8601, or the year alone where nobody knows the day. */
  readonly birth: string;
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  /** With the country that gave it. */
  readonly document?: { readonly country: string; readonly number: string };
  /** E.164. */
  readonly phone?: string;
  readonly household: string;
  readonly householdSize: number;
  readonly relationship: 'head' | 'spouse' | 'child' | 'other';
  readonly commune: string;
  /** How many before this one in the list the same person stands, where this is a planted duplicate. */
  readonly sameAs?: number;
}

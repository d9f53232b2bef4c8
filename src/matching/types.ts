/** What is compared of a person, as it was written. Anything may be missing. */
export interface Particulars {
  /** In any script. A whole name in one string goes here. */
  readonly given?: string | undefined;
  readonly middle?: string | undefined;
  readonly family?: string | undefined;
  /** ISO 8601 dates. A day: from = to. */
  readonly birth?: { readonly from: string; readonly to: string } | undefined;
  readonly sex?: 'female' | 'male' | 'other' | undefined;
  /** As written, with the country in front where it is known: `MLI/AB123`. */
  readonly documents?: readonly string[] | undefined;
  /** E.164 where possible. */
  readonly phones?: readonly string[] | undefined;
  /** Free text, from large to small: `['Oran', 'Bir El Djir']`. */
  readonly location?: readonly string[] | undefined;
  /** The same text says the same household, which speaks for a relative rather than a duplicate. */
  readonly household?: string | undefined;
}

/** One name in a profile: its spelling and its sound. */
export type ProfileWord = readonly [exact: string, sound: string];

/** A person made comparable once. Short names and arrays, because it is sealed and kept for every person. */
export interface Profile {
  /** Given, middle and family names. */
  readonly g?: readonly ProfileWord[];
  readonly m?: readonly ProfileWord[];
  readonly f?: readonly ProfileWord[];
  /** Born: YYYYMMDD where the day is known, YYYY where the year is, YYYYMMDD-YYYYMMDD between two days. */
  readonly b?: string;
  readonly s?: 'f' | 'm';
  /** Documents as COUNTRY/NUMBER or NUMBER, and phones as their last nine digits. */
  readonly d?: readonly string[];
  readonly p?: readonly string[];
  /** The parts of the location in normal form, from large to small. */
  readonly l?: readonly string[];
  /** Which of two bearers of one name: jr, sr, ii. */
  readonly j?: string;
  /** Household. */
  readonly h?: string;
}

/** A key by which two people become candidates. The text is never empty. */
export interface BlockingKey {
  readonly kind: string;
  readonly text: string;
}

/** How common names are among the people who are compared: the share of them who bear a name of this sound, 0 to 1; undefined where it is rare. */
export interface Frequencies {
  of(sound: string): number | undefined;
}

/** Same and different stand by themselves; a person looks at what lies between. */
export type Decision = 'same' | 'review' | 'different';

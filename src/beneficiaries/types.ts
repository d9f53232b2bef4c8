import type { Answers } from './answers.ts';

/** A name as it was written, in any script. */
export interface Names {
  /** The given name, or the whole name where nobody can tell the parts apart. */
  readonly given: string;
  readonly middle?: string;
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

/** Why somebody has no document, and who vouches for them. */
export interface Attestation {
  readonly reason: 'never_had' | 'lost' | 'expired' | 'withheld' | 'other';
  readonly attestedBy: string;
}

/** What names a person or could harm them. It is stored sealed and shown only where it is needed. */
export interface Personal {
  readonly names: Names;
  readonly birth: Birth;
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  readonly documents: readonly IdentityDocument[];
  /** In place of documents, and only there. */
  readonly attestation?: Attestation;
  /** E.164. A household may share one. */
  readonly phones: readonly string[];
  readonly answers: Answers;
}

export type Sex = 'female' | 'male' | 'other';
export type Relationship = 'head' | 'spouse' | 'child' | 'parent' | 'sibling' | 'other';
export type Language = 'ar' | 'fr' | 'en';

/** Where somebody stands in a programme. */
export type EnrolmentState = 'applicant' | 'enrolled' | 'suspended' | 'exited' | 'merged';

export type ConsentPurpose = 'registration' | 'share_with_paying_agent' | 'contact' | 'share_with_partners';
export type ConsentMethod = 'signature' | 'audio' | 'scan' | 'witnessed_verbal' | 'remote_verbal' | 'online';

/** Where the paper, the recording or the scan is, and who heard it said. */
export interface ConsentEvidence {
  readonly reference?: string;
  readonly witness?: string;
}

/** What somebody agreed to, and how they said so. */
export interface Consent {
  readonly purpose: ConsentPurpose;
  readonly legalBasis: 'consent' | 'vital_interest' | 'public_interest';
  readonly method: ConsentMethod;
  readonly givenOn: string;
  readonly evidence?: ConsentEvidence;
}

/** What a form or a row of a file says about one person. */
export interface Registration extends Personal {
  readonly sex: Sex;
  readonly household: { readonly reference: string; readonly size: number };
  readonly relationship: Relationship;
  /** Number, French name or Arabic name, as it was written. */
  readonly wilaya: string;
  readonly commune: string;
  readonly language: Language;
  readonly consents: readonly Consent[];
}

/** A wilaya and a commune that exist. */
export interface Place {
  readonly wilayaNumber: string;
  readonly commune: string;
}

/** Somebody who can be entered: no fault was found, and the place exists. */
export interface Candidate {
  readonly registration: Registration;
  readonly place: Place;
  /** The row of the source, counted from 1: it is entered once, whatever happens. */
  readonly sourceRow?: number;
}

/** How people come in. */
export interface Entry {
  /** The user who brought them, who may not verify them later. */
  readonly enteredBy: string;
  readonly source: 'officer' | 'file' | 'self' | 'partner' | 'kobo';
  /** The file, or whatever else they came in. */
  readonly sourceId?: string;
  /** They stay applicants until somebody has verified them. */
  readonly needsVerification?: boolean;
}

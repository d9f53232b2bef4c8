import type { Attestation, Language, Registration } from '../../beneficiaries/index.ts';

/** What somebody writes of themselves. */
export type OwnParticulars = Pick<
  Registration,
  'names' | 'sex' | 'birth' | 'nationality' | 'documents' | 'relationship' | 'wilaya' | 'commune' | 'language'
> & {
  /** Why there is no document, where there is none. */
  readonly noDocumentReason?: Attestation['reason'];
  readonly phone: string;
  readonly householdSize: number;
  readonly consent: {
    readonly registration: true;
    readonly shareWithPayingAgent: boolean;
    readonly contact: boolean;
    /** Which text they were shown. */
    readonly privacyNoticeVersion: string;
  };
};

/** A self-registration as the table holds one. */
export interface Kept {
  readonly id: string;
  readonly programmeId: string;
  readonly reference: string;
  readonly language: Language;
  readonly content: Buffer | null;
  readonly state: 'awaiting_proof' | 'entered' | 'expired';
  readonly keyVersion: number;
  readonly codeCounter: number;
  /** Null until the code is being sent. */
  readonly codeExpiresAt: Date | null;
  readonly wrongCodes: number;
  readonly beneficiaryId: string | null;
  readonly expiresAt: Date;
}

/** How far somebody's own registration has come, as they are told. */
export type OwnState = 'received' | 'being_checked' | 'accepted' | 'not_accepted';

/** A code on its way to the telephone that it proves. */
export interface ProofMessage {
  /** E.164. */
  readonly to: string;
  readonly language: Language;
  readonly code: string;
  /** Ours; the same code again carries the same one. */
  readonly reference: string;
}

/** How this room sends a code. @throws Error when it has to be sent again */
export type SendProof = (message: ProofMessage) => Promise<void>;

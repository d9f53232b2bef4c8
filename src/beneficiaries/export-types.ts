import type { Purpose } from '../platform/index.ts';
import type { ExportField } from './export-columns.ts';
import type { EnrolmentState, Language } from './types.ts';

export type ExportEncryption = 'zip' | 'age';
export type ExportFormat = 'csv' | 'xlsx' | 'pain001';
export type ExportState = 'preparing' | 'ready' | 'revoked' | 'expired';
/** Somebody took it back, its day was over, or somebody of its programme was erased. */
export type ExportEnd = 'revoked' | 'time' | 'erasure';

/** Which people of a programme are in an export; nothing said is everybody. */
export interface ExportFilter {
  readonly state?: EnrolmentState;
  /** Its number. */
  readonly wilaya?: string;
  /** RFC 3339. */
  readonly registeredSince?: string;
}

/** What an export holds and how it is written. */
export interface ExportForm {
  readonly fields: ExportField[];
  readonly format: 'csv' | 'xlsx';
  readonly language: Language;
  readonly filter: ExportFilter;
}

/** What of an export does not depend on whom it is of. */
interface ExportTerms {
  readonly programmeId: string;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly encryption: ExportEncryption;
  /** An age public key; null has the platform make a passphrase. */
  readonly recipient: string | null;
}

/** What somebody asks for of a programme's people. */
export type NewExport = ExportForm & ExportTerms;

/** Who has a list paid by a partner, from which account, and from which day (ISO date). */
export interface PaymentInstruction {
  readonly debtor: { readonly name: string; readonly account: string; readonly bic: string | null };
  readonly executeOn: string;
}

/** What is written of a payment list. */
export interface ListForm {
  readonly listId: string;
  readonly fields: string[];
  readonly format: ExportFormat;
  readonly language: Language;
  /** Of pain.001 alone. */
  readonly instruction: PaymentInstruction | null;
}

/** What somebody asks for of a payment list. */
export type NewListExport = ListForm & ExportTerms;

/** What is written of a registration file: the rows that were refused, as the kind of file that it is, with the reasons in a language. */
export interface RefusedRowsForm {
  readonly fileId: string;
  readonly fields: string[];
  readonly format: 'csv' | 'xlsx';
  readonly language: Language;
}

/** What somebody asks for of a registration file. */
export type NewRefusedRowsExport = RefusedRowsForm & ExportTerms;

/** A file of people: who asked for it, what is in it, and how far it has come. */
export interface PersonExport extends ExportTerms, Omit<ListForm, 'listId'> {
  readonly id: string;
  /** The payment list that it is of, */
  readonly listId: string | null;
  /** or the registration file whose refused rows it gives back; neither for one of the programme's people. */
  readonly fileId: string | null;
  readonly filter: ExportFilter;
  readonly requestedBy: string;
  readonly state: ExportState;
  /** Who fitted when it was asked for. */
  readonly people: number;
  readonly writtenPeople: number | null;
  readonly bytes: number | null;
  /** Of the encrypted file, in hexadecimal. */
  readonly sha256: string | null;
  readonly downloads: number;
  readonly createdAt: string;
  readonly readyAt: string | null;
  readonly endedAt: string | null;
  readonly endReason: ExportEnd | null;
  readonly expiresAt: string;
}

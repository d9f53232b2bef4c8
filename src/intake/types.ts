import type { Language, Likeness } from '../beneficiaries/index.ts';
import type { ColumnName } from './columns.ts';
import type { Guess } from './guessing.ts';
import type { MappingFault } from './mapping.ts';
import type { Assumption } from './rows.ts';

export type FileState = 'received' | 'checking' | 'checked' | 'running' | 'done' | 'stopped' | 'cancelled';

/** What kind of file it was, so that its refused rows can be given back as the same. */
export interface FileFormat {
  readonly kind: 'csv' | 'xlsx' | 'kobo';
  readonly encoding?: string;
  readonly delimiter?: string;
}

/** A column of a file: its header as it is spelled, what its values look like, and what it seems to be. */
export interface FileColumn extends Guess {
  readonly header: string;
  readonly shapes: string[];
}

/** What a dry run has found so far, or the look at the first rows before a run. It holds numbers, names of columns and who is registered already, and no value of anybody. */
export interface Findings {
  readonly checkedRows: number;
  readonly acceptableRows: number;
  readonly refusedRows: number;
  readonly knownRows: number;
  /** Those of them of whom the file says something else than was entered, and the first of these rows. Nothing is changed by them. */
  readonly knownDifferently?: { readonly count: number; readonly first: number[] };
  /** Refused cells by column and reason, the most frequent first. */
  readonly reasons: { readonly cell: string; readonly code: string; readonly rows: number }[];
  readonly duplicates: {
    /** Rows that repeat an earlier row of the file. */
    readonly withinFile: number;
    /** Rows that are probably somebody who was entered before. */
    readonly withOthers: number;
    /** The first of them. */
    readonly first: DuplicateRow[];
  };
  /** Households that the file names and another source has begun. */
  readonly knownHouseholds: { readonly count: number; readonly first: KnownHouseholdRow[] };
  /** What was taken for granted of acceptable rows that do not say it: each row a household of its own, or which language. */
  readonly notes: { readonly code: Assumption; readonly rows: number; readonly language?: Language }[];
  /** Whether the file stops because of its duplicates. */
  readonly tooManyDuplicates: boolean;
  /** How many there were of how many rows when they were too many first. */
  readonly overLimit?: { readonly duplicates: number; readonly rows: number };
  /** What going on would cost. */
  readonly cost: { readonly people: number; readonly households: number; readonly decisions: number };
}

/** A row that may be somebody else: of an earlier row of the file, or with a probability somebody who was entered before. */
export interface DuplicateRow extends Partial<Likeness> {
  readonly rowNumber: number;
  readonly earlierRow?: number;
}

/** The first row of a file that names a household which another source has begun. */
export interface KnownHouseholdRow {
  readonly rowNumber: number;
  readonly householdId: string;
}

/** A file of registrations and how far it has been taken. */
export interface RegistrationFile {
  readonly id: string;
  readonly programmeId: string;
  readonly state: FileState;
  readonly format: FileFormat;
  readonly columns: (FileColumn & { readonly column: ColumnName | null })[];
  /** What must be decided before its rows can be read. */
  readonly unsettled: MappingFault[];
  /** Whether its people may join households that another source has begun. */
  readonly continuesHouseholds: boolean;
  readonly totalRows: number;
  readonly doneRows: number;
  readonly acceptedRows: number;
  readonly refusedRows: number;
  readonly knownRows: number;
  readonly duplicateRows: number;
  readonly findings: Findings | null;
  readonly uploadedAt: string;
  readonly finishedAt: string | null;
  /** When its rows were let go of; what they were counted as stays. */
  readonly emptiedAt: string | null;
}

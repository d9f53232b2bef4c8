import type { FaultCode, Language, Likeness } from '../beneficiaries/index.ts';
import type { DateCounts, DateOrder, LearntOrder } from '../matching/index.ts';
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
  /** Which sheet of a workbook was read. */
  readonly sheet?: string;
  /** There where the workbook counts days from 1904. */
  readonly from1904?: true;
}

/** A sheet of a workbook that was not read. */
export interface OtherSheet {
  readonly name: string;
  readonly isVisible: boolean;
  readonly rowCount: number;
  /** Whether these are all: of a large sheet the beginning alone is looked at. */
  readonly isWhole: boolean;
}

/** The order of the dates of a column, where it comes from, and what the column shows. */
export interface ColumnDates extends DateCounts {
  readonly order: DateOrder;
  readonly known: LearntOrder['known'] | 'said';
}

/** A column of a file: its header as it is spelled, what its values look like, and what it seems to be. */
export interface FileColumn extends Guess {
  readonly header: string;
  readonly shapes: string[];
  /** Where it has dates in numbers. */
  readonly dates?: DateCounts;
}

/** What a dry run has found so far, or the check of the whole file before a run. It holds numbers, names of columns and who is registered already, and no value of anybody. */
export interface Findings {
  readonly checkedRows: number;
  readonly acceptableRows: number;
  readonly refusedRows: number;
  readonly knownRows: number;
  /** Those of them of whom the file says something else than was entered, and the first of these rows. Nothing is changed by them. */
  readonly knownDifferently?: { readonly count: number; readonly first: number[] };
  /** Refused cells by column and reason, the most frequent first. */
  readonly reasons: { readonly cell: string; readonly code: FaultCode; readonly rows: number }[];
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
  /** Rows that state another size than counts for their household, and the first of them. The people are entered all the same. */
  readonly householdSizes?: { readonly count: number; readonly first: HouseholdSizeRow[] };
  /** What was taken for granted of acceptable rows that do not say it: each row a household of its own, which language, or evidence of consent. */
  readonly notes: { readonly code: Assumption; readonly rows: number; readonly language?: Language }[];
  /** Whether the file stops because of its duplicates. */
  readonly tooManyDuplicates: boolean;
  /** How many there are of how many rows, once they are too many of all. */
  readonly overLimit?: { readonly duplicates: number; readonly rows: number };
  /** What going on would cost. */
  readonly cost: { readonly people: number; readonly households: number; readonly decisions: number };
}

/** A row that may be, with a probability, the person of an earlier row of the file, or somebody who was entered before. */
export interface DuplicateRow extends Partial<Likeness> {
  readonly rowNumber: number;
  readonly earlierRow?: number;
}

/** The first row of a file that names a household which another source has begun. */
export interface KnownHouseholdRow {
  readonly rowNumber: number;
  readonly householdId: string;
}

/** A row that states another size of its household than the one that counts: that of the first row of it, or of the household that is registered. */
export type HouseholdSizeRow = { readonly rowNumber: number } & ({ readonly countingRow: number } | { readonly householdId: string });

/** A file of registrations and how far it has been taken. */
export interface RegistrationFile {
  readonly id: string;
  readonly programmeId: string;
  readonly state: FileState;
  readonly format: FileFormat;
  readonly columns: (Omit<FileColumn, 'dates'> & { readonly column: ColumnName | null; readonly dates?: ColumnDates })[];
  /** The sheets of its workbook that were not read. */
  readonly sheetsBeside: OtherSheet[];
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

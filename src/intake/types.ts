export type FileState = 'received' | 'running' | 'done' | 'stopped';

/** A file of registrations and how far it has been taken. */
export interface RegistrationFile {
  readonly id: string;
  readonly programmeId: string;
  readonly state: FileState;
  readonly totalRows: number;
  readonly doneRows: number;
  readonly acceptedRows: number;
  readonly refusedRows: number;
  readonly duplicateRows: number;
  readonly uploadedAt: string;
  readonly finishedAt: string | null;
}

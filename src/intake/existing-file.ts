import { type Db, problem, type Scope, type Tx } from '../platform/index.ts';
import { findFile, lockFile, type StoredFile } from './file-store.ts';
import { say } from './words.ts';

const notFound = () => problem.not_found('There is no such record.');

/** Where a file belongs. @throws not_found */
export async function registrationFileScope(db: Db, fileId: string): Promise<Scope> {
  return { programme: (await fileById(db, fileId)).file.programmeId };
}

/** @throws not_found */
export async function fileById(db: Db, fileId: string): Promise<StoredFile> {
  const stored = await findFile(db, fileId);
  if (!stored) throw notFound();
  return stored;
}

/** A file that nobody else changes until the transaction ends. @throws not_found */
export async function existingFile(tx: Tx, fileId: string): Promise<StoredFile> {
  const stored = await lockFile(tx, fileId);
  if (!stored) throw notFound();
  return stored;
}

/** @throws conflict when the rows of the file have been let go of, as the retention schedule says */
export function refuseEmptied({ file: { emptiedAt } }: StoredFile): void {
  if (emptiedAt) throw problem.conflict(say('file_emptied'), { emptiedAt });
}

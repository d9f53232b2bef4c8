import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, Download, fileTypeOf, type KeyRing, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { exportParts, partPlace } from './export-commands.ts';
import { encryptedFile } from './export-encryption.ts';
import { keptParts } from './export-parts.ts';
import { findExport, pageOfExports, partOf } from './export-records.ts';
import type { PersonExport } from './export-types.ts';

type Paging = { readonly limit?: number; readonly cursor?: string };

/** A programme's exports, newest first, whoever asked for them; the files stay with who did. */
export async function listExports(db: Db, actor: Actor, programmeId: string, query: Paging): Promise<Page<PersonExport>> {
  authoriseRead(actor, 'beneficiaries.read_exports', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfExports(db, sql`x.programme_id = ${programmeId}`, limit, after);
}

/** @throws not_found when there is none within the actor's scope */
export async function readExport(db: Db, actor: Actor, id: string): Promise<PersonExport> {
  authoriseRead(actor, 'beneficiaries.read_export');
  const found = await findExport(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'beneficiaries.read_export', { programme: found.export.programmeId }, found.export.requestedBy);
  return found.export;
}

/** The name of the file inside the encryption. */
export const plainName = ({ format, listId, fileId }: Pick<PersonExport, 'format' | 'listId' | 'fileId'>): string => {
  const what = listId !== null ? 'payments' : fileId !== null ? 'refused-rows' : 'people';
  return `${what}.${format === 'pain001' ? 'xml' : fileTypeOf({ kind: format }).extension}`;
};

/** The encrypted file of an export that is ready. */
export async function exportFile(db: Db, keyRing: KeyRing, id: string): Promise<Download> {
  const found = await findExport(db, id);
  if (!found?.parts) throw new Error('an export that is ready has parts');
  const { attempt, parts } = found;
  const { contentType, filename } = encryptedFile(found.export.encryption, plainName(found.export));
  const opened = async (number: number): Promise<Buffer | undefined> => {
    const part = await partOf(db, id, attempt, number);
    return part && Buffer.from(keyRing.open(exportParts.purpose, partPlace(id, attempt, number), part.content), 'base64');
  };
  return new Download(contentType, filename, keptParts(parts, opened));
}

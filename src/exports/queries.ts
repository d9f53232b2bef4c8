import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, pageRequestById } from '../platform/index.ts';
import { missing } from './define.ts';
import { findDefinition, pageOfDefinitions } from './definition-store.ts';
import { findRun, pageOfRuns } from './run-store.ts';
import type { ExportDefinition, ExportRun } from './types.ts';

type Paging = { readonly limit?: number; readonly cursor?: string };

/** A programme's scheduled exports, newest first. @throws not_found */
export async function listDefinitions(db: Db, actor: Actor, programmeId: string, query: Paging): Promise<Page<ExportDefinition>> {
  authoriseRead(actor, 'exports.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfDefinitions(db, programmeId, limit, after);
}

/** @throws not_found when there is none within the actor's scope */
export async function readDefinition(db: Db, actor: Actor, id: string): Promise<ExportDefinition> {
  authoriseRead(actor, 'exports.read');
  const found = await findDefinition(db, id);
  if (!found) throw missing();
  authoriseRead(actor, 'exports.read', { programme: found.programmeId });
  return found;
}

/** The files of a scheduled export, newest first. @throws not_found */
export async function listRuns(db: Db, actor: Actor, definitionId: string, query: Paging): Promise<Page<ExportRun>> {
  await readDefinition(db, actor, definitionId);
  const { limit, after } = pageRequest(query, (key) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(key));
  return pageOfRuns(db, definitionId, limit, after);
}

/** @throws not_found when there is none within the actor's scope */
export async function readRun(db: Db, actor: Actor, id: string): Promise<ExportRun> {
  authoriseRead(actor, 'exports.read');
  const found = await findRun(db, id);
  if (!found) throw missing();
  authoriseRead(actor, 'exports.read', { programme: found.run.programmeId });
  return found.run;
}

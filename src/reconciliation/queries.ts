import { authoriseRead } from '../access/index.ts';
import { type Actor, cursorKey, type Db, isId, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';

/** Which page of a list. */
export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Refuses who may not read how a programme's cash agrees. @throws not_found */
export async function openProgramme(db: Db, actor: Actor, programmeId: string): Promise<void> {
  authoriseRead(actor, 'reconciliation.read', { programme: programmeId });
  await programmeById(db, programmeId);
}

/** The key of a cursor that holds so many identifiers. */
export function idsIn(cursor: string | undefined, count: number): string | undefined {
  const key = cursorKey(cursor);
  if (key === undefined) return undefined;
  const ids = key.split('/');
  if (ids.length !== count || !ids.every(isId)) throw problem.invalid_request('The cursor is not one of this list.');
  return key;
}

import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type KeyRing, type Page, pageRequest, pageRequestById } from '../../platform/index.ts';
import { idsIn, openProgramme, type PageQuery } from '../queries.ts';
import { type Ageing, ageingOf } from './ageing.ts';
import { openComment } from './comments.ts';
import { pageOfClaims } from './decision-store.ts';
import { pageOfComments } from './life-store.ts';
import { exceptionById, sheetOf } from './lookup.ts';
import { type ExceptionFilter, pageOfExceptions } from './reading.ts';
import { type ExceptionSettings, settingsOf } from './settings-store.ts';
import type { Claim, Comment, ExceptionSheet, StatementException } from './types.ts';

/** A filter as somebody asks for it: `owner` is an identifier, `me` or `nobody`. */
export type AskedFilter = Omit<ExceptionFilter, 'ownerId' | 'unowned'> & { readonly owner?: string | undefined };

/** The filter that somebody asks for. */
export const filterOf = (actor: Actor, { owner, ...filter }: AskedFilter): ExceptionFilter => ({
  ...filter,
  ...(owner === 'nobody' ? { unowned: true } : owner === undefined ? {} : { ownerId: owner === 'me' ? actor.id : owner }),
});

/** A programme's exceptions, the oldest first. @throws not_found */
export async function listExceptions(
  db: Db,
  actor: Actor,
  programmeId: string,
  { limit, cursor, ...filter }: PageQuery & AskedFilter,
  now: Date,
): Promise<Page<StatementException>> {
  await openProgramme(db, actor, programmeId);
  return pageOfExceptions(db, programmeId, filterOf(actor, filter), now, pageRequest({ limit }).limit, idsIn(cursor, 1));
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readException(db: Db, actor: Actor, id: string, now: Date): Promise<ExceptionSheet> {
  await reach(db, actor, id);
  return sheetOf(db, id, now);
}

async function reach(db: Db, actor: Actor, id: string): Promise<void> {
  authoriseRead(actor, 'reconciliation.read');
  const { programmeId } = await exceptionById(db, id, new Date(0));
  authoriseRead(actor, 'reconciliation.read', { programme: programmeId });
}

/** What was said about an exception, the oldest first. @throws not_found */
export async function listComments(db: Db, keyRing: KeyRing, actor: Actor, id: string, query: PageQuery): Promise<Page<Comment>> {
  await reach(db, actor, id);
  const { limit, after } = pageRequestById(query);
  const { items, nextCursor } = await pageOfComments(db, id, limit, after);
  return {
    items: items.map(({ content, at, ...row }) => ({ ...row, at: at.toISOString(), text: openComment(keyRing, id, row.id, content) })),
    nextCursor,
  };
}

/** How long a programme's exceptions have waited. @throws not_found */
export async function readAgeing(db: Db, actor: Actor, programmeId: string, now: Date): Promise<Ageing> {
  await openProgramme(db, actor, programmeId);
  return ageingOf(db, programmeId, now);
}

/** What is claimed from the post, and what became of it. @throws not_found */
export async function listClaims(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PageQuery & { readonly state?: string; readonly officeId?: string; readonly fundId?: string },
): Promise<Page<Claim>> {
  await openProgramme(db, actor, programmeId);
  const { limit, after } = pageRequestById(query);
  return pageOfClaims(db, programmeId, query, limit, after);
}

/** @throws not_found */
export async function readSettings(db: Db, actor: Actor, programmeId: string): Promise<ExceptionSettings> {
  await openProgramme(db, actor, programmeId);
  return settingsOf(db, programmeId);
}

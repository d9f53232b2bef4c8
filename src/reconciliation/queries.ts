import { authoriseRead } from '../access/index.ts';
import { type Actor, cursorKey, type Db, isId, type Page, pageRequest, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { pageOfExceptions, type StatementException } from './store/exceptions.ts';
import { type Payable, pageOfPayables } from './store/settlements.ts';
import { findStatement, type Match, pageOfMatches, type Statement } from './store/statements.ts';

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readStatementById(db: Db, actor: Actor, id: string): Promise<Statement> {
  authoriseRead(actor, 'reconciliation.read');
  const statement = await findStatement(db, id);
  if (!statement) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'reconciliation.read', { programme: statement.programmeId });
  return statement;
}

/** The lines of a statement that are pay-outs of ours, by row. @throws not_found */
export async function listMatches(db: Db, actor: Actor, statementId: string, query: PageQuery): Promise<Page<Match>> {
  await readStatementById(db, actor, statementId);
  const { limit, after } = pageRequest(query);
  const row = Number(after ?? 0);
  if (!Number.isInteger(row)) throw problem.invalid_request('The cursor is not one of this list.');
  return pageOfMatches(db, statementId, limit, row);
}

/** A programme's exceptions, the oldest first. @throws not_found */
export async function listExceptions(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PageQuery & { readonly state?: string; readonly kind?: string },
): Promise<Page<StatementException>> {
  await openProgramme(db, actor, programmeId);
  return pageOfExceptions(db, programmeId, query, pageRequest(query).limit, idsIn(query.cursor, 1));
}

/** What a programme owes the post, by fund and office. @throws not_found */
export async function listPayables(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<Payable>> {
  await openProgramme(db, actor, programmeId);
  return pageOfPayables(db, programmeId, pageRequest(query).limit, idsIn(query.cursor, 2));
}

async function openProgramme(db: Db, actor: Actor, programmeId: string): Promise<void> {
  authoriseRead(actor, 'reconciliation.read', { programme: programmeId });
  await programmeById(db, programmeId);
}

/** The key of a cursor that holds so many identifiers. */
function idsIn(cursor: string | undefined, count: number): string | undefined {
  const key = cursorKey(cursor);
  if (key === undefined) return undefined;
  const ids = key.split('/');
  if (ids.length !== count || !ids.every(isId)) throw problem.invalid_request('The cursor is not one of this list.');
  return key;
}

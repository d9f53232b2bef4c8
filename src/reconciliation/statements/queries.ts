import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, pageRequestById, problem } from '../../platform/index.ts';
import { openProgramme, type PageQuery } from '../queries.ts';
import type { LineKind, StatementSource } from './formats/types.ts';
import { pageOfLines } from './line-store.ts';
import { pageOfMappings, type SavedMapping } from './mapping-store.ts';
import { findStatement, pageOfStatements } from './store.ts';
import type { Statement, StatementLineShown, StatementState, StatementSummary } from './types.ts';

/** @throws not_found when there is none, or none within the actor's scope */
export async function readStatementById(db: Db, actor: Actor, id: string): Promise<Statement> {
  authoriseRead(actor, 'reconciliation.read');
  const statement = await findStatement(db, id);
  if (!statement) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'reconciliation.read', { programme: statement.programmeId });
  return statement;
}

/** A programme's statements, the latest first. @throws not_found */
export async function listStatements(
  db: Db,
  actor: Actor,
  programmeId: string,
  { state, source, ...query }: PageQuery & { readonly state?: StatementState; readonly source?: StatementSource },
): Promise<Page<StatementSummary>> {
  await openProgramme(db, actor, programmeId);
  const { limit, after } = pageRequestById(query);
  return pageOfStatements(db, programmeId, { state, source }, limit, after);
}

/** The lines of a statement, each with what became of it. @throws not_found */
export async function listLines(
  db: Db,
  actor: Actor,
  statementId: string,
  { kind, ...query }: PageQuery & { readonly kind?: LineKind },
): Promise<Page<StatementLineShown>> {
  await readStatementById(db, actor, statementId);
  const { limit, after } = pageRequest(query, (key) => /^\d{1,9}$/.test(key));
  return pageOfLines(db, statementId, { kind }, limit, Number(after ?? 0));
}

/** The mappings that were saved in a programme, each in its latest version, by name. @throws not_found */
export async function listMappings(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<SavedMapping>> {
  await openProgramme(db, actor, programmeId);
  const { limit, after } = pageRequest(query);
  return pageOfMappings(db, programmeId, limit, after);
}

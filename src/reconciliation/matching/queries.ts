import { authoriseRead } from '../../access/index.ts';
import type { components } from '../../contract/api.ts';
import { type Actor, type Db, type Page, pageRequest, problem, Versioned } from '../../platform/index.ts';
import { openProgramme, type PageQuery } from '../queries.ts';
import { readStatementById } from '../statements/queries.ts';
import { findPasses } from './passes/store.ts';
import { findStatementToMatch, lastRun } from './runs/store.ts';
import { countsOf, matchOfRow, pageOfMatches } from './store.ts';
import type { Match, PassSet } from './types.ts';

/** The lines of a statement that are records of ours, by row. @throws not_found */
export async function listMatches(db: Db, actor: Actor, statementId: string, query: PageQuery): Promise<Page<Match>> {
  await readStatementById(db, actor, statementId);
  const { limit, after } = pageRequest(query);
  const row = Number(after ?? 0);
  if (!Number.isInteger(row)) throw problem.invalid_request('The cursor is not one of this list.');
  return pageOfMatches(db, statementId, limit, row);
}

/** The match of one row, which is there. */
export async function findMatch(db: Db, statementId: string, row: number): Promise<Match> {
  const match = await matchOfRow(db, statementId, row);
  if (!match) throw new Error('a match that was made is not there');
  return match;
}

/** How far a statement is matched, and how. @throws not_found */
export async function readMatching(db: Db, actor: Actor, statementId: string): Promise<components['schemas']['Matching']> {
  const { matchedCount, exceptions, lineCount } = await readStatementById(db, actor, statementId);
  const statement = await findStatementToMatch(db, statementId);
  if (!statement) throw problem.not_found('There is no such record.');
  const last = await lastRun(db, statementId);
  const { id: _none, ...run } = last ?? { id: '' };
  return {
    statementId,
    state: statement.state as 'staged',
    run: last ? (run as components['schemas']['MatchingRun']) : null,
    lineCount,
    matchedCount,
    ...(await countsOf(db, statementId, statement.currency)),
    exceptions,
  };
}

/** How a programme's lines find what they are of ours. @throws not_found */
export async function readPasses(db: Db, actor: Actor, programmeId: string, version?: number): Promise<Versioned<PassSet>> {
  authoriseRead(actor, 'reconciliation.read');
  await openProgramme(db, actor, programmeId);
  const passes = await findPasses(db, programmeId, version);
  if (!passes) throw problem.not_found('There is no such record.');
  return new Versioned(passes, passes.version);
}

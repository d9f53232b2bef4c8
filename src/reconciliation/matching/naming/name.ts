import type { Tx } from '../../../platform/index.ts';
import { closeSuperseded } from '../../exceptions/closing.ts';
import { openExceptions } from '../../exceptions/store.ts';
import { findStatementToMatch } from '../runs/store.ts';
import type { MatchedStatement } from '../types.ts';
import { lineFacts } from './facts.ts';
import { missingAgain } from './listed.ts';
import { payoutsNotListed, recordsNotListed } from './missing.ts';
import type { Rows } from './named.ts';
import { findingsOf } from './rules.ts';
import { noLongerFound } from './settled.ts';

/** In whose name something is named, and when. */
export interface Author {
  readonly by: string;
  readonly at: Date;
}

/** Opens what does not agree in these rows, and where they were named before takes back what agrees by now. */
export async function nameRows(tx: Tx, statement: MatchedStatement, rows: Rows, { by, at }: Author, isAgain: boolean): Promise<void> {
  const findings = findingsOf(await lineFacts(tx, statement, rows), statement);
  if (isAgain) await closeSuperseded(tx, await noLongerFound(tx, statement.id, rows, findings), by, at);
  await openExceptions(tx, { programmeId: statement.programmeId, statementId: statement.id, ownerId: by, at }, findings);
}

/** Opens that a statement does not list these records, which no line has any more, as far as they fall into its period. */
export async function nameMissing(tx: Tx, statement: MatchedStatement, ids: readonly string[], { by, at }: Author): Promise<void> {
  const { findings } =
    statement.source === 'post' ? await payoutsNotListed(tx, statement, 0, ids.length, ids) : await recordsNotListed(tx, statement, ids);
  await openExceptions(tx, { programmeId: statement.programmeId, statementId: statement.id, ownerId: by, at }, findings);
}

/**
 * Opens again that statements do not list what a line had claimed since and none has any more: it may lie outside the period of the
 * statement that the line is of. @param only these records; any of the programme without it
 */
export async function nameMissingAgain(tx: Tx, programmeId: string, author: Author, only?: readonly string[]): Promise<void> {
  for (const { statementId, ids } of await missingAgain(tx, programmeId, only)) {
    const statement = await findStatementToMatch(tx, statementId);
    if (statement) await nameMissing(tx, statement, ids, author);
  }
}

import type { Tx } from '../../../platform/index.ts';
import { closeSuperseded } from '../../exceptions/closing.ts';
import { openExceptions } from '../../exceptions/store.ts';
import type { MatchedStatement, Target } from '../types.ts';
import { lineFacts } from './facts.ts';
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
export async function nameMissing(tx: Tx, statement: MatchedStatement, targets: readonly Target[], { by, at }: Author): Promise<void> {
  const ids = targets.map(({ id }) => id);
  const { findings } =
    statement.source === 'post' ? await payoutsNotListed(tx, statement, 0, ids.length, ids) : await recordsNotListed(tx, statement, ids);
  await openExceptions(tx, { programmeId: statement.programmeId, statementId: statement.id, ownerId: by, at }, findings);
}

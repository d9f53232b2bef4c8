import { authoriseRead, mayRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Problem, problem, type Scope, type Sql, sql, type Tx } from '../platform/index.ts';
import { findCase, lockCase } from './case-store.ts';
import type { StoredCase } from './types.ts';

const nothing = (): Problem => problem.not_found('There is no such record.');

const columns = { programme: sql`c.programme_id` };

/** The cases `c` that an actor may see: ordinary ones, sensitive ones where they handle those, and none about themselves. */
export function seenBy(actor: Actor, programmeId: string): Sql {
  const list = { programme: programmeId };
  const ordinary = scopeCondition(actor, 'feedback.read', columns, list);
  const sensitive = mayRead(actor, 'feedback.read_sensitive') ? scopeCondition(actor, 'feedback.read_sensitive', columns) : sql`false`;
  return sql`c.programme_id = ${programmeId} and ${actor.id}::uuid <> all (c.accused_ids)
    and (not c.is_sensitive and (${ordinary}) or c.is_sensitive and (${sensitive}))`;
}

/** Whether an actor handles sensitive cases of a programme. */
export function seesSensitive(actor: Actor, programmeId: string): boolean {
  if (!mayRead(actor, 'feedback.read_sensitive')) return false;
  try {
    authoriseRead(actor, 'feedback.read_sensitive', { programme: programmeId });
    return true;
  } catch {
    return false;
  }
}

function visible(actor: Actor, found: StoredCase | undefined): StoredCase {
  if (!found || found.accusedIds.includes(actor.id)) throw nothing();
  const { isSensitive, programmeId } = found.shown;
  if (isSensitive && actor.kind !== 'system' && !seesSensitive(actor, programmeId)) throw nothing();
  return found;
}

/** A case, for an actor who may see it. @throws not_found, in the same words, when there is none or it is not for them */
export const caseFor = async (db: Db, actor: Actor, id: string): Promise<StoredCase> => visible(actor, await findCase(db, id));

/** The same, and nobody else changes it until the transaction ends. */
export const heldCaseFor = async (tx: Tx, actor: Actor, id: string): Promise<StoredCase> => visible(actor, await lockCase(tx, id));

/** Where a case lies. @throws not_found */
export async function scopeOfCase(db: Db, { caseId }: { caseId: string }): Promise<Scope> {
  const found = await findCase(db, caseId);
  if (!found) throw nothing();
  return { programme: found.shown.programmeId };
}

/** A case as the trail names it. */
export const subjectOf = (id: string) => ({ type: 'feedback_case', id });

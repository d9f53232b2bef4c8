import { atMost, sql, type Tx } from '../../platform/index.ts';
import { keepStepOfAll } from './steps.ts';
import type { PlainResolution } from './types.ts';

/** That nobody has touched an exception `e` since it was opened: it may be taken back without asking anybody. */
export const isUntouched = sql`e.state = 'open'
  and not exists (select from exception_events h where h.exception_id = e.id and h.what <> 'superseded')
  and not exists (select from exception_comments c where c.exception_id = e.id)`;

const unfounded = 'A later run of matching found no reason for it.';

/**
 * Takes back exceptions that a later run of matching found no reason for: those that are open and that nobody has touched.
 * @param by who runs it, or the system
 * @returns how many it took back
 */
export async function closeSuperseded(tx: Tx, ids: readonly string[], by: string, at: Date): Promise<number> {
  if (ids.length === 0) return 0;
  const closed = await tx.all<{
    id: string;
  }>(sql`update exceptions e set state = 'resolved', resolution = 'superseded', resolved_by = ${by},
      resolved_at = ${at}, note = ${unfounded}, version = e.version + 1
    where e.id = any(${ids}::uuid[]) and ${isUntouched}
    returning e.id`);
  const all = closed.map(({ id }) => id);
  await keepStepOfAll(tx, all, { at, by, what: 'superseded', reason: unfounded, facts: {} });
  return all.length;
}

/** How many exceptions are closed at once, each with a step of its own. */
const AT_ONCE = 20_000;

/**
 * Takes back every open exception of a statement that no longer counts, whoever owns it or has said something about it.
 * @param by in whose name @param note why
 */
export async function closeAllOf(
  tx: Tx,
  statementId: string,
  { by, at, note }: { readonly by: string; readonly at: Date; readonly note: string },
): Promise<void> {
  for (let closed = AT_ONCE; closed === AT_ONCE; ) {
    const rows = await tx.all<{ id: string }>(sql`update exceptions set state = 'resolved', resolution = 'superseded', resolved_by = ${by},
        resolved_at = ${at}, note = ${note}, version = version + 1
      where id in (select e.id from exceptions e where e.statement_id = ${statementId} and e.state = 'open' limit ${atMost(AT_ONCE)}) returning id`);
    closed = rows.length;
    await keepStepOfAll(
      tx,
      rows.map(({ id }) => id),
      { at, by, what: 'superseded', reason: note, facts: {} },
    );
  }
}

/** Closes exceptions that are open, with one decision that posts nothing. */
export async function closeMany(
  tx: Tx,
  ids: readonly string[],
  { resolution, note, by, at }: { readonly resolution: PlainResolution; readonly note: string; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.run(sql`update exceptions set state = 'resolved', resolution = ${resolution}, note = ${note}, resolved_by = ${by}, resolved_at = ${at},
    version = version + 1 where id = any(${ids}::uuid[])`);
}

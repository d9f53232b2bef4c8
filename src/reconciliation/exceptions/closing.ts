import { sql, type Tx } from '../../platform/index.ts';
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

/** Closes exceptions that are open, with one decision that posts nothing. */
export async function closeMany(
  tx: Tx,
  ids: readonly string[],
  { resolution, note, by, at }: { readonly resolution: PlainResolution; readonly note: string; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.run(sql`update exceptions set state = 'resolved', resolution = ${resolution}, note = ${note}, resolved_by = ${by}, resolved_at = ${at},
    version = version + 1 where id = any(${ids}::uuid[])`);
}

import { type Actor, type Db, type Page, pageRequestById, type Sql, sql } from '../platform/index.ts';
import { pageOfEvents } from './store.ts';
import type { AuditEvent, AuditFilter } from './types.ts';

/**
 * What of the trail an actor may read, as a condition on rows; null for all of it. The room that knows roles answers this.
 * @throws Problem when the actor may read none
 */
export type Reachable = (actor: Actor, columns: Readonly<Record<'programme' | 'office' | 'fund', Sql>>) => Sql | null;

const columns = { programme: sql`e.programme_id`, office: sql`e.office_id`, fund: sql`e.fund_id` };

/** The events that an actor may read and that fit a filter, newest first. */
export async function listAuditEvents(
  db: Db, reachable: Reachable, actor: Actor, { limit: size, cursor, ...filter }: AuditFilter & { limit?: number; cursor?: string },
): Promise<Page<AuditEvent>> {
  const within = reachable(actor, columns);
  const { limit, after } = pageRequestById({ limit: size, cursor });
  return pageOfEvents(db, within, filter, limit, after);
}

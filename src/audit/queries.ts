import { scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, sql } from '../platform/index.ts';
import { pageOfEvents } from './store.ts';
import type { AuditEvent, AuditFilter } from './types.ts';

const columns = { programme: sql`e.programme_id`, office: sql`e.office_id`, fund: sql`e.fund_id` };

/** The events that an actor may read and that fit a filter, newest first. */
export async function listAuditEvents(
  db: Db,
  actor: Actor,
  { limit: size, cursor, ...filter }: AuditFilter & { limit?: number; cursor?: string },
): Promise<Page<AuditEvent>> {
  const within = scopeCondition(actor, 'audit.read', columns);
  const { limit, after } = pageRequestById({ limit: size, cursor });
  return pageOfEvents(db, within, filter, limit, after);
}

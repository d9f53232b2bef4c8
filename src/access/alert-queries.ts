import { type Actor, type Db, type Page, pageRequestById, sql } from '../platform/index.ts';
import { pageOfAlerts } from './alert-store.ts';
import { scopeCondition } from './scope-condition.ts';
import type { Alert } from './types.ts';

interface AlertQuery {
  readonly kind?: string;
  readonly seen?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Alerts within the reader's scope, newest first. One that is of no programme is for those whose role is not confined to one. */
export async function listAlerts(db: Db, actor: Actor, query: AlertQuery): Promise<Page<Alert>> {
  const within = scopeCondition(actor, 'access.read_alerts', { programme: sql`a.programme_id` });
  const { limit, after } = pageRequestById(query);
  return pageOfAlerts(db, within, query, limit, after);
}

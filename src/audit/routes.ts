import type { Ground, Routes } from '../platform/index.ts';
import { listAuditEvents, type Reachable } from './queries.ts';

export const auditRoutes = ({ db }: Ground, reachable: Reachable): Routes<'listAuditEvents'> => ({
  listAuditEvents: ({ actor, query }) => listAuditEvents(db, reachable, actor, query),
});

import type { Ground, Routes } from '../platform/index.ts';
import { listAuditEvents } from './queries.ts';

export const auditRoutes = ({ db }: Ground): Routes<'listAuditEvents'> => ({
  listAuditEvents: ({ actor, query }) => listAuditEvents(db, actor, query),
});

import type { Ground, Routes } from '../platform/index.ts';
import * as queries from './queries.ts';
import { listPersonReads, readPersonRead } from './reads-queries.ts';
import { type RelatedSubjects, readStory } from './story.ts';

type AuditOperation =
  | 'listAuditEvents'
  | 'exportAuditEvents'
  | 'proveAuditEvent'
  | 'listAuditHeads'
  | 'listAuditKeys'
  | 'proveAuditConsistency'
  | 'readStory'
  | 'listPersonReads'
  | 'getPersonRead';

/** @param related which records belong to the life of one */
export const auditRoutes = ({ db }: Ground, related: RelatedSubjects): Routes<AuditOperation> => ({
  listAuditEvents: ({ actor, query }) => queries.listAuditEvents(db, actor, query),
  exportAuditEvents: ({ actor, query }) => queries.exportAuditEvents(db, actor, query),
  proveAuditEvent: async ({ actor, params }) => {
    const { event, path, ...proof } = await queries.proveAuditEvent(db, actor, params.id);
    return { ...proof, event: { ...event }, path: [...path] };
  },
  listAuditHeads: ({ actor, query }) => queries.listAuditHeads(db, actor, query),
  listAuditKeys: ({ actor }) => queries.listAuditKeys(db, actor),
  proveAuditConsistency: async ({ actor, query: { from, to } }) => {
    const { path, verifierKeys, ...proof } = await queries.proveAuditConsistency(db, actor, from, to);
    return { ...proof, path: [...path], verifierKeys: [...verifierKeys] };
  },
  listPersonReads: ({ actor, query }) => listPersonReads(db, actor, query),
  getPersonRead: ({ actor, params }) => readPersonRead(db, actor, params.readId),
  readStory: ({ actor, params, query }) => readStory(db, related, actor, { ...params, ...query }),
});

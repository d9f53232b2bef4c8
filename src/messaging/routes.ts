import type { Ground, Routes } from '../platform/index.ts';
import { listMessages, previewMessage } from './queries.ts';

export const messagingRoutes = ({ db }: Ground): Routes<'listMessages' | 'previewMessage'> => ({
  listMessages: ({ actor, params, query }) => listMessages(db, actor, params.listId, query),
  previewMessage: async ({ actor, query }) => previewMessage(actor, query.language),
});

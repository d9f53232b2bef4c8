import type { Ground, Routes } from '../platform/index.ts';
import { decideDuplicatePair } from './commands.ts';
import { listDuplicatePairs } from './queries.ts';

export const deduplicationRoutes = ({ execute }: Ground): Routes<'listDuplicatePairs' | 'decideDuplicatePair'> => ({
  listDuplicatePairs: ({ params, query, ...call }) => execute(listDuplicatePairs, { ...params, query }, call),
  decideDuplicatePair: ({ params, body, ...call }) => execute(decideDuplicatePair, { ...params, ...body }, call),
});

import type { Ground, Routes } from '../platform/index.ts';
import { readBalances, verifyBooks } from './queries.ts';

export const ledgerRoutes = ({ db }: Ground): Routes<'getFundBalances' | 'verifyIdentities'> => ({
  getFundBalances: ({ actor, params }) => readBalances(db, actor, params.fundId),
  verifyIdentities: ({ actor, params }) => verifyBooks(db, actor, params.programmeId),
});

import type { Ground, Routes } from '../platform/index.ts';
import { type AuthoriseRead, readBalances, verifyBooks } from './queries.ts';

/** @param ports.authoriseRead refuses who may not read the books */
export const ledgerRoutes = (
  { db }: Ground, { authoriseRead }: { readonly authoriseRead: AuthoriseRead },
): Routes<'getFundBalances' | 'verifyIdentities'> => ({
  getFundBalances: ({ actor, params }) => readBalances(db, authoriseRead, actor, params.fundId),
  verifyIdentities: ({ actor, params }) => verifyBooks(db, authoriseRead, actor, params.programmeId),
});

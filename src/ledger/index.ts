export { checkIdentities, type Identity } from './identities.ts';
export { availableIn } from './queries.ts';
export { ledgerRoutes } from './routes.ts';
export { post, posting } from './store.ts';
export type { AccountKind, LedgerEvent, Transfer } from './types.ts';

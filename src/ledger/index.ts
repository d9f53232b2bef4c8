export { post } from './store.ts';
export type { AccountKind, LedgerEvent, Transfer } from './types.ts';

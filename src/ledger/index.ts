export { ledgerRows } from './export.ts';
export { checkIdentities, type Identity } from './identities.ts';
export type { CheckResult, OpenItem, Period, PeriodCheck } from './period-types.ts';
export { availableIn } from './queries.ts';
export { type ReversalGuard, reverseEntries, takeBack } from './reversal.ts';
export { type LedgerPorts, ledgerRoutes } from './routes.ts';
export { type Posting, post, posted, posting } from './store.ts';
export type { AccountKind, LedgerEvent, Transfer } from './types.ts';
export { type BookFinding, type BrokenBook, bookFindings, verifyBooks } from './verify.ts';

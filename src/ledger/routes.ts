import { type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { listCarryForwards } from './carry-forwards.ts';
import { carryForward, confirmCarryForward } from './commands/carry-forward.ts';
import { closePeriod } from './commands/close-period.ts';
import { mapAccounts } from './commands/map-accounts.ts';
import { askReopening, confirmReopening, refuseReopening } from './commands/reopen-period.ts';
import { reverseEntry } from './commands/reverse-entry.ts';
import { exportLedger } from './export.ts';
import { readMapping } from './mapping.ts';
import type { PeriodCheck } from './period-types.ts';
import { listPeriods, previewPeriod, readPeriod } from './periods.ts';
import { readAccounts, readBalances, readEntries, readEntry, readTrialBalance, verifyBooks } from './queries.ts';
import type { ReversalGuard } from './reversal.ts';
import { readStatement } from './statement.ts';

/** What the rooms above have a say in. */
export interface LedgerPorts {
  /** What has to hold before a period is closed, beside the ledger's own checks. */
  readonly checks?: readonly PeriodCheck[];
  /** What stands against taking back what was posted of a record of theirs. */
  readonly guard?: ReversalGuard;
}

type Operations =
  | 'getFundBalances'
  | 'verifyIdentities'
  | 'listAccounts'
  | 'readAccountStatement'
  | 'getTrialBalance'
  | 'listJournalEntries'
  | 'getJournalEntry'
  | 'reverseJournalEntry'
  | 'exportGeneralLedger'
  | 'getAccountMapping'
  | 'mapAccounts'
  | 'listLedgerPeriods'
  | 'previewLedgerPeriod'
  | 'closeLedgerPeriod'
  | 'getLedgerPeriod'
  | 'askPeriodReopening'
  | 'confirmPeriodReopening'
  | 'refusePeriodReopening'
  | 'listCarryForwards'
  | 'carryForward'
  | 'confirmCarryForward';

export const ledgerRoutes = ({ db, execute, clock }: Ground, { checks = [], guard }: LedgerPorts = {}): Routes<Operations> => ({
  getFundBalances: ({ actor, params, query }) => readBalances(db, actor, params.fundId, query.at),
  verifyIdentities: ({ actor, params }) => verifyBooks(db, actor, params.programmeId),
  listAccounts: ({ actor, params, query }) => readAccounts(db, actor, params.fundId, query),
  readAccountStatement: ({ actor, params, query }) => readStatement(db, actor, params.accountId, query),
  getTrialBalance: ({ actor, params, query }) => readTrialBalance(db, actor, params.programmeId, query),
  listJournalEntries: ({ actor, params, query }) => readEntries(db, actor, params.fundId, query),
  getJournalEntry: ({ actor, params }) => readEntry(db, actor, params.entryId),
  reverseJournalEntry: async ({ params, body, ...call }) => {
    const { id } = await execute(reverseEntry(guard), { ...params, ...body }, call);
    return readEntry(db, call.actor, id);
  },
  exportGeneralLedger: ({ actor, params, query }) => exportLedger(db, actor, params.programmeId, query),
  getAccountMapping: ({ actor, params, query }) => readMapping(db, actor, params.programmeId, query.version),
  mapAccounts: async ({ params, ifMatch, body, ...call }) => {
    const version = versionIn(ifMatch);
    const mapping = await execute(mapAccounts, { ...params, ...body, version }, call);
    return new Versioned(mapping, mapping.version);
  },
  listLedgerPeriods: ({ actor, params, query }) => listPeriods(db, actor, params.programmeId, query),
  previewLedgerPeriod: ({ actor, params, query }) => previewPeriod(db, actor, params.programmeId, query.endsOn, clock.now(), checks),
  closeLedgerPeriod: ({ params, body, ...call }) => execute(closePeriod(checks), { ...params, ...body }, call),
  getLedgerPeriod: ({ actor, params }) => readPeriod(db, actor, params.periodId),
  askPeriodReopening: ({ params, body, ...call }) => execute(askReopening, { ...params, ...body }, call),
  confirmPeriodReopening: ({ params, body: _none, ...call }) => execute(confirmReopening, params, call),
  refusePeriodReopening: ({ params, body, ...call }) => execute(refuseReopening, { ...params, ...body }, call),
  listCarryForwards: ({ actor, params, query }) => listCarryForwards(db, actor, params.programmeId, query),
  carryForward: ({ params, body, ...call }) => execute(carryForward, { ...params, ...body }, call),
  confirmCarryForward: ({ params, body: _none, ...call }) => execute(confirmCarryForward, params, call),
});

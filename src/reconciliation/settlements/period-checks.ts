import type { OpenItem, PeriodCheck } from '../../ledger/index.ts';
import { Money } from '../../platform/index.ts';
import { bankDaysUncovered, bankDifferences, type LeftOver, settlementsNotClosed, uncomparedPayouts } from './period-store.ts';

/** One more than are named in a checklist, so that it shows that there are more. */
const LOOKED_AT = 101;

const named =
  (type: string) =>
  ({ id, name, amount, currency }: LeftOver): OpenItem => ({ type, id, name, amount: Money.of(amount, currency).toJSON() });

/** What settling with the post has to have come to before a period is closed. */
export const settlementChecks: readonly PeriodCheck[] = [
  {
    // Every pay-out at an office was compared with the post's paper: it is matched, or an exception is about it.
    check: 'statements_cover',
    find: async (db, period) => (await uncomparedPayouts(db, period, LOOKED_AT)).map(named('payout')),
  },
  {
    // What was made out in it is paid, and the bank's line says so.
    check: 'settlements_closed',
    find: async (db, period) => (await settlementsNotClosed(db, period, LOOKED_AT)).map(named('settlement')),
  },
  {
    // What the books moved at the bank lies within its statements, and the last of them says what the books do.
    check: 'bank_balance',
    find: async (db, period) =>
      [...(await bankDifferences(db, period)), ...(await bankDaysUncovered(db, period, LOOKED_AT))].slice(0, LOOKED_AT).map(named('bank')),
  },
];

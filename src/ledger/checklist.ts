import type { Db } from '../platform/index.ts';
import { unbalancedWithin, unreturnedOf, unsettledAt } from './checklist-store.ts';
import { checkIdentities } from './identities.ts';
import type { CheckResult, Period, PeriodCheck } from './period-types.ts';
import { trialBalanceOf } from './trial-balance.ts';

/** How many open things a checklist names. */
export const NAMED = 100;

/** What the ledger itself asks before a period is closed. */
const ownChecks: readonly PeriodCheck[] = [
  {
    check: 'period_over',
    find: async (_db, { until, endsOn, id }, now) => (now.toISOString() >= until ? [] : [{ type: 'period', id, name: endsOn }]),
  },
  {
    check: 'trial_balance',
    async find(db, period) {
      const { totals } = await trialBalanceOf(db, { programmeId: period.programmeId, from: period.from, until: period.until });
      const faults = totals
        .filter(({ balanced }) => !balanced)
        .map(({ currency }) => ({ type: 'currency', id: period.programmeId, name: currency }));
      return [...faults, ...(await unbalancedWithin(db, period, NAMED + 1))];
    },
  },
  {
    check: 'identities',
    find: async (db, { programmeId }) =>
      (await checkIdentities(db, programmeId))
        .filter(({ holds }) => !holds)
        .map(({ identity, subject }) => ({ ...subject, name: identity })),
  },
  { check: 'post_settled', find: (db, period) => unsettledAt(db, period, NAMED + 1) },
  { check: 'advances_returned', find: (db, period) => unreturnedOf(db, period, NAMED + 1) },
];

/** Computes everything that has to hold before a period is closed. @param further what the rooms above ask beside */
export async function checklistOf(db: Db, period: Period, now: Date, further: readonly PeriodCheck[]): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { check, find } of [...ownChecks, ...further]) {
    const open = await find(db, period, now);
    results.push({ check, holds: open.length === 0, openCount: open.length, open: open.slice(0, NAMED) });
  }
  return results;
}

import { brokenConstraint, command, newId, problem, type Tx } from '../../platform/index.ts';
import { checklistOf } from '../checklist.ts';
import { findPeriodSheet, insertClosing, insertPeriod, lockPeriod } from '../period-store.ts';
import type { PeriodCheck, PeriodSheet } from '../period-types.ts';
import { nextPeriod } from '../periods.ts';
import { ledgerProblem } from '../problems.ts';
import { say } from '../words.ts';

/**
 * Closes the next period of a programme: the one that was opened again, or the one after the last. From then on it takes no posting. What
 * is on its way while it closes is waited for, so that the checklist is of everything that is in it.
 * @param further what the rooms above ask for beside the ledger's own checks
 * @throws not_found; unprocessable for a last day that fits no period; conflict when nothing was ever posted; period_not_ready, naming the
 *   checks that do not hold
 */
export const closePeriod = (further: readonly PeriodCheck[]) =>
  command<{ readonly programmeId: string; readonly endsOn?: string }, PeriodSheet>({
    name: 'ledger.close_period',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now }, { programmeId, endsOn }) {
      const { period, isNew } = await nextPeriod(tx, programmeId, newId(), endsOn);
      if (isNew) await insertOnce(tx, () => insertPeriod(tx, period, now));
      await lockPeriod(tx, period.id);
      const before = await sheetOf(tx, period.id);
      if (before.state === 'closed') throw problem.conflict(say('period_closed_meanwhile'));
      const checklist = await checklistOf(tx, period, now, further);
      const failed = checklist.filter(({ holds }) => !holds);
      if (failed.length > 0) {
        const places = failed.map(({ check, openCount }) => ({
          pointer: `/checklist/${check}`,
          detail: say('check_open', { count: openCount }),
        }));
        throw ledgerProblem.period_not_ready(say('period_unsettled'), { startsOn: period.startsOn, endsOn: period.endsOn }, places);
      }
      await insertOnce(tx, () => insertClosing(tx, period, actor.id, now, checklist));
      const result = await sheetOf(tx, period.id);
      return { result, subject: { type: 'ledger_period', id: period.id }, before, after: result };
    },
  });

async function insertOnce(_tx: Tx, insert: () => Promise<void>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    const broken = brokenConstraint(error) ?? '';
    if (!['ledger_periods_number_once', 'ledger_periods_in_order', 'ledger_closings_pkey'].includes(broken)) throw error;
    throw problem.conflict(say('period_closing'));
  }
}

async function sheetOf(tx: Tx, id: string): Promise<PeriodSheet> {
  const sheet = await findPeriodSheet(tx, id);
  if (!sheet) throw problem.not_found('There is no such record.');
  return sheet;
}

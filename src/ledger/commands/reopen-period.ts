import { brokenConstraint, command, type Db, newId, problem, type Scope } from '../../platform/index.ts';
import {
  confirmReopeningRow,
  findPeriod,
  findPeriodSheet,
  findReopening,
  insertReopening,
  movePeriod,
  refuseReopeningRow,
} from '../period-store.ts';
import type { PeriodSheet } from '../period-types.ts';
import { say } from '../words.ts';

/**
 * Asks for a closed period to be opened again. Somebody else has to confirm it.
 * @throws not_found; conflict when it is open, or is asked for already
 */
export const askReopening = command<{ readonly periodId: string; readonly reason: string }, PeriodSheet>({
  name: 'ledger.ask_reopening',
  scope: (db, { periodId }) => scopeOfPeriod(db, periodId),
  async run({ tx, actor, now }, { periodId, reason }) {
    const before = await sheetOf(tx, periodId);
    if (before.state === 'open') throw problem.conflict(say('period_open'));
    try {
      await insertReopening(tx, newId(), periodId, reason, actor.id, now);
    } catch (error) {
      if (brokenConstraint(error) !== 'ledger_reopenings_once') throw error;
      throw problem.conflict(say('carry_asked'));
    }
    const result = await sheetOf(tx, periodId);
    return { result, subject: { type: 'ledger_period', id: periodId }, before, after: result, reason };
  },
});

/**
 * Opens a closed period again, as somebody else has asked.
 * @throws not_found; conflict when it was confirmed or refused before, or a later period is closed; separation_of_duties
 */
export const confirmReopening = command<{ readonly reopeningId: string }, PeriodSheet>({
  name: 'ledger.confirm_reopening',
  scope: async (db, { reopeningId }) => scopeOfPeriod(db, await periodOf(db, reopeningId)),
  async run({ tx, actor, now }, { reopeningId }) {
    const periodId = await periodOf(tx, reopeningId);
    const before = await sheetOf(tx, periodId);
    if (!(await confirmReopeningRow(tx, reopeningId, actor.id, now))) throw decided();
    try {
      await movePeriod(tx, periodId, 'open');
    } catch (error) {
      if (brokenConstraint(error) !== 'ledger_periods_in_order') throw error;
      throw problem.conflict(say('later_period_closed'));
    }
    const result = await sheetOf(tx, periodId);
    const reason = result.reopenings.find(({ id }) => id === reopeningId)?.reason;
    return { result, subject: { type: 'ledger_period', id: periodId }, before, after: result, reason };
  },
});

/**
 * Refuses to open a period again, or takes back what one asked for oneself. It stays closed, and may be asked for anew.
 * @throws not_found; conflict when it was confirmed or refused before
 */
export const refuseReopening = command<{ readonly reopeningId: string; readonly reason: string }, PeriodSheet>({
  name: 'ledger.refuse_reopening',
  scope: async (db, { reopeningId }) => scopeOfPeriod(db, await periodOf(db, reopeningId)),
  async run({ tx, actor, now }, { reopeningId, reason }) {
    const periodId = await periodOf(tx, reopeningId);
    const before = await sheetOf(tx, periodId);
    if (!(await refuseReopeningRow(tx, reopeningId, reason, actor.id, now))) throw decided();
    const result = await sheetOf(tx, periodId);
    return { result, subject: { type: 'ledger_period', id: periodId }, before, after: result, reason };
  },
});

const decided = () => problem.conflict(say('reopening_decided'));

async function periodOf(db: Db, reopeningId: string): Promise<string> {
  const reopening = await findReopening(db, reopeningId);
  if (!reopening) throw problem.not_found('There is no such record.');
  return reopening.periodId;
}

async function scopeOfPeriod(db: Db, id: string): Promise<Scope> {
  const period = await findPeriod(db, id);
  if (!period) throw problem.not_found('There is no such record.');
  return { programme: period.programmeId };
}

async function sheetOf(db: Db, id: string): Promise<PeriodSheet> {
  const sheet = await findPeriodSheet(db, id);
  if (!sheet) throw problem.not_found('There is no such record.');
  return sheet;
}

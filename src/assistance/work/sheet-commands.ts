import { command, problem } from '../../platform/index.ts';
import { planById } from '../queries.ts';
import { settleWork, waitingOf } from './owing-store.ts';
import { sheetById, sheetScope } from './queries.ts';
import { requireStep } from './rules.ts';
import { discount, lockSheet, markSigned } from './sheet-store.ts';
import { lockWork } from './store.ts';
import type { Sheet, SignedSheet } from './types.ts';

/** As many as are named in the answer to a signature. */
const WAITING_SHOWN = 100;

/**
 * Signs a sheet that somebody else entered: its days are owed, each period on its last day. Those that come to too little as yet are named.
 * @throws not_found; conflict when it was signed, rejected or replaced; separation_of_duties
 */
export const signSheet = command<{ sheetId: string }, SignedSheet>({
  name: 'assistance.sign_attendance',
  scope: sheetScope,
  async run({ tx, actor, now }, { sheetId }) {
    const { planId } = await sheetById(tx, sheetId);
    await lockWork(tx, planId);
    const before = await lockSheet(tx, sheetId);
    if (!before) throw problem.not_found('There is no such record.');
    requireStep(before.state, 'sign');
    await markSigned(tx, sheetId, actor.id, now);
    const plan = await planById(tx, planId);
    await settleWork(tx, plan, sheetId, now);
    const { waitingCount, waiting } = await waitingOf(tx, plan, sheetId, WAITING_SHOWN);
    const result = { ...(await sheetById(tx, sheetId)), waitingCount, waiting };
    return { result, subject: { type: 'attendance_sheet', id: sheetId }, before, after: result };
  },
});

/** Rejects a sheet that waits for a signature: its days count no more. @throws not_found; conflict when it does not wait */
export const rejectSheet = command<{ sheetId: string; reason: string }, Sheet>({
  name: 'assistance.reject_attendance',
  scope: sheetScope,
  async run({ tx }, { sheetId, reason }) {
    const { planId } = await sheetById(tx, sheetId);
    await lockWork(tx, planId);
    const before = await lockSheet(tx, sheetId);
    if (!before) throw problem.not_found('There is no such record.');
    requireStep(before.state, 'reject');
    await discount(tx, sheetId, 'rejected', reason);
    const result = await sheetById(tx, sheetId);
    return { result, subject: { type: 'attendance_sheet', id: sheetId }, before, after: result, reason };
  },
});

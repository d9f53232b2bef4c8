import { command, mayTakeAnHour, problem } from '../../../platform/index.ts';
import { scopeOfStatement } from '../../matching/by-hand/pointing.ts';
import { lockStatements } from '../store.ts';
import type { Statement } from '../types.ts';
import { refuseInUse } from './obstacles.ts';
import { decideWithdrawal, lockAllOf } from './store.ts';
import { statementById, withdraw } from './withdrawn.ts';

const noneWaits = () => problem.conflict('Nobody asks for it any more. Read the statement again.');

/**
 * Withdraws a statement, as somebody else has asked: nothing of it counts any more, and its file may be sent again as it should have been.
 * @throws not_found; conflict when nobody asks for it; statement_in_use with what rests on it; separation_of_duties to who asked, who paid
 *   cash that it speaks of or had a hand in its list
 */
export const confirmWithdrawal = command<{ readonly statementId: string }, Statement>({
  name: 'reconciliation.confirm_withdrawal',
  scope: scopeOfStatement,
  async run({ tx, actor, now }, { statementId }) {
    mayTakeAnHour(tx);
    const before = await statementById(tx, statementId);
    // Nobody reads or matches a statement of the programme meanwhile: each is compared with what the others claim and say.
    await lockStatements(tx, before.programmeId, true);
    await lockAllOf(tx, before.programmeId);
    await refuseInUse(tx, statementId);
    if (!(await decideWithdrawal(tx, statementId, { note: null, by: actor.id, at: now }))) throw noneWaits();
    const followUps = await withdraw(tx, statementId, actor.id, now);
    const result = await statementById(tx, statementId);
    const reason = result.withdrawal?.reason;
    return { result, subject: { type: 'statement', id: statementId }, before, after: result, reason, followUps };
  },
});

/**
 * Refuses to withdraw a statement, or takes back what one asked for oneself. Nothing of it changes.
 * @throws not_found; conflict when nobody asks for it
 */
export const refuseWithdrawal = command<{ readonly statementId: string; readonly reason: string }, Statement>({
  name: 'reconciliation.refuse_withdrawal',
  scope: scopeOfStatement,
  async run({ tx, actor, now }, { statementId, reason }) {
    const before = await statementById(tx, statementId);
    if (!(await decideWithdrawal(tx, statementId, { note: reason, by: actor.id, at: now }))) throw noneWaits();
    const result = await statementById(tx, statementId);
    return { result, subject: { type: 'statement', id: statementId }, before, after: result, reason };
  },
});

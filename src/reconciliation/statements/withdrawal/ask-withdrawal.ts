import { brokenConstraint, command, problem } from '../../../platform/index.ts';
import { scopeOfStatement } from '../../matching/by-hand/pointing.ts';
import type { Statement } from '../types.ts';
import { refuseInUse } from './obstacles.ts';
import { insertWithdrawal } from './store.ts';
import { statementById } from './withdrawn.ts';

/**
 * Asks for a statement that was read wrongly to be withdrawn. Somebody else has to confirm it.
 * @throws not_found; conflict when it is not read, or was asked for before; statement_in_use with what rests on it; separation_of_duties to
 *   who paid cash that it speaks of
 */
export const askWithdrawal = command<{ readonly statementId: string; readonly reason: string }, Statement>({
  name: 'reconciliation.ask_withdrawal',
  scope: scopeOfStatement,
  async run({ tx, actor, now }, { statementId, reason }) {
    const before = await statementById(tx, statementId);
    try {
      await insertWithdrawal(tx, statementId, reason, actor.id, now);
    } catch (error) {
      const broken = brokenConstraint(error);
      if (broken === 'statement_withdrawals_of_standing') throw notRead(before);
      if (broken !== 'statement_withdrawals_one_standing') throw error;
      throw problem.conflict('Somebody has asked for it already. Another finance officer has to confirm it.');
    }
    await refuseInUse(tx, statementId);
    const result = await statementById(tx, statementId);
    return { result, subject: { type: 'statement', id: statementId }, before, after: result, reason };
  },
});

const notRead = ({ state }: Statement) =>
  problem.conflict(
    state === 'received' ? 'The statement is being read. Ask again when it is done.' : `The statement is ${state}: nothing of it counts.`,
    { state },
  );

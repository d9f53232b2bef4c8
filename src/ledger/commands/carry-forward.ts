import { brokenConstraint, command, type Db, newId, problem } from '../../platform/index.ts';
import { type CarryForward, confirmCarryForwardRow, findCarryForward, insertCarryForward } from '../carry-forward-store.ts';
import { unsettledAt } from '../checklist-store.ts';
import { momentsOf } from '../period-store.ts';
import { say } from '../words.ts';

export interface NewCarryForward {
  readonly programmeId: string;
  readonly officeId: string;
  /** The last day of the period. */
  readonly endsOn: string;
  readonly reason: string;
}

/**
 * Asks for what a period leaves owed to the post at an office to be carried forward, as it stands now. Somebody else has to confirm it.
 * @throws not_found; unprocessable when nothing is left there; conflict when the same was asked for before
 */
export const carryForward = command<NewCarryForward, CarryForward>({
  name: 'ledger.carry_forward',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, officeId, endsOn, reason }) {
    const { until } = await momentsOf(tx, programmeId, { startsOn: endsOn, endsOn });
    if (until === '') throw problem.not_found('There is no such record.');
    const [left] = (await unsettledAt(tx, { programmeId, until, endsOn }, 1, officeId)) ?? [];
    if (!left?.amount)
      throw problem.unprocessable(say('nothing_to_carry'), {}, [
        { pointer: '/body/officeId', detail: say('nothing_owed_there', { endsOn }) },
      ]);
    const id = newId();
    try {
      await insertCarryForward(tx, {
        id,
        programmeId,
        officeId,
        endsOn,
        amount: left.amount,
        reason,
        askedBy: actor.id,
        askedAt: now.toISOString(),
      });
    } catch (error) {
      if (brokenConstraint(error) !== 'ledger_carry_forwards_once') throw error;
      throw problem.conflict(say('carry_asked'));
    }
    const result = await carryForwardById(tx, id);
    return { result, subject: { type: 'carry_forward', id }, after: result, reason };
  },
});

/** Confirms what somebody else asked to carry forward. @throws not_found; conflict when it was confirmed before; separation_of_duties */
export const confirmCarryForward = command<{ readonly carryForwardId: string }, CarryForward>({
  name: 'ledger.confirm_carry_forward',
  scope: async (db, { carryForwardId }) => ({ programme: (await carryForwardById(db, carryForwardId)).programmeId }),
  async run({ tx, actor, now }, { carryForwardId }) {
    const before = await carryForwardById(tx, carryForwardId);
    if (!(await confirmCarryForwardRow(tx, carryForwardId, actor.id, now))) throw problem.conflict(say('carry_confirmed'));
    const result = await carryForwardById(tx, carryForwardId);
    return { result, subject: { type: 'carry_forward', id: carryForwardId }, before, after: result, reason: before.reason };
  },
});

async function carryForwardById(db: Db, id: string): Promise<CarryForward> {
  const found = await findCarryForward(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

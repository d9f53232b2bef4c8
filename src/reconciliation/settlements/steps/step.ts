import { brokenConstraint, type CommandContext, type Db, type Problem, problem, type Scope } from '../../../platform/index.ts';
import { reconciliationProblem } from '../../problems.ts';
import type { Settlement, SettlementStep } from '../types.ts';
import { findSettlement, insertStep, lockSettlement } from './store.ts';

/** @throws not_found */
export async function settlementById(db: Db, id: string): Promise<Settlement> {
  const settlement = await findSettlement(db, id);
  if (!settlement) throw problem.not_found('There is no such record.');
  return settlement;
}

/** Where a settlement lies. @throws not_found */
export async function scopeOfSettlement(db: Db, { settlementId }: { readonly settlementId: string }): Promise<Scope> {
  const { programmeId, fundId } = await settlementById(db, settlementId);
  return { programme: programmeId, fund: fundId };
}

/** A settlement, which nobody else moves until this command ends. @throws not_found */
export async function settlementToMove({ tx }: Pick<CommandContext, 'tx'>, id: string): Promise<Settlement> {
  await lockSettlement(tx, id);
  return settlementById(tx, id);
}

/** In whose name something happens, and when. */
export interface Hand extends Pick<CommandContext, 'tx' | 'now'> {
  readonly actor: Pick<CommandContext['actor'], 'id'>;
}

/**
 * Notes a step of a settlement.
 * @throws conflict when it is not its turn; settlement_beyond_limit; separation_of_duties
 */
export async function takeStep(
  { tx, actor, now }: Hand,
  settlement: Settlement,
  step: SettlementStep['step'],
  note: string | null = null,
): Promise<void> {
  try {
    await insertStep(tx, settlement.id, { step, by: actor.id, at: now, note });
  } catch (error) {
    throw refusalOf(brokenConstraint(error), settlement) ?? error;
  }
}

function refusalOf(constraint: string | undefined, { state }: Settlement): Problem | undefined {
  if (constraint === 'settlement_steps_in_turn' || constraint === 'settlement_steps_once') return notItsTurn(state);
  if (constraint === 'settlements_listed')
    return problem.conflict('A line of the bank is matched with it. Take that match apart before you call it off.');
  if (constraint === 'settlements_within_limit')
    return reconciliationProblem.settlement_beyond_limit('Ask somebody whose limit it does not pass.');
  if (constraint === 'settlements_accounts_confirmed')
    return reconciliationProblem.no_post_terms(
      'Set from which account to which account the post is paid, and have a colleague confirm it.',
    );
  if (constraint === 'settlements_accounts_as_approved')
    return problem.conflict('The accounts were changed after it was approved. Call it off, and have it approved as it is now.');
  return undefined;
}

/** The refusal of a step that is taken of a settlement as it does not stand. */
export const notItsTurn = (state: Settlement['state']): Problem => problem.conflict(`The settlement is ${state}.`, { state });

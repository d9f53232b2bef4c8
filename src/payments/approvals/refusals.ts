import { separationOfDuties } from '../../access/index.ts';
import { oneOf, type Problem, type Said } from '../../platform/index.ts';
import { paymentProblem } from '../problems.ts';
import { say } from '../words.ts';
import type { Hindrance } from './awaited-store.ts';
import type { SigningRole } from './rules.ts';

const called: Readonly<Record<SigningRole, Said>> = {
  approver: say('signer_approver'),
  programme_officer: say('signer_programme_officer'),
  finance_officer: say('signer_finance_officer'),
};

/** Why somebody may not sign a list, in words. @param asDeputy whether they asked to sign in another's place */
export function whyNot({ hadHand, wanted, holdsRole }: Hindrance, asDeputy: boolean): Problem {
  if (hadHand) return separationOfDuties('payment_list_hands_one_each');
  if (!holdsRole) return paymentProblem.not_your_turn(say('list_waits_for', { roles: oneOf(wanted.map((role) => called[role])) }));
  if (asDeputy) {
    return paymentProblem.not_a_deputy(say('not_named_in_their_place'));
  }
  return paymentProblem.over_limit(say('list_over_limit'));
}

import { separationOfDuties } from '../../access/index.ts';
import type { Problem } from '../../platform/index.ts';
import { paymentProblem } from '../problems.ts';
import type { Hindrance } from './awaited-store.ts';

const called: Readonly<Record<string, string>> = {
  approver: 'an approver',
  programme_officer: 'a programme officer',
  finance_officer: 'a finance officer',
};

/** Why somebody may not sign a list, in words. @param asDeputy whether they asked to sign in another's place */
export function whyNot({ hadHand, wanted, holdsRole }: Hindrance, asDeputy: boolean): Problem {
  if (hadHand) return separationOfDuties('payment_list_hands_one_each');
  const roles = wanted.map((role) => called[role] ?? role).join(' or ');
  if (!holdsRole) return paymentProblem.not_your_turn(`The list waits for the signature of ${roles}.`);
  if (asDeputy) {
    return paymentProblem.not_a_deputy(
      'They have not named you in their place for this time and this list, or may not sign it themselves. Sign in your own right, or ask them.',
    );
  }
  return paymentProblem.over_limit('The list comes to more than you may sign. Leave it to somebody with a higher limit.');
}

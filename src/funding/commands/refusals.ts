import { brokenConstraint, problem } from '../../platform/index.ts';
import { say } from '../words.ts';

/** What to throw for what the database says of terms. */
export function refusalOfTerms(error: unknown): unknown {
  if (brokenConstraint(error) !== 'funds_wilayas_known') return error;
  return problem.unprocessable(say('wilaya_none'), {}, [{ pointer: '/earmarks/wilayas', detail: say('wilaya_digits') }]);
}

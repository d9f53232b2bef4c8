import { brokenConstraint, problem } from '../../platform/index.ts';

/** What to throw for what the database says of terms. */
export function refusalOfTerms(error: unknown): unknown {
  if (brokenConstraint(error) !== 'funds_wilayas_known') return error;
  return problem.unprocessable('There is no such wilaya.', {}, [
    { pointer: '/earmarks/wilayas', detail: 'Use the two digits of a wilaya that is loaded, such as 16.' },
  ]);
}

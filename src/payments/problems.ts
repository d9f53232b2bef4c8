import { defineProblems } from '../platform/index.ts';

/** What can go wrong with a payment list. */
export const paymentProblem = defineProblems({
  // 403, not 409: no change of the list would let this person go on; somebody else has to act.
  separation_of_duties: [403, 'Another person must do this'],
  digest_mismatch: [409, 'These are not the lines that were frozen'],
  insufficient_funds: [409, 'The fund does not hold enough'],
  nothing_to_pay: [422, 'Nobody can be paid'],
});

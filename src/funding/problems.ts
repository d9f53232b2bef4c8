import { defineProblems } from '../platform/index.ts';

/** What can go wrong with a fund's money. */
export const fundingProblem = defineProblems({
  no_exchange_rate: [422, 'There is no exchange rate for that day'],
  loss_not_covered: [409, 'The fund has nothing left to take this from'],
});

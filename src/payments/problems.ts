import { defineProblems } from '../platform/index.ts';

/** What can go wrong with a payment list. */
export const paymentProblem = defineProblems({
  digest_mismatch: [409, 'These are not the lines that were frozen'],
  instalment_listed: [409, 'Another list has taken it'],
  insufficient_funds: [409, 'The fund does not hold enough'],
  not_a_deputy: [403, 'You are not their deputy here'],
  not_your_turn: [403, 'The list waits for somebody else'],
  nothing_to_cancel: [409, 'Nothing is unpaid'],
  paid_by_code: [409, 'The list is paid against codes'],
  over_limit: [403, 'The list is above your limit'],
  nothing_to_pay: [422, 'Nobody can be paid'],
  too_many_to_preview: [422, 'This is too much to preview'],
});

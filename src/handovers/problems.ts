import { defineProblems } from '../platform/index.ts';

export const handoverProblem = defineProblems({
  advance_not_out: [409, 'The cash of this advance is not out'],
  advance_decided: [409, 'The advance is decided already'],
  advance_used_up: [409, 'Not that much is left of the advance'],
  advance_not_at_zero: [409, 'An advance is closed at zero'],
  advance_unwitnessed: [409, 'A witness has not confirmed a delivery'],
  nothing_lost: [409, 'Nothing is missing'],
  loss_unreported: [409, 'Nobody has reported a loss'],
  loss_beyond_fund: [409, 'The fund does not hold enough to bear the loss'],
  delivered_already: [409, 'The voucher was delivered already'],
  delivery_decided: [409, 'This was said of the delivery already'],
  not_on_round: [422, 'The voucher is not on this round'],
});

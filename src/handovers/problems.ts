import { defineProblems } from '../platform/index.ts';

export const handoverProblem = defineProblems({
  advance_not_out: [409, 'The cash of this advance is not out'],
  advance_decided: [409, 'The advance is decided already'],
  advance_used_up: [409, 'Not that much is left of the advance'],
  advance_not_at_zero: [409, 'An advance is closed at zero'],
  not_on_round: [422, 'The voucher is not on this round'],
});

import { defineProblems } from '../platform/index.ts';

export const voucherProblem = defineProblems({
  voucher_past_change: [409, 'The voucher is in a state in which this is not done'],
  voucher_change_open: [409, 'Something else is asked for this voucher already'],
});

import { defineProblems } from '../platform/index.ts';

export const ledgerProblem = defineProblems({
  not_reversible: [409, 'This entry is not taken back by hand'],
  already_reversed: [409, 'This entry was taken back already'],
  overdrawn: [409, 'The account does not hold as much'],
  period_closed: [409, 'The period is closed'],
  period_not_ready: [409, 'The period cannot be closed yet'],
});

import { defineProblems } from '../platform/index.ts';

export const reconciliationProblem = defineProblems({
  unreadable_statement: [422, 'The statement has cells that cannot be read'],
  settlement_exceeds_payable: [422, 'The post is owed less than this'],
});

import { defineProblems } from '../platform/index.ts';

export const exportProblem = defineProblems({
  export_ended: [410, 'This export has ended'],
});

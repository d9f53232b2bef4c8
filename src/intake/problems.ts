import { defineProblems } from '../platform/index.ts';

export const intakeProblem = defineProblems({
  proof_refused: [422, 'The code was not accepted'],
  too_many_duplicates: [409, 'Too much of the file is people who may be registered already'],
});

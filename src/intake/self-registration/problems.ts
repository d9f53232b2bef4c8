import { defineProblems } from '../../platform/index.ts';

export const proofProblem = defineProblems({
  proof_refused: [422, 'The code was not accepted', 'Le code n’a pas été accepté', 'لم يُقبل الرمز'],
});

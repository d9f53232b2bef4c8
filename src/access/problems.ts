import { defineProblems } from '../platform/index.ts';

export const accessProblem = defineProblems({
  incompatible_roles: [409, 'Nobody holds both of these roles'],
  second_factor_refused: [422, 'The code was not accepted'],
});

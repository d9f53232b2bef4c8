import { defineProblems } from '../platform/index.ts';

export const accessProblem = defineProblems({
  incompatible_roles: [409, 'Nobody holds both of these roles'],
  key_replaced: [409, 'This key was replaced already'],
  second_factor_refused: [422, 'The code was not accepted'],
});

import { defineProblems } from '../platform/index.ts';

export const monitoringProblem = defineProblems({
  survey_state: [409, 'The round does not stand where this can be done'],
  survey_open: [409, 'Another round that is open asks about these days'],
  survey_nobody: [422, 'Nobody was paid whom this round would be about'],
  interview_over: [409, 'The interview is over'],
});

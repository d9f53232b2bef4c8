import { defineProblems } from '../platform/index.ts';

export const feedbackProblem = defineProblems({
  feedback_state: [409, 'The case does not stand where this can be done'],
  feedback_anonymous: [409, 'Whoever sent this wants to stay unknown'],
  feedback_forgotten: [409, 'Nothing is left of what was told'],
});

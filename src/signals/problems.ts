import { defineProblems } from '../platform/index.ts';

export const signalProblem = defineProblems({
  signal_judged: [409, 'The signal has been judged'],
  signal_not_taken: [409, 'The signal is judged by whoever took it on'],
});

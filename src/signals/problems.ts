import { defineProblems } from '../platform/index.ts';

export const signalProblem = defineProblems({
  signal_judged: [409, 'The signal has been judged', 'Le signal a été jugé', 'حُكم في هذه الإشارة'],
  signal_not_taken: [409, 'The signal is judged by whoever took it on', 'Qui s’est chargé du signal le juge', 'يحكم في الإشارة من تولّاها'],
});

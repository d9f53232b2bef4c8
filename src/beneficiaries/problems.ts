import { defineProblems } from '../platform/index.ts';

export const exportProblem = defineProblems({
  export_ended: [410, 'This export has ended', 'Cet export est terminé', 'انتهى هذا التصدير'],
});

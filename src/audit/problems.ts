import { defineProblems } from '../platform/index.ts';

export const auditProblem = defineProblems({
  not_sealed_yet: [409, 'The event is not sealed yet', 'L’événement n’est pas encore scellé', 'لم يُختم الحدث بعد'],
});

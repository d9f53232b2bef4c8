import { defineProblems } from '../platform/index.ts';

export const voucherProblem = defineProblems({
  voucher_past_change: [
    409,
    'The voucher is in a state in which this is not done',
    'Le bon est dans un état où cela ne se fait pas',
    'القسيمة في حالة لا يُفعل فيها هذا',
  ],
  voucher_change_open: [
    409,
    'Something else is asked for this voucher already',
    'Autre chose est déjà demandé pour ce bon',
    'طُلب شيء آخر لهذه القسيمة من قبل',
  ],
});

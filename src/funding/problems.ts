import { defineProblems } from '../platform/index.ts';

/** What can go wrong with a fund's money. */
export const fundingProblem = defineProblems({
  no_exchange_rate: [
    422,
    'There is no exchange rate for that day',
    'Il n’y a pas de taux de change pour ce jour',
    'لا يوجد سعر صرف لذلك اليوم',
  ],
  loss_not_covered: [
    409,
    'The fund has nothing left to take this from',
    'Le fonds n’a plus de quoi le prendre',
    'لم يبق في الصندوق ما يُؤخذ منه هذا',
  ],
});

import { defineProblems } from '../platform/index.ts';

/** What can go wrong with a payment list. */
export const paymentProblem = defineProblems({
  digest_mismatch: [
    409,
    'These are not the lines that were frozen',
    'Ce ne sont pas les lignes qui ont été gelées',
    'هذه ليست السطور التي جُمّدت',
  ],
  instalment_listed: [409, 'Another list has taken it', 'Une autre liste l’a pris', 'أخذته قائمة أخرى'],
  insufficient_funds: [409, 'The fund does not hold enough', 'Le fonds ne contient pas assez', 'ليس في الصندوق ما يكفي'],
  not_a_deputy: [403, 'You are not their deputy here', 'Vous n’êtes pas son suppléant ici', 'لست نائبًا عنه هنا'],
  not_your_turn: [403, 'The list waits for somebody else', 'La liste attend quelqu’un d’autre', 'القائمة تنتظر شخصًا آخر'],
  nothing_to_cancel: [409, 'Nothing is unpaid', 'Rien n’est impayé', 'لا شيء غير مدفوع'],
  paid_by_code: [409, 'The list is paid against codes', 'La liste est payée contre des codes', 'تُدفع القائمة مقابل رموز'],
  over_limit: [403, 'The list is above your limit', 'La liste dépasse votre limite', 'القائمة فوق حدّك'],
  nothing_to_pay: [422, 'Nobody can be paid', 'Personne ne peut être payé', 'لا يمكن الدفع لأحد'],
  too_many_to_preview: [422, 'This is too much to preview', 'C’est trop pour un aperçu', 'هذا أكثر من أن يُعرض مسبقًا'],
});

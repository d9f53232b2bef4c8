import { defineProblems } from '../../platform/index.ts';

export const reportProblem = defineProblems({
  no_report_yet: [
    409,
    'Nothing has been published on this fund yet',
    'Rien n’a encore été publié sur ce fonds',
    'لم يُنشر شيء عن هذا الصندوق بعد',
  ],
  day_not_over: [409, 'A report ends with a day that is over', 'Un rapport finit par un jour écoulé', 'ينتهي التقرير بيوم قد انقضى'],
  report_exists: [409, 'The days are in a report already', 'Ces jours sont déjà dans un rapport', 'هذه الأيام في تقرير سابق'],
  too_few_paid: [
    409,
    'Fewer than ten were paid since the last report',
    'Moins de dix personnes ont été payées depuis le dernier rapport',
    'دُفع لأقل من عشرة أشخاص منذ آخر تقرير',
  ],
  publisher_unknown: [
    409,
    'Nobody has said who publishes on this fund',
    'On n’a pas dit qui publie sur ce fonds',
    'لم يُذكر من ينشر عن هذا الصندوق',
  ],
});

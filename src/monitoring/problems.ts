import { defineProblems } from '../platform/index.ts';

export const monitoringProblem = defineProblems({
  survey_state: [
    409,
    'The round does not stand where this can be done',
    'L’enquête n’est pas à l’étape où cela se fait',
    'الاستطلاع ليس في المرحلة التي يمكن فيها هذا',
  ],
  survey_open: [
    409,
    'Another round that is open asks about these days',
    'Une autre enquête ouverte porte sur ces jours',
    'استطلاع آخر مفتوح يسأل عن هذه الأيام',
  ],
  survey_nobody: [
    422,
    'Nobody was paid whom this round would be about',
    'Personne n’a été payé sur qui porterait l’enquête',
    'لم يُدفع لأحد يشمله هذا الاستطلاع',
  ],
  interview_over: [409, 'The interview is over', 'L’entretien est terminé', 'انتهت المقابلة'],
});

import { defineProblems } from '../platform/index.ts';

export const feedbackProblem = defineProblems({
  feedback_state: [
    409,
    'The case does not stand where this can be done',
    'Le dossier n’est pas à l’étape où cela se fait',
    'الملف ليس في المرحلة التي يمكن فيها هذا',
  ],
  feedback_anonymous: [
    409,
    'Whoever sent this wants to stay unknown',
    'Qui a envoyé ceci veut rester inconnu',
    'من أرسل هذا يريد ألا يُعرف',
  ],
  feedback_forgotten: [409, 'Nothing is left of what was told', 'Il ne reste rien de ce qui a été dit', 'لم يبق شيء مما قيل'],
});

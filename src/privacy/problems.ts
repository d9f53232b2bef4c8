import { defineProblems } from '../platform/index.ts';

export const privacyProblem = defineProblems({
  erasure_refused: [
    409,
    'Something is still pending for this person',
    'Quelque chose est encore en attente pour cette personne',
    'ما زال أمر معلّق لهذا الشخص',
  ],
});

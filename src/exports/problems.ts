import { defineProblems } from '../platform/index.ts';

export const runProblem = defineProblems({
  export_run_ended: [410, 'The file has gone', 'Le fichier a disparu', 'زال الملف'],
});

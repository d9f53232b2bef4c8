import { defineProblems } from '../platform/index.ts';

export const intakeProblem = defineProblems({
  too_many_duplicates: [409, 'Too much of the file is people who may be registered already'],
});

import { type Answers, answerFlags, answerNumbers, functions, type WashingtonGroup } from '../beneficiaries/index.ts';
import type { ColumnName } from './columns.ts';
import type { RowReader } from './row-reader.ts';
import { answerWordOf, difficultyOf, flagOf, wholeNumberOf } from './vocabulary.ts';

type Read = (cell: string) => unknown;

const readers: readonly (readonly [ColumnName & keyof Answers, Read])[] = [
  ...Object.entries<Read>(answerWordOf).map(([name, read]) => [name as keyof typeof answerWordOf, read] as const),
  ...Object.keys(answerNumbers).map((name) => [name as keyof typeof answerNumbers, wholeNumberOf] as const),
  ...answerFlags.map((name) => [name, flagOf] as const),
];

/** The answers of a row; what was not asked or not answered is left out. */
export function readAnswers(row: RowReader): Answers {
  const answers: Record<string, unknown> = {};
  for (const [name, read] of readers) {
    const answer = row.optional(name, read, `/answers/${name}`, 'answer_unknown');
    if (answer !== undefined) answers[name] = answer;
  }
  const washingtonGroup: Record<string, unknown> = {};
  for (const name of functions) {
    const difficulty = row.optional(name, difficultyOf, `/answers/washingtonGroup/${name}`, 'answer_unknown');
    if (difficulty !== undefined) washingtonGroup[name] = difficulty;
  }
  if (Object.keys(washingtonGroup).length > 0) answers['washingtonGroup'] = washingtonGroup as WashingtonGroup;
  return answers;
}

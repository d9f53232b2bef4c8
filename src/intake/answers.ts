import { type Answers, answerFlags, answerNumbers, functions, type WashingtonGroup } from '../beneficiaries/index.ts';
import type { AnswerColumn } from './answer-columns.ts';
import { withoutUndefined } from './parts.ts';
import type { RowReader } from './row-reader.ts';
import { answerWordOf, difficultyOf, flagOf, wholeNumberOf } from './vocabulary.ts';

const numbers = Object.keys(answerNumbers) as (keyof typeof answerNumbers)[];
const words = Object.keys(answerWordOf) as (keyof typeof answerWordOf)[];

/** The answers of a row; what was not asked or not answered is left out. */
export function readAnswers(row: RowReader): Answers {
  const answer = <Value>(column: AnswerColumn, read: (cell: string) => Value | undefined) =>
    [column, row.optional(column, read, `/answers/${column}`, 'answer_unknown')] as const;
  const washingtonGroup = withoutUndefined(
    Object.fromEntries(
      functions.map((name) => [name, row.optional(name, difficultyOf, `/answers/washingtonGroup/${name}`, 'answer_unknown')]),
    ),
  ) as WashingtonGroup;
  return withoutUndefined({
    ...Object.fromEntries<unknown>([
      ...words.map((name) => answer<unknown>(name, answerWordOf[name])),
      ...numbers.map((name) => answer(name, wholeNumberOf)),
      ...answerFlags.map((name) => answer(name, flagOf)),
    ]),
    washingtonGroup: Object.keys(washingtonGroup).length === 0 ? undefined : washingtonGroup,
  }) as Answers;
}

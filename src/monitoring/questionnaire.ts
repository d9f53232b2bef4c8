import { Money, type ProblemPlace } from '../platform/index.ts';
import type { Answers, Questionnaire, SurveyQuestion } from './types.ts';

/** What every questionnaire asks of everybody: by these exceptions are opened, and the reached are counted. */
export const RECEIVED = 'received';
export const ASKED_TO_PAY = 'asked_to_pay';
/** What of the questionnaire that is shipped says how much: another may ask the same. */
const ASKED_AMOUNT = 'asked_amount';
const FULL_AMOUNT = 'full_amount';
const AMOUNT_RECEIVED = 'amount_received';

/** What is wrong with a questionnaire whose form is right. */
export function questionnaireFaults(questions: Questionnaire): ProblemPlace[] {
  const faults = questions.flatMap((question, i) => {
    const at = (place: string, detail: string) => ({ pointer: `/questionnaire/${i}${place}`, detail });
    const earlier = questions.slice(0, i);
    const { id, type, choices, minimum, maximum, dependsOn } = question;
    const on = dependsOn && earlier.find((one) => one.id === dependsOn.question);
    return [
      ...(earlier.some((one) => one.id === id) ? [at('/id', 'Another question has this name.')] : []),
      ...((type === 'choice') === (choices !== undefined) ? [] : [at('/choices', 'A choice has choices, and nothing else has.')]),
      ...(choices && new Set(choices.map(({ value }) => value)).size < choices.length ? [at('/choices', 'Two choices are the same.')] : []),
      ...(minimum !== undefined && maximum !== undefined && maximum < minimum ? [at('/maximum', 'No less than the minimum.')] : []),
      ...(dependsOn && !on ? [at('/dependsOn/question', 'Name a question that is asked before.')] : []),
      ...(dependsOn && on && !valuesOf(on)?.includes(dependsOn.is) ? [at('/dependsOn/is', 'That question is never answered so.')] : []),
    ];
  });
  const missing = [RECEIVED, ASKED_TO_PAY].filter(
    (name) => !questions.some(({ id, type, dependsOn }) => id === name && type === 'yes_no' && !dependsOn),
  );
  return [...faults, ...missing.map((name) => ({ pointer: '/questionnaire', detail: `Ask ${name}, by yes or no, of everybody.` }))];
}

/** What anybody may answer to anything: that they do not know, or would rather not say. */
export const UNKNOWN = 'unknown';

/** What a question may be answered by, where that is a choice. */
export function valuesOf({ type, choices }: SurveyQuestion): string[] | undefined {
  if (type === 'yes_no') return ['yes', 'no', UNKNOWN];
  return choices && [...new Set([...choices.map(({ value }) => value), UNKNOWN])];
}

const LONGEST = 1_000;

/** What is wrong with an answer; undefined for a right one. */
function faultOf(question: SurveyQuestion, answer: string | number, currency: string): string | undefined {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = question;
  if (answer === UNKNOWN) return undefined;
  const values = valuesOf(question);
  if (values) return values.includes(String(answer)) ? undefined : `One of ${values.join(', ')}.`;
  if (type === 'number') {
    if (typeof answer !== 'number') return 'A number, or unknown.';
    return answer >= minimum && answer <= maximum ? undefined : `From ${minimum} to ${maximum}.`;
  }
  if (typeof answer !== 'string') return 'A text, or unknown.';
  if (type === 'text') return answer.length <= LONGEST ? undefined : `${LONGEST} letters at most.`;
  try {
    return Money.of(answer, currency).compare(Money.zero(currency)) < 0 ? 'No less than zero.' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether a question is asked of somebody who has answered others so. */
const isAsked = ({ dependsOn }: SurveyQuestion, answers: Answers): boolean => !dependsOn || answers[dependsOn.question] === dependsOn.is;

/** What is wrong with answers. @param currency of amounts among them */
export function answerFaults(questions: Questionnaire, answers: Answers, currency: string): ProblemPlace[] {
  const known = new Set(questions.map(({ id }) => id));
  const strange = Object.keys(answers).filter((id) => !known.has(id));
  return [
    ...strange.map((id) => ({ pointer: `/answers/${id}`, detail: 'There is no such question.' })),
    ...questions.flatMap((question) => {
      const pointer = `/answers/${question.id}`;
      const answer = answers[question.id];
      if (!isAsked(question, answers))
        return answer === undefined ? [] : [{ pointer, detail: 'This is not asked after what was answered before.' }];
      if (answer === undefined) return question.required === false ? [] : [{ pointer, detail: 'This has to be answered.' }];
      const detail = faultOf(question, answer, currency);
      return detail ? [{ pointer, detail }] : [];
    }),
  ];
}

/** What somebody's answers tell of their pay-out that does not agree with the books. */
export interface Told {
  readonly kind: 'not_received' | 'asked_to_pay';
  /** How much of it is at stake, where they say so; null leaves that open. */
  readonly amount: string | null;
  readonly isPart: boolean;
}

/** What is to be looked into by somebody's answers. @param paid what their pay-out was */
export function toldIn(questions: Questionnaire, answers: Answers, paid: Money): Told[] {
  const amountIn = (name: string): Money | null => {
    const answer = answers[name];
    const isAmount = questions.some(({ id, type }) => id === name && type === 'amount');
    return isAmount && typeof answer === 'string' && answer !== UNKNOWN ? Money.of(answer, paid.currency) : null;
  };
  const told: Told[] = [];
  if (answers[RECEIVED] === 'no') told.push({ kind: 'not_received', amount: null, isPart: false });
  else if (answers[FULL_AMOUNT] === 'no') {
    const missing = paid.minus(amountIn(AMOUNT_RECEIVED) ?? Money.zero(paid.currency));
    // Who says what they received, and that is all of it, misses nothing.
    if (missing.compare(Money.zero(paid.currency)) > 0) told.push({ kind: 'not_received', amount: missing.toString(), isPart: true });
  }
  if (answers[ASKED_TO_PAY] === 'yes')
    told.push({ kind: 'asked_to_pay', amount: amountIn(ASKED_AMOUNT)?.toString() ?? null, isPart: false });
  return told;
}

/** Answers apart: what was chosen or counted, and what was said in words. */
export function apart(questions: Questionnaire, answers: Answers): { chosen: Answers; words: Answers } {
  const inWords = new Set(questions.filter(({ type }) => type === 'text').map(({ id }) => id));
  const entries = Object.entries(answers);
  return {
    chosen: Object.fromEntries(entries.filter(([id]) => !inWords.has(id))),
    words: Object.fromEntries(entries.filter(([id]) => inWords.has(id))),
  };
}

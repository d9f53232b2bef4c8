/** The vulnerability questions whose answer is a word, and the words. */
export const answerWords = {
  incomeChange: ['lost', 'reduced', 'unchanged'],
  housing: ['own', 'rented', 'hosted', 'shelter', 'street'],
  incomeSource: ['none', 'daily', 'regular'],
  returnStatus: ['not_returning', 'planned', 'returned'],
} as const;

/** The questions whose answer is a whole number, and the most that it can be. */
export const answerNumbers = {
  unpaidRentMonths: 240,
  mealsPerDay: 20,
  dependants: 60,
  debtMonths: 600,
  monthsSinceReturn: 1200,
} as const;

/** The questions that are answered with yes or no. */
export const answerFlags = [
  'healthProblem',
  'chronicIllness',
  'needsMedicine',
  'disability',
  'pregnant',
  'breastfeeding',
  'unaccompaniedChild',
  'separatedChild',
  'singleHeadOfHousehold',
  'olderPersonAlone',
  'stranded',
  'victimOfTrafficking',
  'survivorOfViolence',
  'evictionNotice',
  'childrenOutOfSchool',
] as const;

/** What the Washington Group's short set asks about, and how much trouble somebody may have with it. */
export const functions = ['seeing', 'hearing', 'walking', 'remembering', 'selfCare', 'communicating'] as const;
export const difficulties = ['none', 'some', 'a_lot', 'cannot'] as const;

export type WashingtonGroup = { readonly [Name in (typeof functions)[number]]?: (typeof difficulties)[number] };

/** The answers to the vulnerability questions, as a scorecard reads them. What was not asked is left out. */
export type Answers = { readonly [Name in keyof typeof answerWords]?: (typeof answerWords)[Name][number] } & {
  readonly [Name in keyof typeof answerNumbers]?: number;
} & { readonly [Name in (typeof answerFlags)[number]]?: boolean } & { readonly washingtonGroup?: WashingtonGroup };

/**
 * Whether somebody has a disability: as it was said, or by the Washington Group's cut-off, which is a lot of trouble with one thing or more.
 * @returns undefined when that was neither said nor can be told from the answers
 */
export function hasDisability({ disability, washingtonGroup = {} }: Answers): boolean | undefined {
  const given = functions.flatMap((name) => washingtonGroup[name] ?? []);
  if (disability || given.some((difficulty) => difficulty === 'a_lot' || difficulty === 'cannot')) return true;
  return disability ?? (given.length === functions.length ? false : undefined);
}

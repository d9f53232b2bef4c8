/** What a scorecard can ask about a person, by the kind of answer: whole numbers, yes or no, and one word out of a few. */
export const numberFields = [
  'age',
  'householdSize',
  'unpaidRentMonths',
  'mealsPerDay',
  'dependants',
  'debtMonths',
  'monthsSinceReturn',
] as const;

export const flagFields = [
  'hasDocument',
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

/** The Washington Group's short set on functioning: how much difficulty somebody has in six domains. */
export const difficultyFields = ['seeing', 'hearing', 'walking', 'remembering', 'selfCare', 'communicating'] as const;
const difficulties = ['none', 'some', 'a_lot', 'cannot'] as const;

/** The words of each field; those of the wilaya are the numbers of the wilayas that exist. */
export const wordFields = {
  relationship: ['head', 'spouse', 'child', 'parent', 'sibling', 'other'],
  sex: ['female', 'male', 'other'],
  language: ['ar', 'fr', 'en'],
  incomeChange: ['lost', 'reduced', 'unchanged'],
  incomeSource: ['none', 'daily', 'regular'],
  housing: ['own', 'rented', 'hosted', 'shelter', 'street'],
  returnStatus: ['not_returning', 'planned', 'returned'],
  seeing: difficulties,
  hearing: difficulties,
  walking: difficulties,
  remembering: difficulties,
  selfCare: difficulties,
  communicating: difficulties,
} as const;

export type NumberField = (typeof numberFields)[number];
export type FlagField = (typeof flagFields)[number];
export type WordField = keyof typeof wordFields | 'wilaya';
export type Field = NumberField | FlagField | WordField;

const isOneOf = <Name extends string>(names: readonly Name[], field: string): field is Name => (names as readonly string[]).includes(field);

export const isNumberField = (field: string): field is NumberField => isOneOf(numberFields, field);
export const isFlagField = (field: string): field is FlagField => isOneOf(flagFields, field);
export const isWordField = (field: string): field is WordField => field === 'wilaya' || Object.hasOwn(wordFields, field);

/** A whole number as well as it is known: exactly where `from` is `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is known of a person; what is not known is left out. */
export type Facts = { readonly [Name in NumberField]?: Range | undefined } & {
  readonly [Name in FlagField]?: boolean | undefined;
} & { readonly [Name in WordField]?: string | undefined };

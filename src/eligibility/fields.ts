import { answerFlags, answerNumbers, answerWords, difficulties, type functions } from '../beneficiaries/index.ts';

type AnswerNumber = keyof typeof answerNumbers;
type AnswerFlag = (typeof answerFlags)[number];
type AnswerWord = keyof typeof answerWords;
type Functioning = (typeof functions)[number];

export type NumberField = 'age' | 'householdSize' | AnswerNumber;
export type FlagField = 'hasDocument' | AnswerFlag;
export type WordField = 'relationship' | 'sex' | 'language' | 'wilaya' | AnswerWord | Functioning;

/** What a scorecard can ask about a person: every answer, how they manage with what the Washington Group asks about, and their record. */
export type Field = NumberField | FlagField | WordField;

/** The fields that are whole numbers, and those that are yes or no. */
export const numberFields: readonly NumberField[] = ['age', 'householdSize', ...(Object.keys(answerNumbers) as AnswerNumber[])];
export const flagFields: readonly FlagField[] = ['hasDocument', ...answerFlags];

/** The fields that are one word out of a few, and the words. Those of the wilaya are the numbers of the wilayas that exist. */
export const wordFields: { readonly [Name in Exclude<WordField, 'wilaya'>]: readonly string[] } = {
  relationship: ['head', 'spouse', 'child', 'parent', 'sibling', 'other'],
  sex: ['female', 'male', 'other'],
  language: ['ar', 'fr', 'en'],
  ...answerWords,
  seeing: difficulties,
  hearing: difficulties,
  walking: difficulties,
  remembering: difficulties,
  selfCare: difficulties,
  communicating: difficulties,
};

const numbers = new Set<string>(numberFields);
const flags = new Set<string>(flagFields);
const words = new Set(['wilaya', ...Object.keys(wordFields)]);

export const isNumberField = (field: string): field is NumberField => numbers.has(field);
export const isFlagField = (field: string): field is FlagField => flags.has(field);
export const isWordField = (field: string): field is WordField => words.has(field);

/** A whole number as well as it is known: exactly where `from` is `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is known of a person; what is not known is left out. */
export type Facts = { readonly [Name in NumberField]?: Range | undefined } & {
  readonly [Name in FlagField]?: boolean | undefined;
} & { readonly [Name in WordField]?: string | undefined };

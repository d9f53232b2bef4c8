import { hasDisability, type Personal, type Relationship, type Sex } from '../beneficiaries/index.ts';
import { type Facts, type Field, isFlagField, isNumberField, isWordField, type Range, wordFields } from './fields.ts';
import type { ScorecardDefinition } from './types.ts';

/** What of a person stands open in the tables. */
export interface PlainPerson {
  readonly sex: Sex;
  readonly relationship: Relationship;
  readonly language: string;
  readonly wilaya: string;
  readonly householdSize: number;
}

const plainFields: readonly Field[] = ['sex', 'relationship', 'language', 'wilaya', 'householdSize'];

/** What of a person is sealed and a scorecard can ask about. */
export type SealedField = 'birth' | 'answers' | 'documents';

/** What of a person must be opened to answer what a scorecard asks, and nothing else. */
export function sealedFieldsOf({ conditions, points }: ScorecardDefinition): SealedField[] {
  const asked = new Set([...conditions, ...points].map(({ field }) => field));
  for (const field of plainFields) asked.delete(field);
  const needed: SealedField[] = [];
  if (asked.delete('age')) needed.push('birth');
  if (asked.delete('hasDocument')) needed.push('documents');
  return asked.size > 0 ? [...needed, 'answers'] : needed;
}

/** Whole years between two ISO 8601 dates. */
export function yearsBetween(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/** How old somebody is on a day, as exactly as their birth is known. @param birth ISO 8601 dates; a birth after the day counts as that day */
export const ageOn = (birth: { readonly from: string; readonly to: string }, day: string): Range => ({
  from: yearsBetween(birth.to < day ? birth.to : day, day),
  to: Math.max(0, yearsBetween(birth.from, day)),
});

/** An answer as a scorecard reads it; undefined when it is not of its field's kind. */
function known(field: string, answer: unknown): Range | boolean | string | undefined {
  if (isNumberField(field)) {
    return typeof answer === 'number' && Number.isInteger(answer) && answer >= 0 ? { from: answer, to: answer } : undefined;
  }
  if (isFlagField(field)) return typeof answer === 'boolean' ? answer : undefined;
  if (!isWordField(field) || typeof answer !== 'string') return undefined;
  return field === 'wilaya' || wordFields[field].includes(answer) ? answer : undefined;
}

/**
 * What is known of a person. An answer that is not of its field's kind is not known.
 * @param opened the parts of them that a scorecard needs, as {@link sealedFieldsOf} says
 * @param day ISO 8601: their age is of this day
 */
export function factsOf(plain: PlainPerson, opened: Partial<Pick<Personal, SealedField>>, day: string): Facts {
  const { birth, documents, answers = {} } = opened;
  const stated = Object.entries({ ...answers, ...answers.washingtonGroup, ...plain });
  return {
    ...Object.fromEntries(stated.map(([field, answer]) => [field, known(field, answer)])),
    age: birth && ageOn(birth, day),
    hasDocument: documents && documents.length > 0,
    disability: hasDisability(answers),
  };
}

/** Everything that can be wrong with a registration, and what to do about it. */
export const faultDetails = {
  cells_wrong: 'This row has more or fewer cells than the header. Look for a stray separator or quotation mark.',
  name_missing: 'Write at least one name.',
  name_too_long: 'Write at most 200 characters.',
  formula_in_name: 'A name does not begin with = + - or @. Write the name itself.',
  sex_unknown: 'Write female, male or other.',
  birth_missing: 'Write the date of birth, or say that it is unknown.',
  birth_impossible: 'There is no such date. Write day, month and year, or the year alone.',
  birth_in_future: 'Nobody is born after today. Check the year.',
  birth_too_long_ago: 'Nobody was born that long ago. Check the year.',
  birth_range_wrong: 'An exact date begins and ends on one day; a year runs from 1 January to 31 December; nothing ends before it begins.',
  birth_precision_unknown: 'Say whether the date is exact, a year or unknown.',
  nationality_unknown: 'Write the country as three capital letters (ISO 3166-1 alpha-3), such as MLI.',
  document_incomplete: 'Write both the kind of document and its number, or neither.',
  document_type_unknown: 'Name one of the documents that this programme knows, or other.',
  document_country_unknown: 'Write the issuing country as three capital letters (ISO 3166-1 alpha-3).',
  phone_invalid: 'Write a telephone number in digits, such as 0550 12 34 56 or +213 550 12 34 56.',
  household_missing: 'Write the reference of the household.',
  household_size_invalid: 'Write how many people live in the household, from 1 to 60.',
  relationship_unknown: 'Write head, spouse, child or other.',
  wilaya_unknown: 'There is no such wilaya. Write its number or its name.',
  commune_unknown: 'This wilaya has no such commune.',
  language_unknown: 'Write ar, fr or en.',
  answer_unknown: 'This answer is not one of those that the question allows.',
  rent_negative: 'Months of unpaid rent are zero or more.',
  meals_negative: 'Meals a day are zero or more.',
  consent_missing: 'Nobody is registered without consent. Record how it was given.',
  consent_method_unknown: 'Say how consent was given: signature, audio, scan or witnessed_verbal.',
  consent_twice: 'Give each purpose once.',
  registration_date_impossible: 'There is no such date. Write day, month and year.',
  registration_in_future: 'This date is after today. Check the year.',
} as const;

export type FaultCode = keyof typeof faultDetails;

/** What is wrong, and where: a JSON pointer into the registration. */
export interface Fault {
  readonly pointer: string;
  readonly code: FaultCode;
}

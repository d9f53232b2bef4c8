/** Everything that can be wrong with what is written of a person, and what to do about it. */
export const english = {
  cells_wrong: 'This row has more or fewer cells than the header. Look for a stray separator or quotation mark.',
  not_a_person: 'This row says next to nothing of a person: a total, a note or the header again. Leave it out, or fill it in.',
  answer_unreadable:
    'This answer is longer than 32767 characters, holds a character that no text holds, or is one too many, such as a fourth document. Look at the submission and write what was meant.',
  submission_twice: 'Another row of this file is the same submission. Leave one out, or give each person an identifier of their own.',
  name_missing: 'Write at least one name.',
  name_too_long: 'Write at most 200 characters.',
  name_without_letters: 'Write the name in letters, or leave this part of it empty.',
  name_lost_letters:
    'Letters of this name were lost: it holds question marks or signs in their place. Take it from the original list, saved as "CSV UTF-8", or type it again.',
  formula_in_name: 'A name does not begin with = + - or @. Write the name itself.',
  control_characters: 'This text holds a character that nobody sees, such as one that turns the writing direction. Type it again by hand.',
  text_too_long: 'Write at most 200 characters.',
  sex_unknown: 'Write female, male or other.',
  birth_missing: 'Write the date of birth, or say that it is unknown.',
  birth_impossible: 'There is no such date. Write day, month and year, or the year alone.',
  age_impossible: 'Write the age in whole years, from 0 to 120.',
  birth_in_future: 'Nobody is born after today. Check the year.',
  birth_too_long_ago: 'Nobody was born that long ago. Check the year.',
  birth_range_wrong: 'An exact date begins and ends on one day; a year runs from 1 January to 31 December; nothing ends before it begins.',
  birth_precision_unknown: 'Say whether the date is exact, a year or unknown.',
  nationality_unknown: 'Write the country as three capital letters (ISO 3166-1 alpha-3), such as MLI.',
  document_incomplete: 'Write both the kind of document and its number, or neither.',
  document_type_unknown: 'Name one of the documents that this programme knows, or other.',
  digits_lost:
    'A spreadsheet shortened this number, as in 2.13E+11, and its digits are lost. Take it from the original list, in a column that is formatted as text.',
  document_country_unknown: 'Write the issuing country as three capital letters (ISO 3166-1 alpha-3).',
  document_number_too_long: 'Write at most 60 characters.',
  document_twice: 'This document is written twice. Leave one out.',
  documents_too_many: 'Write at most 10 documents.',
  attestation_missing: 'Without a document, say why there is none and who vouches for the person.',
  attestation_with_document: 'Leave the attestation out: the person has a document.',
  attester_missing: 'Write who vouches for the person.',
  phone_invalid:
    'Write a telephone number in digits, such as 0550 12 34 56; one from abroad with its country code, such as +223 70 12 34 56.',
  phones_too_many: 'Write at most 5 telephone numbers.',
  household_missing: 'Write the reference of the household.',
  household_reference_too_long: 'Write at most 60 characters.',
  household_size_invalid: 'Write how many people live in the household, from 1 to 60.',
  household_has_head:
    'This household has another head. Give another family a reference of its own; otherwise change the head, or choose another relationship.',
  household_head_twice:
    'Row {row} of the file is the head of this household. Give another family a reference of its own; otherwise choose another relationship.',
  household_size_differs:
    'This household is registered with another size. Write the same, and change the size of the household itself where it is not right.',
  household_of_others:
    'Somebody else was registered under this reference. Give another family a reference of its own; for the same household, say that the file continues known households.',
  relationship_unknown: 'Write head, spouse, child, parent, sibling or other.',
  wilaya_unknown: 'There is no such wilaya. Write its number or its name.',
  commune_unknown: 'This wilaya has no such commune.',
  language_unknown: 'Write ar, fr or en.',
  answer_unknown: 'This answer is not one of those that the question allows.',
  answer_out_of_range: 'This number is below zero, not whole or far too large. Check it.',
  rent_negative: 'Months of unpaid rent are zero or more.',
  meals_negative: 'Meals a day are zero or more.',
  consent_missing: 'Nobody is registered without consent. Record how it was given.',
  consent_unclear: 'Write yes or no: from this answer nobody can tell whether the person agreed.',
  consent_method_unknown: 'Say how consent was given: signature, audio, scan, witnessed_verbal, remote_verbal or online.',
  consent_reference_missing: 'Write where the evidence is: the number of the paper, the recording, the scan or the call.',
  consent_witness_missing: 'Write who heard the person consent.',
  consent_online_by_others:
    'Online is how somebody consents for themselves. Say how they told you: signature, audio, scan, witnessed_verbal or remote_verbal.',
  consent_before_birth: 'This day is before the person was born. Check the year.',
  consent_twice: 'Give each purpose once.',
  registration_date_impossible: 'There is no such date. Write day, month and year.',
  registration_in_future: 'This date is after today. Check the year.',
  valid_until_past: 'This day is over. Write the last day on which the collector may collect.',
  not_a_member: 'This person is not a member of the household. Name one who is.',
  size_below_members: 'More people than that are registered in this household. Write how many it has, or correct first who is in it.',
} as const;

export type FaultCode = keyof typeof english;

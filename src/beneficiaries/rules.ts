import { type Answers, answerNumbers } from './answers.ts';
import { consentsFaults, evidenceGaps } from './consent-rules.ts';
import { isCountry } from './countries.ts';
import type { Fault } from './faults.ts';
import { birthFaults, documentsFaults, nameFaults } from './identity-rules.ts';
import { normalPhone } from './phones/phone.ts';
import type { Registration } from './types.ts';
import { hasControlCharacters, hasLostDigits } from './written.ts';

const LARGEST_HOUSEHOLD = 60;
const LONGEST_REFERENCE = 60;
const MOST_PHONES = 5;

/**
 * What is wrong with a registration, all at once. Parts that could not be read are left out by the reader, who has said so already.
 * @param today ISO 8601 date in the programme's time zone
 */
export function faultsOf(registration: Partial<Registration>, today: string): Fault[] {
  const { names, birth, nationality, documents, attestation, phones = [], answers = {}, household, consents } = registration;
  return [
    ...(names ? nameFaults(names) : []),
    ...(birth ? birthFaults(birth, today) : []),
    ...(household ? householdFaults(household) : []),
    ...(nationality !== undefined && !isCountry(nationality) ? [{ pointer: '/nationality', code: 'nationality_unknown' as const }] : []),
    ...documentsFaults(documents ?? [], attestation),
    ...phones.flatMap((phone, i): Fault[] =>
      normalPhone(phone) ? [] : [{ pointer: `/phones/${i}`, code: hasLostDigits(phone) ? 'digits_lost' : 'phone_invalid' }],
    ),
    ...(phones.length > MOST_PHONES ? [{ pointer: '/phones', code: 'phones_too_many' as const }] : []),
    ...answerFaults(answers),
    ...(consents ? consentsFaults(consents, today) : []),
  ];
}

/**
 * What a form asks for and a file may leave out: who vouches for somebody without a document, and the evidence of each consent.
 * The files of a field office that keeps its papers itself have neither.
 */
export const gapsOf = ({ documents, attestation, consents }: Pick<Registration, 'documents' | 'attestation' | 'consents'>): Fault[] => [
  ...(documents.length === 0 && !attestation ? [{ pointer: '/attestation', code: 'attestation_missing' as const }] : []),
  ...consents.flatMap((consent, i) => evidenceGaps(consent, `/consents/${i}`)),
];

function householdFaults({ reference, size }: Registration['household']): Fault[] {
  const pointer = '/household/reference';
  const faults: Fault[] = [];
  if (reference.trim() === '') faults.push({ pointer, code: 'household_missing' });
  else if (hasControlCharacters(reference)) faults.push({ pointer, code: 'control_characters' });
  else if (hasLostDigits(reference)) faults.push({ pointer, code: 'digits_lost' });
  else if (reference.length > LONGEST_REFERENCE) faults.push({ pointer, code: 'household_reference_too_long' });
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_HOUSEHOLD) {
    faults.push({ pointer: '/household/size', code: 'household_size_invalid' });
  }
  return faults;
}

const belowZero = { unpaidRentMonths: 'rent_negative', mealsPerDay: 'meals_negative' } as const;

const answerFaults = (answers: Answers): Fault[] =>
  (Object.keys(answerNumbers) as (keyof typeof answerNumbers)[]).flatMap((name): Fault[] => {
    const number = answers[name] ?? 0;
    if (Number.isInteger(number) && number >= 0 && number <= answerNumbers[name]) return [];
    const negative = number < 0 && name in belowZero ? belowZero[name as keyof typeof belowZero] : undefined;
    return [{ pointer: `/answers/${name}`, code: negative ?? 'answer_out_of_range' }];
  });

/** A registration as it is kept: telephone numbers in E.164, each once. */
export const normalised = <Part extends Pick<Registration, 'phones'>>(registration: Part): Part => ({
  ...registration,
  phones: [...new Set(registration.phones.map((phone) => normalPhone(phone) ?? phone))],
});

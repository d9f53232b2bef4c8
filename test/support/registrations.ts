import { randomInt } from 'node:crypto';
import type { RequestBody } from '../../src/platform/index.ts';

export type Registration = RequestBody<'registerBeneficiary'>;

/** A consent by signature, with the number of its paper. */
export const signed = (purpose: 'registration' | 'share_with_paying_agent' | 'contact' | 'share_with_partners') =>
  ({ purpose, legalBasis: 'consent', method: 'signature', givenOn: '2026-01-15', evidence: { reference: 'Paper 17' } }) as const;

// So unlike each other that nobody takes one for another.
const given = ['Aminata', 'Boubacar', 'Chaïma', 'Djibril', 'Esther', 'Fodé', 'Ghislaine', 'Hawa', 'Ibrahima', 'Josephine', 'Kwame'];
const family = [
  'Abderrahmane',
  'Benyahia',
  'Coulibaly',
  'Dembélé',
  'Eyadéma',
  'Fofana',
  'Guèye',
  'Hamidou',
  'Issoufou',
  'Jallow',
  'Keïta',
  'Lawan',
  'Mbemba',
];

let counter = 0;

/** What an officer's form says of somebody; somebody else each time, unless told otherwise. */
export function registrationOf(change: Partial<Registration> = {}): Registration {
  counter += 1;
  const born = `${1950 + ((counter * 7) % 50)}-${String(1 + ((counter * 5) % 12)).padStart(2, '0')}-${String(1 + ((counter * 11) % 28)).padStart(2, '0')}`;
  return {
    names: { given: given[counter % given.length] ?? '', family: family[(counter * 5) % family.length] ?? '' },
    sex: 'female',
    birth: { from: born, to: born, precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `R${counter * 7_919_993}`, issuingCountry: 'MLI' }],
    phones: [`0661${String((counter * 104_729) % 1_000_000).padStart(6, '0')}`],
    household: { reference: `R-${counter}`, size: 4 },
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    consents: [signed('registration'), signed('share_with_paying_agent'), signed('contact')],
    ...change,
  };
}

const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta', 'wa', 'yo', 'ze', 'ga', 'ho', 'pi'];

/** A name that nobody bears and that sounds like no other. */
export const strangeName = (): string => Array.from({ length: 5 }, () => syllables[randomInt(syllables.length)]).join('');

const digits = (count: number): string => String(randomInt(10 ** (count - 1), 10 ** count));

/** What an officer's form says of somebody who has nothing in common with anybody, but for what the test changes. */
export const registration = (change: object = {}) => {
  const day = `${randomInt(1950, 2000)}-${String(randomInt(2, 13)).padStart(2, '0')}-${String(randomInt(13, 29))}`;
  return {
    names: { given: strangeName(), family: strangeName() },
    sex: 'male',
    birth: { from: day, to: day, precision: 'exact' },
    nationality: 'NER',
    documents: [{ type: 'passport', number: `N${digits(8)}`, issuingCountry: 'NER' }],
    phones: [],
    household: { reference: `F-${digits(9)}`, size: 1 },
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    answers: {},
    consents: (['registration', 'share_with_paying_agent'] as const).map((purpose) => ({
      purpose,
      legalBasis: 'consent',
      method: 'signature',
      givenOn: '2026-01-01',
      evidence: { reference: 'Paper 17' },
    })),
    ...change,
  };
};

/** The same person as another clerk writes them down: names in another spelling, the same birth and telephone, no word of the document. */
export const sameAgain = (one: ReturnType<typeof registration>, change: object = {}) =>
  registration({
    names: { given: one.names.given.replace('u', 'ou'), family: one.names.family.toUpperCase() },
    birth: one.birth,
    phones: one.phones,
    documents: one.documents,
    ...change,
  });

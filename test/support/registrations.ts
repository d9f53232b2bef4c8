import { randomInt } from 'node:crypto';

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

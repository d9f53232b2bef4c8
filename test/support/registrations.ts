import { randomInt } from 'node:crypto';

const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta', 'wa', 'yo', 'ze', 'ga', 'ho', 'pi'];

/** A name that nobody bears and that sounds like no other. */
export const strangeName = (): string => Array.from({ length: 5 }, () => syllables[randomInt(syllables.length)]).join('');

const attestation = { reason: 'never_had', attestedBy: 'Field team 2' } as const;

const digits = (count: number): string => String(randomInt(10 ** (count - 1), 10 ** count));

/** A consent by signature, with the number of its paper. */
export const signed = (purpose: 'registration' | 'share_with_paying_agent' | 'contact' | 'share_with_partners') =>
  ({ purpose, legalBasis: 'consent', method: 'signature', givenOn: '2026-01-01', evidence: { reference: 'Paper 17' } }) as const;

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
    consents: [signed('registration'), signed('share_with_paying_agent')],
    ...('documents' in change && Array.isArray(change.documents) && change.documents.length === 0 ? { attestation } : {}),
    ...change,
  };
};

/** The same of somebody who has a telephone and consents to being written to. */
export const reachable = (change: object = {}) =>
  registration({
    phones: [`0661${digits(6)}`],
    consents: [signed('registration'), signed('share_with_paying_agent'), signed('contact')],
    ...change,
  });

/** The same person as another clerk writes them down: names in another spelling, the same birth and telephone, no word of the document. */
export const sameAgain = (one: ReturnType<typeof registration>, change: object = {}) =>
  registration({
    names: { given: one.names.given.replace('u', 'ou'), family: one.names.family.toUpperCase() },
    birth: one.birth,
    phones: one.phones,
    documents: one.documents,
    ...change,
  });

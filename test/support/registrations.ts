import { randomInt } from 'node:crypto';
import type { RequestBody } from '../../src/platform/index.ts';

export type Registration = RequestBody<'registerBeneficiary'>;

/** A consent by signature, with the number of its paper. */
export const signed = (purpose: 'registration' | 'share_with_paying_agent' | 'contact' | 'share_with_partners') =>
  ({ purpose, legalBasis: 'consent', method: 'signature', givenOn: '2026-01-15', evidence: { reference: 'Paper 17' } }) as const;

const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta', 'wa', 'yo', 'ze', 'ga', 'ho', 'pi'];

/** A name that nobody bears and that sounds like no other. */
export const strangeName = (): string => Array.from({ length: 5 }, () => syllables[randomInt(syllables.length)]).join('');

const digits = (count: number): string => String(randomInt(10 ** (count - 1), 10 ** count));

/** What an officer's form says of somebody who has nothing in common with anybody, but for what the test changes. */
export function registrationOf(change: { readonly [Field in keyof Registration]?: unknown } = {}): Registration {
  const day = `${randomInt(1950, 2000)}-${String(randomInt(2, 13)).padStart(2, '0')}-${String(randomInt(13, 29))}`;
  return {
    names: { given: strangeName(), family: strangeName() },
    sex: 'female',
    birth: { from: day, to: day, precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `N${digits(8)}`, issuingCountry: 'MLI' }],
    phones: [`0661${digits(6)}`],
    household: { reference: `F-${digits(9)}`, size: 4 },
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    consents: [signed('registration'), signed('share_with_paying_agent'), signed('contact')],
    ...(Array.isArray(change.documents) &&
      change.documents.length === 0 && { attestation: { reason: 'never_had', attestedBy: 'Field team 2' } }),
    ...change,
  } as Registration;
}

/** The same person as another clerk writes them down: names in another spelling, the same birth and telephone. */
export const sameAgain = (one: Registration, change: Parameters<typeof registrationOf>[0] = {}): Registration =>
  registrationOf({
    names: { given: one.names.given.replace('u', 'ou'), ...(one.names.family && { family: one.names.family.toUpperCase() }) },
    birth: one.birth,
    phones: one.phones,
    documents: one.documents,
    ...change,
  });

import type { RequestBody } from '../../src/platform/index.ts';

export type Registration = RequestBody<'registerBeneficiary'>;

/** A consent by signature, with the number of its paper. */
export const signed = (purpose: 'registration' | 'share_with_paying_agent' | 'contact' | 'share_with_partners') =>
  ({ purpose, legalBasis: 'consent', method: 'signature', givenOn: '2026-01-15', evidence: { reference: 'Paper 17' } }) as const;

let counter = 0;

/** What an officer's form says of somebody; somebody else each time, unless told otherwise. */
export function registrationOf(change: Partial<Registration> = {}): Registration {
  counter += 1;
  return {
    names: { given: `Aminata ${counter}`, family: 'Keïta' },
    sex: 'female',
    birth: { from: '1991-04-02', to: '1991-04-02', precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `R${10_000 + counter}`, issuingCountry: 'MLI' }],
    phones: [`0661${String(200_000 + counter)}`],
    household: { reference: `R-${counter}`, size: 4 },
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    consents: [signed('registration'), signed('share_with_paying_agent'), signed('contact')],
    ...change,
  };
}

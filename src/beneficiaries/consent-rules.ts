import type { Fault } from './faults.ts';
import type { Consent, ConsentEvidence, ConsentMethod } from './types.ts';
import { hasControlCharacters, LONGEST_TEXT } from './written.ts';

/** What shows that somebody consented, by how they did. Online they did it themselves, and the record of that is the evidence. */
const evidenceFor: Readonly<Record<ConsentMethod, readonly (keyof ConsentEvidence)[]>> = {
  signature: ['reference'],
  audio: ['reference'],
  scan: ['reference'],
  witnessed_verbal: ['witness'],
  remote_verbal: ['reference', 'witness'],
  online: [],
};

const missing = { reference: 'consent_reference_missing', witness: 'consent_witness_missing' } as const;

/**
 * What is wrong with one consent.
 * @param today ISO 8601 date in the programme's time zone
 * @param pointer where the consent stands
 */
export function consentFaults({ givenOn, evidence = {} }: Consent, today: string, pointer = ''): Fault[] {
  const texts = Object.entries(evidence).map(([name, text]) => ({ at: `${pointer}/evidence/${name}`, text }));
  return [
    ...(givenOn > today ? [{ pointer: `${pointer}/givenOn`, code: 'registration_in_future' as const }] : []),
    ...texts.flatMap(({ at, text }): Fault[] => [
      ...(hasControlCharacters(text) ? [{ pointer: at, code: 'control_characters' as const }] : []),
      ...(text.length > LONGEST_TEXT ? [{ pointer: at, code: 'text_too_long' as const }] : []),
    ]),
  ];
}

/** What evidence of a consent is missing, given how it was given. */
export const evidenceGaps = ({ method, evidence = {} }: Consent, pointer = ''): Fault[] =>
  evidenceFor[method]
    .filter((name) => (evidence[name] ?? '').trim() === '')
    .map((name) => ({ pointer: `${pointer}/evidence/${name}`, code: missing[name] }));

/**
 * What an officer's or a partner's form may not say of a consent: online somebody consents for themselves, and nobody does before they are born.
 * In a file the day is that of the list, which a child may be put on later.
 * @param bornOn the first day on which whoever consents may have been born
 */
export const formFaults = (consent: Consent, bornOn: string, pointer = ''): Fault[] => [
  ...saidByOthers(consent, pointer),
  ...(consent.givenOn < bornOn ? [{ pointer: `${pointer}/givenOn`, code: 'consent_before_birth' as const }] : []),
];

/** Online somebody consents for themselves: whoever writes that down for them has heard, seen or been sent something. */
export const saidByOthers = ({ method }: Consent, pointer = ''): Fault[] =>
  method === 'online' ? [{ pointer: `${pointer}/method`, code: 'consent_online_by_others' }] : [];

/** What is wrong with the consents of a registration: each purpose once, and one for the registration itself. */
export function consentsFaults(consents: readonly Consent[], today: string): Fault[] {
  const faults = consents.flatMap((consent, i) => [
    ...consentFaults(consent, today, `/consents/${i}`),
    ...(consents.findIndex(({ purpose }) => purpose === consent.purpose) < i
      ? [{ pointer: `/consents/${i}`, code: 'consent_twice' as const }]
      : []),
  ]);
  if (!consents.some(({ purpose }) => purpose === 'registration')) faults.push({ pointer: '/consents', code: 'consent_missing' });
  return faults;
}

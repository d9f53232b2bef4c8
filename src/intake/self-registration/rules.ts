import type { Candidate, EnrolmentState, Fault, Registration } from '../../beneficiaries/index.ts';
import type { RateLimit } from '../../platform/index.ts';
import type { Kept, OwnParticulars, OwnState } from './types.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** How long a code is good, and how long somebody may take to prove their telephone at all. In milliseconds. */
export const CODE_LIFE_MS = 15 * MINUTE_S * 1000;
export const PROOF_LIFE_MS = DAY_S * 1000;

/** Wrong codes that are taken for one code that was sent; then another has to be asked for. */
export const WRONG_CODES_ALLOWED = 5;

/** How often the door may be used. The first and the last two are settings of the deployment. */
export const rates = {
  address: (points: number): RateLimit => ({ name: 'self-registration-address', points, seconds: HOUR_S }),
  /** One telephone from one address: who asks is told. Nobody learns from it that somebody else has used the number. */
  phoneAtAddress: { name: 'self-registration-phone', points: 5, seconds: DAY_S },
  /** Codes asked for under one reference, whether there is such a reference or not. */
  codesOfReference: { name: 'self-registration-codes', points: 4, seconds: DAY_S },
  /** Messages to one telephone, whoever asks: more are not sent, and nobody is told. */
  messagesToPhone: { name: 'self-registration-messages', points: 5, seconds: DAY_S },
  registrations: (points: number): RateLimit => ({ name: 'self-registration-programme', points, seconds: DAY_S }),
  messages: (registrations: number): RateLimit => ({
    name: 'self-registration-programme-messages',
    points: 2 * registrations,
    seconds: DAY_S,
  }),
} as const;

/**
 * What somebody wrote of themselves, as every door hands it on.
 * @param today ISO 8601 date in the programme's time zone
 */
export function registrationOf(own: OwnParticulars, today: string): Registration {
  const { names, sex, birth, nationality, documents, relationship, wilaya, commune, language, consent } = own;
  const { shareWithPayingAgent, contact, privacyNoticeVersion } = consent;
  const purposes = [
    'registration' as const,
    ...(shareWithPayingAgent ? (['share_with_paying_agent'] as const) : []),
    ...(contact ? (['contact'] as const) : []),
  ];
  return {
    names,
    sex,
    birth,
    nationality,
    documents,
    ...(own.noDocumentReason ? { attestation: { reason: own.noDocumentReason, attestedBy: 'the person, online' } } : {}),
    phones: [own.phone],
    answers: {},
    household: { reference: OWN_HOUSEHOLD, size: own.householdSize },
    relationship,
    wilaya,
    commune,
    language,
    consents: purposes.map((purpose) => ({
      purpose,
      legalBasis: 'consent',
      method: 'online',
      givenOn: today,
      evidence: { reference: `privacy notice ${privacyNoticeVersion}` },
    })),
  };
}

/** Stands for the household until the person is entered, with one of their own: nobody puts themselves into another's. */
const OWN_HOUSEHOLD = 'self';

/** Somebody with a household of their own. @param reference of the self-registration */
export const withHousehold = ({ registration, place }: Candidate, reference: string): Candidate => ({
  registration: { ...registration, household: { ...registration.household, reference: `${OWN_HOUSEHOLD}/${reference}` } },
  place,
});

const ownPlaces: readonly (readonly [of: RegExp, own: string])[] = [
  [/^\/phones(\/0)?$/, '/phone'],
  [/^\/household\/size$/, '/householdSize'],
  [/^\/attestation.*$/, '/noDocumentReason'],
  [/^\/consents\/.*\/evidence\/.*$/, '/consent/privacyNoticeVersion'],
];

/** A fault with its place in what the person wrote. */
export function ownFault({ pointer, code }: Fault): Fault {
  const place = ownPlaces.find(([of]) => of.test(pointer));
  return { pointer: place?.[1] ?? pointer, code };
}

/** Whether codes are sent: until it has run out, and for whoever was entered to find the way back to see how far it is. */
export const sendsCodes = ({ state, expiresAt }: Kept, now: Date): boolean =>
  state === 'entered' || (state === 'awaiting_proof' && expiresAt > now);

/** Whether a code can be taken for this self-registration now: one that has been sent, is not too old, and was not guessed at too often. */
export const takesCodes = (kept: Kept, now: Date): boolean =>
  sendsCodes(kept, now) && kept.wrongCodes < WRONG_CODES_ALLOWED && kept.codeExpiresAt !== null && kept.codeExpiresAt > now;

/**
 * What somebody is told of where they stand. Who turned out to be registered already is told the same as who was refused, so that
 * nobody learns by registering in another's name whether that other is known.
 */
export function ownStateOf(enrolment: EnrolmentState | null, isBeingCompared: boolean): OwnState {
  switch (enrolment) {
    case null:
      return 'received';
    case 'applicant':
      return isBeingCompared ? 'received' : 'being_checked';
    case 'enrolled':
    case 'suspended':
      return 'accepted';
    case 'exited':
    case 'merged':
      return 'not_accepted';
  }
}

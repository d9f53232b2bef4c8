export { type Admission, admit } from './admit.ts';
export {
  type Answers,
  answerFlags,
  answerNumbers,
  answerWords,
  difficulties,
  functions,
  hasDisability,
  type WashingtonGroup,
} from './answers.ts';
export { type Checked, checkAll } from './checking.ts';
export type { ConsentRecorded } from './consent-commands.ts';
export { hasWithdrawn } from './consent-store.ts';
export type { Comparison, DuplicateCheck, Likeness } from './duplicate-check.ts';
export { enteredFrom, knownHouseholds } from './entered.ts';
export { type Fault, type FaultCode, faultDetail, faultDetails, placesOf } from './faults.ts';
export { headedHouseholds } from './household-store.ts';
export { unknownBirth } from './identity-rules.ts';
export { blockingKeys, documentKey, nameKey, phoneKey, plainDocument } from './keys.ts';
export { matchProfileRow, openMatchProfile, particularsOf } from './match-profile.ts';
export { normalPhone } from './phone.ts';
export { type FoundPlace, findPlaces, placeFaults, type WrittenPlace } from './places.ts';
export { plainText } from './plain-text.ts';
export { beneficiaryScope, openPeople } from './queries.ts';
export { beneficiaryRoutes } from './routes.ts';
export { faultsOf, normalised } from './rules.ts';
export { openNote, openPerson, type SealedPerson, sealNote } from './sealing.ts';
export { enrolApplicants, mergeInto, recordsOf, separate } from './store.ts';
export type {
  Attestation,
  Birth,
  Candidate,
  Consent,
  ConsentEvidence,
  ConsentMethod,
  ConsentPurpose,
  EnrolmentState,
  Entry,
  IdentityDocument,
  Language,
  Names,
  Personal,
  Registration,
  Relationship,
  Sex,
} from './types.ts';

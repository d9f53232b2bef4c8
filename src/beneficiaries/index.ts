export { type Admission, admit } from './admit.ts';
export type { Comparison, DuplicateCheck } from './duplicate-check.ts';
export { type Fault, type FaultCode, faultDetails } from './faults.ts';
export { blockingKeys, documentKey, nameKey, phoneKey, plainDocument } from './keys.ts';
export { matchProfileRow, openMatchProfile, particularsOf } from './match-profile.ts';
export { normalPhone } from './phone.ts';
export { type FoundPlace, findPlaces, type WrittenPlace } from './places.ts';
export { plainText } from './plain-text.ts';
export { beneficiaryScope, findByDocument, findByPhone, openPeople } from './queries.ts';
export { beneficiaryRoutes } from './routes.ts';
export { faultsOf, normalised, unknownBirth } from './rules.ts';
export { openNote, openPerson, type SealedPerson, sealNote } from './sealing.ts';
export { enrolApplicants, mergeInto, separate } from './store.ts';
export type {
  Answers,
  Birth,
  Candidate,
  Consent,
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

export type { Comparison, DuplicateCheck } from './duplicate-check.ts';
export { type IndexKind, indexOf, plainDocumentNumber } from './indexes.ts';
export { beneficiaryJobs } from './jobs.ts';
export { normalPhone } from './phone.ts';
export { beneficiaryScope, findByIndex, openPeople } from './queries.ts';
export { beneficiaryRoutes } from './routes.ts';
export { openNote, openPerson, type SealedPerson, sealNote } from './sealing.ts';
export { enrolApplicants, mergeInto } from './store.ts';
export type {
  Answers,
  Birth,
  Consent,
  ConsentPurpose,
  EnrolmentState,
  IdentityDocument,
  Language,
  Names,
  Personal,
  Relationship,
  Sex,
} from './types.ts';

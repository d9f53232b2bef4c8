export { type Applicant, admit, applicantOf } from './admit.ts';
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
export { keyCollectors, openIdentity, standingCollectors } from './collector-store.ts';
export { beneficiaryColumns } from './columns.ts';
export type { ConsentRecorded } from './consent-commands.ts';
export { evidenceGaps, saidByOthers } from './consent-rules.ts';
export { hasWithdrawn } from './consent-store.ts';
export { twoLetterCodes } from './countries.ts';
export type { Comparison, DuplicateCheck, EarlierRow, Likeness, Rehearsal, Rehearsed, Resemblance } from './duplicate-check.ts';
export { analyzePeople, type BegunHousehold, begunHouseholds, enteredFrom, householdsOfPeople, knownHouseholds } from './entered.ts';
export { type ErasedRecord, eraseRecords, lockRecords, type PersonRecord } from './erase.ts';
export type { ExportField } from './export-columns.ts';
export { type RequestedExport, requestExport } from './export-commands.ts';
export { encrypted, isRecipient } from './export-encryption.ts';
export { exportJobs, type ListExport, type WriteList, type WriteRefusedRows } from './export-job.ts';
export { countExport, type ExportLimits } from './export-limits.ts';
export { attemptToWrite, type KeptFile, keepInParts, keptParts, Superseded } from './export-parts.ts';
export { endExportsOf, holdExports } from './export-records.ts';
export { exportRows } from './export-rows.ts';
export type { NewListExport, NewRefusedRowsExport, PaymentInstruction } from './export-types.ts';
export { type Fault, type FaultCode, faultDetail, placesOf } from './faults.ts';
export { standingHouseholds } from './household-store.ts';
export { unknownBirth } from './identity-rules.ts';
export { blockingKeys, documentKey, keysOfPerson, nameKey, phoneKey, plainDocument, plainDocumentNumber } from './keys.ts';
export { matchProfileRow, openMatchProfile, particularsOf } from './match-profile.ts';
export { allRecordsOf, type OwnChange, type OwnRecord, ownRecords } from './own-data.ts';
export { isPhoneHeld } from './phones/hold-store.ts';
export { languageOfPhone } from './phones/language.ts';
export { normalPhone } from './phones/phone.ts';
export { heldPhoneRoutes } from './phones/routes.ts';
export { type FoundPlace, findPlaces, placeFaults, type WrittenPlace } from './places.ts';
export { plainText } from './plain-text.ts';
export { beneficiaryScope, openPeople } from './queries.ts';
export { isRenewing, programmesWithOldKeys, renewKeys } from './renew-keys.ts';
export { beneficiaryRoutes } from './routes.ts';
export { faultsOf, normalised } from './rules.ts';
export { noteColumn, openNote, openPerson, type SealedPerson, sealNote } from './sealing.ts';
export { enrolApplicants, mergeInto, recordsOf, separate, type Unmerged } from './store.ts';
export { type PersonStory, personStory } from './story.ts';
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
export { peopleSources, programmeOfPerson } from './who-looked.ts';

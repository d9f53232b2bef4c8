import {
  brokenConstraint,
  type Command,
  command,
  dateIn,
  type FollowUp,
  type Page,
  pageOf,
  pageRequestById,
  placesWrong,
  problem,
  type Tx,
} from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { consentFaults, evidenceGaps, formFaults } from './consent-rules.ts';
import { consentRow, consentsOf, isSuspendedByWithdrawal, type KeptConsent, withdrawStandingConsent } from './consent-store.ts';
import { placesOf } from './faults.ts';
import { lockPerson } from './person-changes.ts';
import { beneficiaryScope } from './queries.ts';
import { findBeneficiary, lockEnrolment, setEnrolment } from './store.ts';
import type { Consent, ConsentPurpose } from './types.ts';
import { say } from './words.ts';

interface About {
  readonly beneficiaryId: string;
}

/**
 * What the rooms above do once somebody consents again: whatever they held back for want of it goes on.
 * @returns the work to start once that has committed
 */
export type ConsentRecorded = (tx: Tx, beneficiaryId: string) => Promise<readonly FollowUp[]>;

/**
 * Records that somebody consents, with the evidence. Who was suspended because they had taken their consent to registration back is
 * enrolled again.
 * @throws unprocessable without the evidence that the method asks for; conflict when they consent already
 */
export const recordConsent = (recorded: ConsentRecorded): Command<About & { consent: Consent }, KeptConsent> =>
  command({
    name: 'beneficiaries.record_consent',
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, actor, now, keyRing }, { beneficiaryId, consent }) {
      const { row, before } = await lockPerson(tx, keyRing, beneficiaryId);
      const { programme } = await programmeById(tx, row.programmeId);
      const faults = [
        ...consentFaults(consent, dateIn(programme.timeZone, now)),
        ...evidenceGaps(consent),
        ...formFaults(consent, before.birth.from),
      ];
      if (faults.length > 0) throw placesWrong(placesOf(faults));
      const kept = consentRow(keyRing, row, consent);
      try {
        await tx.insert('consents', [{ ...kept, recorded_by: actor.id, recorded_at: now }]);
      } catch (error) {
        if (brokenConstraint(error) === 'consents_one_standing') throw problem.conflict(say('consent_stands'));
        throw error;
      }
      if (consent.purpose === 'registration' && (await isSuspendedByWithdrawal(tx, row.programmeId, beneficiaryId))) {
        await setEnrolment(tx, row.programmeId, beneficiaryId, 'enrolled', now);
      }
      const result = {
        ...consent,
        id: kept.id,
        evidence: consent.evidence ?? null,
        recordedBy: actor.id,
        recordedAt: now.toISOString(),
        withdrawnBy: null,
        withdrawnAt: null,
      };
      const followUps = await recorded(tx, beneficiaryId);
      return { result, subject: { type: 'beneficiary', id: beneficiaryId }, after: result, followUps };
    },
  });

/**
 * Records that somebody takes a consent back, from now on. Without consent to registration nobody stays enrolled; what else depends on a
 * consent asks for it when it is about to happen.
 * @throws conflict when there is none to take back
 */
export const withdrawConsent = command<About & { purpose: ConsentPurpose }, KeptConsent>({
  name: 'beneficiaries.withdraw_consent',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, actor, now, keyRing }, { beneficiaryId, purpose }) {
    const person = await findBeneficiary(tx, beneficiaryId);
    if (!person) throw problem.not_found('There is no such record.');
    const result = await withdrawStandingConsent(tx, keyRing, person, purpose, actor.id, now);
    if (!result) throw problem.conflict(say('consent_none'));
    const enrolment = purpose === 'registration' ? await lockEnrolment(tx, person.programmeId, beneficiaryId) : undefined;
    if (enrolment?.state === 'enrolled') await setEnrolment(tx, person.programmeId, beneficiaryId, 'suspended', now);
    return { result, subject: { type: 'beneficiary', id: beneficiaryId }, before: { purpose, standing: true }, after: result };
  },
});

interface ListRequest extends About {
  readonly query: { readonly limit?: number; readonly cursor?: string };
}

/** The consents of a person, withdrawn or not. Reading them leaves a trace, so it is a command. @throws not_found */
export const listConsents = command<ListRequest, Page<KeptConsent>>({
  name: 'beneficiaries.read_consents',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, keyRing }, { beneficiaryId, query }) {
    const person = await findBeneficiary(tx, beneficiaryId);
    if (!person) throw problem.not_found('There is no such record.');
    const { limit, after } = pageRequestById(query);
    const consents = await consentsOf(tx, keyRing, person, limit + 1, after);
    return { result: pageOf(consents, limit, ({ id }) => id), subject: { type: 'beneficiary', id: beneficiaryId } };
  },
});

import { brokenConstraint, type Command, command, dateIn, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { admit } from './admit.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { type Fault, faultDetails } from './faults.ts';
import { findPlaces } from './places.ts';
import { type Beneficiary, beneficiaryScope, openBeneficiary } from './queries.ts';
import { faultsOf, normalised } from './rules.ts';
import { consentRow, type Enrolment, lockEnrolment, setEnrolment, withdrawStandingConsent } from './store.ts';
import type { Consent, ConsentPurpose, EnrolmentState, Registration } from './types.ts';

/** Enters one person from an officer's form, as an applicant until they have been compared. @throws unprocessable naming every fault; not_found without such a programme */
export const registerBeneficiary = command<{ programmeId: string; registration: Registration }, Beneficiary>({
  name: 'beneficiaries.register',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, registration }) {
    const { tx, actor, now, keyRing } = context;
    const { programme } = await programmeById(tx, programmeId);
    const { wilayaNumber, commune } = (await findPlaces(tx, [registration]))(registration);
    const faults: Fault[] = [
      ...faultsOf(registration, dateIn(programme.timeZone, now)),
      ...(wilayaNumber ? [] : [{ pointer: '/wilaya', code: 'wilaya_unknown' as const }]),
      ...(wilayaNumber && !commune ? [{ pointer: '/commune', code: 'commune_unknown' as const }] : []),
    ];
    if (faults.length > 0 || !wilayaNumber || !commune) {
      throw problem.unprocessable(
        'Correct the places listed in "errors".',
        {},
        faults.map(({ pointer, code }) => ({ pointer, detail: faultDetails[code] })),
      );
    }
    const {
      ids: [id = ''],
    } = await admit(context, programmeId, { enteredBy: actor.id, source: 'officer' }, [
      { registration: normalised(registration), place: { wilayaNumber, commune } },
    ]);
    const beneficiary = await openBeneficiary(tx, keyRing, id);
    return { result: beneficiary, subject: { type: 'beneficiary', id }, after: beneficiary };
  },
});

interface About {
  readonly beneficiaryId: string;
}

/** A consent as it stands: withdrawn or not. */
export type StandingConsent = Consent & { readonly withdrawnAt: string | null };

/** Records that somebody consents. @throws conflict when they do already */
export const recordConsent = command<About & { consent: Consent }, StandingConsent>({
  name: 'beneficiaries.record_consent',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, actor, now }, { beneficiaryId, consent }) {
    const { programme: programmeId = '' } = await beneficiaryScope(tx, beneficiaryId);
    const { programme } = await programmeById(tx, programmeId);
    if (consent.givenOn > dateIn(programme.timeZone, now)) {
      throw problem.unprocessable('The consent breaks a rule.', {}, [{ pointer: '/givenOn', detail: faultDetails.registration_in_future }]);
    }
    try {
      await tx.insert('consents', [consentRow(beneficiaryId, consent, actor.id, now)]);
    } catch (error) {
      if (brokenConstraint(error) === 'consents_one_standing')
        throw problem.conflict('This consent stands already. Withdraw it before recording another.');
      throw error;
    }
    const result = { ...consent, withdrawnAt: null };
    return { result, subject: { type: 'beneficiary', id: beneficiaryId }, after: result };
  },
});

/** Records that somebody takes a consent back, from now on. @throws conflict when there is none to take back */
export const withdrawConsent = command<About & { purpose: ConsentPurpose }, StandingConsent>({
  name: 'beneficiaries.withdraw_consent',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, actor, now }, { beneficiaryId, purpose }) {
    const withdrawn = await withdrawStandingConsent(tx, beneficiaryId, purpose, actor.id, now);
    if (!withdrawn) throw problem.conflict('No consent for this purpose stands.');
    const result = { ...withdrawn, withdrawnAt: withdrawn.withdrawnAt.toISOString() };
    return { result, subject: { type: 'beneficiary', id: beneficiaryId }, before: { purpose, standing: true }, after: result };
  },
});

/** Where somebody stands after a change. */
export interface Standing {
  readonly beneficiaryId: string;
  readonly state: EnrolmentState;
  readonly changedAt: string;
}

interface Move {
  readonly name: string;
  readonly from: EnrolmentState;
  readonly to: EnrolmentState;
  /** What to say when the person is in another state. */
  readonly otherwise: string;
}

/** A change of state for a reason that an officer gives. @throws conflict from any other state */
const moveFor = ({ name, from, to, otherwise }: Move): Command<About & { reason: string }, Standing> =>
  command({
    name,
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, now }, { beneficiaryId, reason }) {
      const { programme = '' } = await beneficiaryScope(tx, beneficiaryId);
      const before = await lockEnrolment(tx, programme, beneficiaryId);
      if (before?.state !== from) throw problem.conflict(otherwise, { state: before?.state ?? null });
      await setEnrolment(tx, programme, beneficiaryId, to, now);
      const result = { beneficiaryId, state: to, changedAt: now.toISOString() };
      return { result, subject: { type: 'beneficiary', id: beneficiaryId }, before: { state: from }, after: { state: to }, reason };
    },
  });

export const suspendBeneficiary = moveFor({
  name: 'beneficiaries.suspend',
  from: 'enrolled',
  to: 'suspended',
  otherwise: 'Only somebody who is enrolled can be suspended.',
});

export const resumeBeneficiary = moveFor({
  name: 'beneficiaries.resume',
  from: 'suspended',
  to: 'enrolled',
  otherwise: 'Only somebody who is suspended can be resumed.',
});

/**
 * Enrols an applicant, once somebody other than who entered them confirms who they are.
 * @throws forbidden to who entered them; conflict when they are no applicant, or a duplicate pair must be decided first
 */
export const verifyBeneficiary = (duplicates: DuplicateCheck): Command<About, Standing> =>
  command({
    name: 'beneficiaries.verify',
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, actor, now }, { beneficiaryId }) {
      const { programme = '' } = await beneficiaryScope(tx, beneficiaryId);
      const before: Enrolment | undefined = await lockEnrolment(tx, programme, beneficiaryId);
      if (before?.enteredBy === actor.id) throw problem.forbidden('You entered this person. Ask somebody else to verify them.');
      if (before?.state !== 'applicant') throw problem.conflict('Only an applicant can be verified.', { state: before?.state ?? null });
      if ((await duplicates.blocked(tx, [beneficiaryId])).has(beneficiaryId)) {
        throw problem.conflict('This person shares a document with somebody else. Decide the duplicate pair first.');
      }
      await setEnrolment(tx, programme, beneficiaryId, 'enrolled', now, actor.id);
      const result = { beneficiaryId, state: 'enrolled' as const, changedAt: now.toISOString() };
      return {
        result,
        subject: { type: 'beneficiary', id: beneficiaryId },
        before: { state: before.state },
        after: { state: result.state },
      };
    },
  });

import { separationOfDuties } from '../access/index.ts';
import { type Command, command, problem, type Tx } from '../platform/index.ts';
import { standingPurposes } from './consent-store.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { beneficiaryScope } from './queries.ts';
import { isBeingCompared, lockEnrolment, setEnrolment } from './store.ts';
import type { EnrolmentState } from './types.ts';
import { say } from './words.ts';

/** Where somebody stands after a change. */
export interface Standing {
  readonly beneficiaryId: string;
  readonly state: EnrolmentState;
  readonly changedAt: string;
}

interface About {
  readonly beneficiaryId: string;
}

interface Move {
  readonly name: string;
  readonly from: readonly EnrolmentState[];
  readonly to: EnrolmentState;
  /** What to say when the person is in another state. */
  readonly otherwise: string;
}

/** A change of state for a reason that an officer gives. @throws conflict from any other state, or into enrolment without consent */
const moveFor = ({ name, from, to, otherwise }: Move): Command<About & { reason: string }, Standing> =>
  command({
    name,
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, now }, { beneficiaryId, reason }) {
      const { programme = '' } = await beneficiaryScope(tx, beneficiaryId);
      const before = await lockEnrolment(tx, programme, beneficiaryId);
      if (!before || !from.includes(before.state)) throw problem.conflict(otherwise, { state: before?.state ?? null });
      if (to === 'enrolled') await refuseWithoutConsent(tx, beneficiaryId);
      await setEnrolment(tx, programme, beneficiaryId, to, now);
      const result = { beneficiaryId, state: to, changedAt: now.toISOString() };
      return {
        result,
        subject: { type: 'beneficiary', id: beneficiaryId },
        before: { state: before.state },
        after: { state: to },
        reason,
      };
    },
  });

async function refuseWithoutConsent(tx: Tx, beneficiaryId: string): Promise<void> {
  if (!(await standingPurposes(tx, beneficiaryId)).has('registration')) {
    throw problem.conflict(say('consent_first'));
  }
}

export const suspendBeneficiary = moveFor({
  name: 'beneficiaries.suspend',
  from: ['enrolled'],
  to: 'suspended',
  otherwise: 'Only somebody who is enrolled can be suspended.',
});

export const resumeBeneficiary = moveFor({
  name: 'beneficiaries.resume',
  from: ['suspended'],
  to: 'enrolled',
  otherwise: 'Only somebody who is suspended can be resumed.',
});

export const exitBeneficiary = moveFor({
  name: 'beneficiaries.exit',
  from: ['applicant', 'enrolled', 'suspended'],
  to: 'exited',
  otherwise: 'Only an applicant, or somebody who is enrolled or suspended, can leave the programme.',
});

/**
 * Enrols an applicant, once somebody who neither entered nor changed them confirms who they are.
 * @throws separation_of_duties to who entered or changed them; conflict when they are no applicant, do not consent, are still being compared, or a duplicate pair must be decided first
 */
export const verifyBeneficiary = (duplicates: DuplicateCheck): Command<About, Standing> =>
  command({
    name: 'beneficiaries.verify',
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, actor, now }, { beneficiaryId }) {
      const { programme = '' } = await beneficiaryScope(tx, beneficiaryId);
      const before = await lockEnrolment(tx, programme, beneficiaryId);
      if (before?.enteredBy === actor.id) throw separationOfDuties('enrolments_verified_by_another');
      if (before?.state !== 'applicant') throw problem.conflict(say('not_an_applicant'), { state: before?.state ?? null });
      await refuseWithoutConsent(tx, beneficiaryId);
      if (await isBeingCompared(tx, beneficiaryId)) {
        throw problem.conflict(say('being_compared'));
      }
      if ((await duplicates.blocked(tx, [beneficiaryId])).has(beneficiaryId)) {
        throw problem.conflict(say('document_shared'));
      }
      await setEnrolment(tx, programme, beneficiaryId, 'enrolled', now, actor.id);
      const result = { beneficiaryId, state: 'enrolled' as const, changedAt: now.toISOString() };
      return {
        result,
        subject: { type: 'beneficiary', id: beneficiaryId },
        before: { state: before.state },
        after: { state: result.state, verifiedBy: actor.id },
      };
    },
  });

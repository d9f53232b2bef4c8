import {
  admit,
  applicantOf,
  type Candidate,
  type Checked,
  checkAll,
  type Registration,
  standingHouseholds,
} from '../../beneficiaries/index.ts';
import { type CommandContext, canonicalJson, command, dateIn, newId } from '../../platform/index.ts';
import { type Programme, programmeById } from '../../programmes/index.ts';
import { comparisonOf } from '../comparing.ts';
import { type Entering, judge } from './judging.ts';
import { lockReferences } from './store.ts';
import type { ReferralResult, Submitted } from './types.ts';

export interface Referrals {
  readonly programmeId: string;
  readonly submitted: readonly Submitted[];
}

/**
 * Enters the people whom a partner refers, as applicants whom somebody has to verify; those with faults come back with reasons. They are
 * compared with everybody afterwards. A reference that the partner has used for the same person enters nobody again.
 */
export const refer = command<Referrals, ReferralResult[]>({
  name: 'intake.refer',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, submitted }) {
    const { tx, actor, keyRing } = context;
    const { programme } = await programmeById(tx, programmeId);
    const referrals = submitted.flatMap((one) => ('referral' in one ? [one.referral] : []));
    const references = referrals.map(({ reference }) => reference);
    const earlier = await lockReferences(tx, actor.id, programmeId, references);
    const fresh = referrals.filter(({ reference }) => !earlier.has(reference));
    const checked = await check(
      context,
      programme,
      fresh.map(({ registration }) => registration),
    );
    const checks = new Map(fresh.map((referral, i) => [referral, checked[i]]));
    const { results, entering } = judge(submitted, {
      checkOf: (referral) => checks.get(referral),
      digestOf: ({ registration }) => keyRing.blindIndex('referral', canonicalJson(registration)),
      earlier,
    });
    const ids = await enter(context, programmeId, entering);
    return {
      result: results,
      subject: { type: 'referrals_of_programme', id: programmeId },
      after: { results, ids },
      followUps: ids.length > 0 ? [comparisonOf(ids)] : [],
    };
  },
});

/** Checks registrations, each against the household among the partner's own that it names. */
async function check(
  { tx, actor, now }: CommandContext,
  { id, timeZone }: Pick<Programme, 'id' | 'timeZone'>,
  registrations: readonly Registration[],
): Promise<Checked[]> {
  const ownName = (reference: string) => householdOf(actor.id, reference);
  const households = await standingHouseholds(
    tx,
    id,
    registrations.map(({ household }) => ownName(household.reference)),
  );
  return checkAll(tx, registrations, dateIn(timeZone, now), { standing: (reference) => households.get(ownName(reference)) });
}

async function enter(context: CommandContext, programmeId: string, entering: readonly Entering[]): Promise<readonly string[]> {
  const { tx, actor, now, keyRing } = context;
  const entry = { enteredBy: actor.id, source: 'partner', sourceId: actor.id, needsVerification: true } as const;
  const applicants = entering.map(({ candidate }) => applicantOf(keyRing, programmeId, ofPartner(candidate, actor.id)));
  await admit(context, programmeId, entry, applicants);
  await tx.insert(
    'referrals',
    entering.map(({ reference, contentIndex }, i) => ({
      id: newId(),
      programme_id: programmeId,
      partner_id: actor.id,
      reference,
      content_index: contentIndex,
      beneficiary_id: applicants[i]?.id,
      referred_at: now,
    })),
  );
  return applicants.map(({ id }) => id);
}

/** What a household is called among the partner's own: nobody is put into a household that others registered. */
const householdOf = (partnerId: string, reference: string): string => `${partnerId}/${reference}`;

const ofPartner = ({ registration, place }: Candidate, partnerId: string): Candidate => ({
  registration: {
    ...registration,
    household: { ...registration.household, reference: householdOf(partnerId, registration.household.reference) },
  },
  place,
});

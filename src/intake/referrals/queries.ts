import { command, type Db, type Page, pageRequestById, problem } from '../../platform/index.ts';
import { statusOf } from './rules.ts';
import { findReferral, pageOfReferrals, type StoredReferral } from './store.ts';
import type { PaidAmong, Referral } from './types.ts';

// Where somebody stands is about a person, so these reads are commands and leave a trace.

async function shown(db: Db, paidAmong: PaidAmong, referrals: readonly StoredReferral[]): Promise<Referral[]> {
  const sharing = referrals.filter(({ sharesWithPartners }) => sharesWithPartners).map(({ beneficiaryId }) => beneficiaryId);
  const paid = await paidAmong(db, sharing);
  return referrals.map((referral) => ({
    reference: referral.reference,
    status: statusOf(referral),
    assisted: referral.sharesWithPartners ? paid.has(referral.beneficiaryId) : null,
    referredAt: referral.referredAt.toISOString(),
  }));
}

export interface OneReferral {
  readonly programmeId: string;
  readonly reference: string;
}

/** Where somebody stands whom the partner referred. @throws not_found, in the same words, when nobody or another partner did */
export const readReferral = (paidAmong: PaidAmong) =>
  command<OneReferral, Referral>({
    name: 'intake.read_referrals',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor }, { programmeId, reference }) {
      const found = await findReferral(tx, actor.id, programmeId, reference);
      const [referral] = found ? await shown(tx, paidAmong, [found]) : [];
      if (!found || !referral) throw problem.not_found('There is no such record.');
      return { result: referral, subject: { type: 'referral', id: found.id } };
    },
  });

export interface ReferralsRequest {
  readonly programmeId: string;
  readonly query: { readonly limit?: number; readonly cursor?: string };
}

/** The people whom the partner referred, oldest first. */
export const listReferrals = (paidAmong: PaidAmong) =>
  command<ReferralsRequest, Page<Referral>>({
    name: 'intake.read_referrals',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor }, { programmeId, query }) {
      const { limit, after } = pageRequestById(query);
      const { items, nextCursor } = await pageOfReferrals(tx, actor.id, programmeId, limit, after);
      return {
        result: { items: await shown(tx, paidAmong, items), nextCursor },
        subject: { type: 'referrals_of_programme', id: programmeId },
        after: items.map(({ id }) => id),
      };
    },
  });

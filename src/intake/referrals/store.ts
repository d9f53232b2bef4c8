import { hasWithdrawn } from '../../beneficiaries/index.ts';
import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { Known } from './rules.ts';

interface Earlier {
  readonly reference: string;
  readonly contentIndex: Buffer;
}

/** Those of these references that a partner has used. Others who bring one of them wait until the transaction ends. */
export async function lockReferences(
  tx: Tx,
  partnerId: string,
  programmeId: string,
  references: readonly string[],
): Promise<Map<string, Buffer>> {
  const sorted = [...references].sort();
  await tx.all(sql`select pg_advisory_xact_lock(hashtextextended(${`${partnerId}/${programmeId}/`} || reference, 0))
    from unnest(${sorted}::text[]) as reference`);
  const rows = await tx.all<Earlier>(sql`select reference, content_index as "contentIndex" from referrals
    where partner_id = ${partnerId} and programme_id = ${programmeId} and reference = any(${sorted}::text[])`);
  return new Map(rows.map(({ reference, contentIndex }) => [reference, contentIndex]));
}

/** A referral as the table holds one, with what is known of the person. */
export interface StoredReferral extends Known {
  readonly id: string;
  readonly reference: string;
  readonly referredAt: Date;
  /** The record that goes on. */
  readonly beneficiaryId: string;
}

const columns = sql`r.id, r.reference, r.referred_at as "referredAt", s.id as "beneficiaryId", e.state,
  exists (select from comparisons_due d where d.beneficiary_id = s.id) as "isBeingCompared",
  e.needs_verification and e.verified_by is null as "isUnverified", b.merged_into is not null as "isMerged",
  exists (select from consents c where c.beneficiary_id = s.id and c.purpose = 'share_with_partners' and c.withdrawn_at is null)
    and not ${hasWithdrawn(sql`s.id`, ['share_with_partners'])} as "sharesWithPartners"`;
const tables = sql`referrals r join beneficiaries b on b.id = r.beneficiary_id
  join beneficiaries s on s.id = coalesce(b.merged_into, b.id)
  join enrolments e on e.programme_id = r.programme_id and e.beneficiary_id = s.id`;

export async function pageOfReferrals(
  db: Db,
  partnerId: string,
  programmeId: string,
  limit: number,
  after: string | undefined,
): Promise<Page<StoredReferral>> {
  const rows = await db.all<StoredReferral>(sql`select ${columns} from ${tables}
    where r.partner_id = ${partnerId} and r.programme_id = ${programmeId} and ${after ? sql`r.id > ${after}` : sql`true`}
    order by r.id limit ${limit + 1}`);
  return pageOf(rows, limit, ({ id }) => id);
}

export const findReferral = (db: Db, partnerId: string, programmeId: string, reference: string): Promise<StoredReferral | undefined> =>
  db.first(sql`select ${columns} from ${tables}
    where r.partner_id = ${partnerId} and r.programme_id = ${programmeId} and r.reference = ${reference}`);

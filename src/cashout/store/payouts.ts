import { allOf, type Db, Money, type Page, pageOf, problem, type Scope, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Payout } from '../types.ts';
import type { PlaceName } from '../words/index.ts';

/** When and where a voucher was paid; no office where it was paid by hand. */
export interface EarlierPayout {
  readonly paidAt: Date;
  readonly office: PlaceName | null;
}

/** The pay-out of a voucher that stands. */
export const earlierPayout = (db: Db, voucherId: string): Promise<EarlierPayout | undefined> =>
  db.first<EarlierPayout>(sql`select p.paid_at as "paidAt",
      case when o.id is not null then jsonb_build_object('code', o.code, 'nameFr', o.name_fr, 'nameAr', o.name_ar) end as office
    from payouts p left join offices o on o.id = p.office_id where p.voucher_id = ${voucherId} and p.voided_at is null`);

interface PayoutRow extends Omit<Payout, 'amount' | 'office' | 'paidAt' | 'voidedAt' | 'collector'> {
  readonly collectorId: string;
  readonly alternateId: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly officeCode: string | null;
  readonly officeName: string | null;
  readonly paidAt: Date;
  readonly voidedAt: Date | null;
}

const columns = sql`po.id, po.voucher_id as "voucherId", v.beneficiary_id as "beneficiaryId", v.serial, po.amount, po.currency, po.paid_at as "paidAt",
  po.paid_on as "paidOn", po.agent_id as "agentId", po.device_id as "deviceId", po.advance_id as "advanceId", po.voided_at as "voidedAt", po.voided_by as "voidedBy",
  po.void_reason as "voidReason", po.collector_id as "collectorId", po.alternate_id as "alternateId", o.code as "officeCode", o.name_fr as "officeName"`;
const tables = sql`payouts po join vouchers v on v.id = po.voucher_id left join offices o on o.id = po.office_id`;

/** Who came for the cash of a voucher. @param alternateId of who came in place of its collector */
export const whoCame = (voucher: { beneficiaryId: string; collectorId: string }, alternateId: string | null): Payout['collector'] =>
  alternateId
    ? { id: alternateId, as: 'alternate' }
    : { id: voucher.collectorId, as: voucher.collectorId === voucher.beneficiaryId ? 'person' : 'head' };

function shown({ amount, currency, officeCode, officeName, paidAt, voidedAt, collectorId, alternateId, ...payout }: PayoutRow): Payout {
  return {
    ...payout,
    collector: whoCame({ beneficiaryId: payout.beneficiaryId, collectorId }, alternateId),
    amount: Money.of(amount, currency).toJSON(),
    office: officeCode === null || officeName === null ? null : { code: officeCode, name: officeName },
    paidAt: paidAt.toISOString(),
    voidedAt: voidedAt?.toISOString() ?? null,
  };
}

export async function findPayout(db: Db, id: string): Promise<{ payout: Payout; scope: Scope } | undefined> {
  const row = await db.first<PayoutRow & { scope: Scope }>(sql`select ${columns},
      jsonb_build_object('programme', v.programme_id, 'fund', v.fund_id) || case when po.office_id is null then '{}'
        else jsonb_build_object('office', po.office_id) end as scope
    from ${tables} where po.id = ${id}`);
  if (!row) return undefined;
  const { scope, ...payout } = row;
  return { payout: shown(payout), scope };
}

/** @throws not_found */
export async function payoutById(db: Db, id: string): Promise<Payout> {
  const found = await findPayout(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found.payout;
}

/** What is needed to reverse a pay-out. */
export interface VoidedPayout {
  readonly voucherId: string;
  /** None where it was delivered by hand. */
  readonly officeId: string | null;
  readonly agentId: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly amount: string;
  readonly currency: string;
}

/**
 * Marks a pay-out as voided.
 * @returns undefined when it is voided already
 * @throws Error by one of the constraints `payouts_void_same_day`, `payouts_void_unmatched`, `payouts_void_unsettled` and `payouts_void_of_open_advance`
 */
export const voidPayoutRow = (
  tx: Tx,
  id: string,
  { by, at, reason }: { by: string; at: Date; reason: string },
): Promise<VoidedPayout | undefined> =>
  tx.first<VoidedPayout>(sql`update payouts p set voided_at = ${at}, voided_by = ${by}, void_reason = ${reason} from vouchers v
    where p.id = ${id} and p.voided_at is null and v.id = p.voucher_id
    returning p.voucher_id as "voucherId", p.office_id as "officeId", p.agent_id as "agentId", v.programme_id as "programmeId", v.fund_id as "fundId", p.amount, p.currency`);

/** Which of a programme's pay-outs are wanted. */
export interface PayoutFilter {
  readonly paidOn?: string | undefined;
  readonly officeId?: string | undefined;
}

/** The pay-outs of a programme, in the order in which they were made. @param within which of them may be seen */
export async function pageOfPayouts(
  db: Db,
  programmeId: string,
  { paidOn, officeId }: PayoutFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<Payout>> {
  const rows = await db.all<PayoutRow>(
    sql`select ${columns} from ${tables} where ${allOf([
      sql`v.programme_id = ${programmeId}`,
      sql`(${within})`,
      ...(paidOn ? [sql`po.paid_on = ${paidOn}`] : []),
      ...(officeId ? [sql`po.office_id = ${officeId}`] : []),
      ...(after ? [sql`po.id > ${after}`] : []),
    ])} order by po.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Those of these people for whom something was paid that was not voided. */
export async function paidAmong(db: Db, beneficiaryIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ id: string }>(sql`select distinct v.beneficiary_id as id from vouchers v join payouts p on p.voucher_id = v.id
    where v.beneficiary_id = any(${beneficiaryIds}::uuid[]) and p.voided_at is null`);
  return new Set(rows.map(({ id }) => id));
}

/** Whether any of these people was paid since a moment, whether or not it was voided. */
export const paidOutSince = async (db: Db, beneficiaryIds: readonly string[], since: Date): Promise<boolean> =>
  (await db.first(sql`select from vouchers v join payouts po on po.voucher_id = v.id
    where v.beneficiary_id = any(${beneficiaryIds}::uuid[]) and po.paid_at >= ${since} limit 1`)) !== undefined;

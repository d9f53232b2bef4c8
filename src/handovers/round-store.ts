import { type Db, sql, type Tx } from '../platform/index.ts';

/** A voucher that is on a round, and whether it was delivered from its advance. */
interface OnRound {
  readonly voucherId: string;
  readonly isDelivered: boolean;
}

/** @returns undefined when it is not on the round, or not any more */
export const findOnRound = (db: Db, advanceId: string, serial: string): Promise<OnRound | undefined> =>
  db.first<OnRound>(sql`select v.id as "voucherId", exists (select from payouts p
      where p.voucher_id = v.id and p.advance_id = ${advanceId} and p.voided_at is null) as "isDelivered"
    from vouchers v join advance_vouchers r on r.voucher_id = v.id and r.advance_id = ${advanceId} and r.is_open where v.serial = ${serial}`);

/** @throws Error by constraint `advance_removals_of_round` when it is not on the round any more, or was delivered */
export const insertRemoval = (
  tx: Tx,
  { advanceId, voucherId, reason, by, at }: { advanceId: string; voucherId: string; reason: string; by: string; at: Date },
): Promise<number> =>
  tx.run(sql`insert into advance_removals (advance_id, voucher_id, reason, taken_off_by, taken_off_at)
    values (${advanceId}, ${voucherId}, ${reason}, ${by}, ${at})`);

/** @returns whether its cash was out, and nobody had reported it lost */
export const markLossReported = async (
  tx: Tx,
  id: string,
  { reason, reference, by, at }: { reason: string; reference: string; by: string; at: Date },
): Promise<boolean> =>
  (await tx.run(sql`update advances set loss_reported_by = ${by}, loss_reported_at = ${at}, loss_reason = ${reason}, loss_reference = ${reference}
    where id = ${id} and state = 'handed' and loss_reported_by is null`)) === 1;

/**
 * @returns whether somebody had reported it lost, and its cash was still out
 * @throws Error by constraint `advances_lost` when nothing is missing, `advances_witnessed` when a witness has not confirmed a delivery
 */
export const markLost = async (tx: Tx, id: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`update advances set state = 'lost', lost = amount - delivered - returned, ended_by = ${by}, ended_at = ${at},
      end_reason = loss_reason
    where id = ${id} and state = 'handed' and loss_reported_by is not null`)) === 1;

import { sql, type Tx } from '../platform/index.ts';

/** A voucher that has just been cancelled, as its row says. */
export interface CancelledRow {
  readonly id: string;
  readonly lineId: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly amount: string;
  readonly currency: string;
}

/**
 * Cancels those of these vouchers that are neither paid nor over, nor out with an office that has no network. The rows are locked in order, and a pay-out that is being made is
 * waited for.
 */
export const cancelRows = (tx: Tx, ids: readonly string[]): Promise<CancelledRow[]> =>
  tx.all<CancelledRow>(sql`with aimed as materialized (
      select id from vouchers where id = any(${ids}::uuid[]) order by id for no key update)
    update vouchers v set state = 'cancelled' from aimed where v.id = aimed.id and v.state in ('issued', 'activated', 'locked') and not is_bound(v.id)
    returning v.id, v.line_id as "lineId", v.programme_id as "programmeId", v.fund_id as "fundId", v.amount, v.currency`);

/** Opens a voucher again whose pay-out was voided, under another code. @param keyVersion of the master key that the code comes from */
export async function reopenVoucher(tx: Tx, id: string, keyVersion: number): Promise<void> {
  await tx.run(sql`update vouchers set state = 'activated', counter = counter + 1, failed_attempts = 0, key_version = ${keyVersion}
    where id = ${id} and state = 'redeemed'`);
}

/**
 * Gives a voucher another code: the old one is dead from then on. One that is locked can be paid again, or once its message is accepted where none has
 * been, and wrong codes count anew.
 * @param from the states in which it may be
 * @returns whether it was in one of them and had time left, as one that is carried to the person has
 */
export const renewCode = async (tx: Tx, now: Date, id: string, keyVersion: number, from: readonly string[]): Promise<boolean> =>
  (await tx.run(sql`update vouchers set counter = counter + 1, failed_attempts = 0, key_version = ${keyVersion},
      state = case when activated_at is null then 'issued' else 'activated' end
    where id = ${id} and state = any(${from}) and (expires_at is null or expires_at > ${now} or is_carried(id))`)) === 1;

/** @returns whether the voucher could be paid, and cannot now */
export const lockRow = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.run(sql`update vouchers set state = 'locked' where id = ${id} and state = 'activated'`)) === 1;

/** @returns whether the voucher has time left, as one that is carried to the person has, and now has until later */
export const extendRow = async (tx: Tx, now: Date, id: string, expiresAt: Date): Promise<boolean> =>
  (await tx.run(sql`update vouchers set expires_at = ${expiresAt}
    where id = ${id} and state in ('activated', 'locked') and (expires_at > ${now} or is_carried(id))
      and ${expiresAt}::timestamptz > greatest(expires_at, ${now})`)) === 1;

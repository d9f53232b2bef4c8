import { type Db, Money, sql } from '../../platform/index.ts';
import type { VoucherState } from '../../vouchers/index.ts';
import type { StopState } from './types.ts';

/** A voucher of a round as its row says; who it is for is still sealed elsewhere. */
export interface Stop {
  readonly voucherId: string;
  readonly serial: string;
  readonly beneficiaryId: string;
  readonly collectorId: string;
  readonly householdId: string;
  readonly wilayaNumber: string;
  readonly wilayaFr: string;
  readonly wilayaAr: string;
  readonly commune: string;
  readonly amount: ReturnType<Money['toJSON']>;
  readonly state: StopState;
}

type Row = Omit<Stop, 'amount' | 'state'> & {
  readonly amount: string;
  readonly currency: string;
  readonly state: VoucherState;
  readonly isLate: boolean;
  readonly isOn: boolean;
  readonly paidFrom: string | null;
};

/** The vouchers of a round in the order in which somebody travels: by wilaya, commune and serial. */
export async function stopsOf(db: Db, now: Date, advanceId: string): Promise<Stop[]> {
  const rows =
    await db.all<Row>(sql`select v.id as "voucherId", v.serial, v.beneficiary_id as "beneficiaryId", v.collector_id as "collectorId",
      (select o.household_id from beneficiaries o where o.id = v.beneficiary_id) as "householdId",
      b.wilaya_number as "wilayaNumber", w.name_fr as "wilayaFr", w.name_ar as "wilayaAr", b.commune, v.amount, v.currency, v.state,
      coalesce(v.expires_at <= ${now}, false) and not is_carried(v.id) as "isLate", r.is_open as "isOn", p.advance_id as "paidFrom"
    from advance_vouchers r join vouchers v on v.id = r.voucher_id join beneficiaries b on b.id = v.collector_id
      join wilayas w on w.number = b.wilaya_number
      left join payouts p on p.voucher_id = v.id and p.voided_at is null
    where r.advance_id = ${advanceId} order by b.wilaya_number, b.commune, v.serial`);
  return rows.map(({ amount, currency, state, isLate, isOn, paidFrom, ...stop }) => ({
    ...stop,
    amount: Money.of(amount, currency).toJSON(),
    state: stateOf(state, isLate, isOn, paidFrom === advanceId),
  }));
}

/** Somebody who may collect for a household; who that is is still sealed. */
interface Alternate {
  readonly id: string;
  readonly householdId: string;
  readonly identity: Buffer;
}

/** Those who may collect for these households today, by the clock of the programme. */
export const alternatesOf = (db: Db, now: Date, programmeId: string, householdIds: readonly string[]): Promise<Alternate[]> =>
  db.all<Alternate>(sql`select c.id, c.household_id as "householdId", c.identity from collectors c join programmes p on p.id = ${programmeId}
    where c.household_id = any(${householdIds}::uuid[]) and c.ended_at is null
      and c.valid_until >= (${now}::timestamptz at time zone p.time_zone)::date order by c.id`);

function stateOf(state: VoucherState, isLate: boolean, isOn: boolean, isOurs: boolean): StopState {
  if (state === 'redeemed') return isOurs ? 'delivered' : 'paid_elsewhere';
  if (!isOn) return 'off_round';
  if (state === 'locked') return 'locked';
  return state === 'cancelled' || state === 'expired' || isLate ? 'over' : 'to_deliver';
}

import { type Candidate, candidateColumns, type KnownCollectors } from '../../cashout/index.ts';
import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { hadHandIn } from '../../vouchers/index.ts';
import type { PayoutEntry } from '../device/entry.ts';

/** Which vouchers are wanted for a pack. */
export type Wanted =
  | { readonly serials: readonly string[] }
  | { readonly listId: string }
  | { readonly wilayaNumber: string; readonly commune?: string | undefined };

/** A voucher that can go out with a pack. */
export interface Bindable {
  readonly id: string;
  readonly serial: string;
  readonly amount: string;
  readonly currency: string;
}

const chosen = (wanted: Wanted): Sql => {
  if ('serials' in wanted) return sql`v.serial = any(${wanted.serials}::text[])`;
  if ('listId' in wanted) return sql`v.list_id = ${wanted.listId}`;
  return sql`b.wilaya_number = ${wanted.wilayaNumber} and (${wanted.commune ?? null}::text is null or b.commune = ${wanted.commune ?? null})`;
};

/**
 * The vouchers of a programme, oldest first, that are wanted and can go out: they can be paid until the pack ends, are on no pack and on no round, consent
 * stands, and the agent had no hand in them.
 */
export const bindable = (
  db: Db,
  now: Date,
  { programmeId, agentId, endsAt }: { programmeId: string; agentId: string; endsAt: Date },
  wanted: Wanted,
  limit: number,
): Promise<Bindable[]> =>
  db.all<Bindable>(sql`select w.id, w.serial, w.amount, w.currency from (
      select ${candidateColumns(now)} from vouchers v join beneficiaries b on b.id = v.collector_id
      where v.programme_id = ${programmeId} and ${chosen(wanted)} and v.state = 'activated' and v.expires_at >= ${endsAt}
        and not is_bound(v.id) and not exists (select from advance_vouchers r where r.voucher_id = v.id and r.is_open)
        and not ${hadHandIn(sql`v`, agentId)}
    ) w where not w."isWithheld" and not w."isPaidElsewhere" order by w.id limit ${limit}`);

export async function bind(tx: Tx, packId: string, voucherIds: readonly string[]): Promise<void> {
  await tx.insert(
    'offline_bindings',
    voucherIds.map((voucherId) => ({ pack_id: packId, voucher_id: voucherId, is_open: true })),
  );
}

/** A voucher of a pack as its file tells of it; whose it is is still sealed. */
export interface PackRow {
  readonly id: string;
  readonly serial: string;
  readonly registrationNumber: string;
  readonly amount: string;
  readonly currency: string;
  readonly keyVersion: number;
  readonly counter: number;
  readonly beneficiaryId: string;
  readonly collectorId: string;
}

/** The vouchers of a pack that are still bound to it, by serial. */
export const packRows = (db: Db, packId: string): Promise<PackRow[]> =>
  db.all<PackRow>(sql`select v.id, v.serial, b.registration_number as "registrationNumber", v.amount, v.currency, v.key_version as "keyVersion",
      v.counter, v.beneficiary_id as "beneficiaryId", v.collector_id as "collectorId"
    from offline_bindings o join vouchers v on v.id = o.voucher_id join beneficiaries b on b.id = v.collector_id
    where o.pack_id = ${packId} and o.is_open order by v.serial`);

/** Somebody who may collect for the household of a voucher of a pack: still sealed. */
export interface AlternateRow {
  readonly serial: string;
  readonly id: string;
  readonly householdId: string;
  readonly identity: Buffer;
  /** The end of their last day, where the programme is. */
  readonly until: Date;
}

/** Who may come for the vouchers of a pack in the collectors' places, while it lasts. */
export const alternateRows = (db: Db, packId: string): Promise<AlternateRow[]> =>
  db.all<AlternateRow>(sql`select v.serial, c.id, c.household_id as "householdId", c.identity, d.until
    from offline_bindings o join offline_packs k on k.id = o.pack_id join vouchers v on v.id = o.voucher_id join programmes p on p.id = v.programme_id
      join beneficiaries b on b.id = v.beneficiary_id join collectors c on c.household_id = b.household_id and c.ended_at is null
      cross join lateral (select (c.valid_until + 1)::timestamp at time zone p.time_zone as until) d
    where o.pack_id = ${packId} and o.is_open and d.until > k.starts_at order by v.serial, c.place`);

/** A voucher that a device says it has paid, as a counter would judge it and besides. */
export interface Reported extends Candidate, KnownCollectors {
  readonly collectorId: string;
  /** Whether who is said to have come in the collector's place still may. */
  readonly doesAlternateStand: boolean;
  readonly isHandInList: boolean;
}

/** The voucher of a pack that a device says it has paid, locked; undefined when the pack has none. @param at when it was, by the device */
export const reported = (
  tx: Tx,
  packId: string,
  agentId: string,
  { serial, alternateId }: Pick<PayoutEntry, 'serial' | 'alternateId'>,
  at: Date,
): Promise<Reported | undefined> =>
  tx.first<Reported>(sql`select ${candidateColumns(at)}, v.collector_id as "collectorId", ${hadHandIn(sql`v`, agentId)} as "isHandInList",
      k.data_key as "dataKey", k.documents, a.identity as "alternateIdentity", a.household_id as "alternateHouseholdId",
      a.valid_until as "alternateUntil", a.id is not null and a.ended_at is null as "doesAlternateStand"
    from vouchers v left join beneficiaries k on k.id = v.collector_id left join beneficiaries w on w.id = v.beneficiary_id
      left join collectors a on a.id = ${alternateId ?? null}::uuid and a.household_id = w.household_id
    where v.serial = ${serial}
      and exists (select from offline_bindings o where o.pack_id = ${packId} and o.voucher_id = v.id)
    for no key update of v`);

/** What a voucher's code is derived from, for those of these serials that are of the pack and still under the code that was bound. */
export const codeSources = (
  db: Db,
  packId: string,
  serials: readonly string[],
): Promise<{ id: string; serial: string; keyVersion: number; counter: number }[]> =>
  db.all(sql`select v.id, v.serial, v.key_version as "keyVersion", v.counter from offline_bindings o join vouchers v on v.id = o.voucher_id
    where o.pack_id = ${packId} and o.counter = v.counter and v.serial = any(${serials}::text[])`);

import { type Candidate, candidateColumns } from '../../cashout/index.ts';
import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { hadHandIn } from '../../vouchers/index.ts';

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

/** A voucher that a device says it has paid, as a counter would judge it and besides. */
export interface Reported extends Candidate {
  readonly collectorId: string;
  readonly isHandInList: boolean;
}

/** The voucher of a pack with this serial, locked; undefined when the pack has none. @param at when it was paid, by the device */
export const reported = (tx: Tx, packId: string, agentId: string, serial: string, at: Date): Promise<Reported | undefined> =>
  tx.first<Reported>(sql`select ${candidateColumns(at)}, v.collector_id as "collectorId", ${hadHandIn(sql`v`, agentId)} as "isHandInList"
    from vouchers v where v.serial = ${serial}
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

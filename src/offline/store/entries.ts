import { type Db, problem, sql, type Tx } from '../../platform/index.ts';
import type { OfflineReason } from '../types.ts';

/** A pack as a report is judged by it, locked until that is done. */
export interface OpenPack {
  readonly id: string;
  readonly programmeId: string;
  readonly officeId: string;
  readonly deviceId: string;
  readonly agentId: string;
  readonly state: 'prepared' | 'out' | 'closed' | 'lost' | 'withdrawn' | 'over';
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly cashLimit: string;
  readonly currency: string;
  readonly workFactor: number;
  readonly signingVersion: number | null;
  readonly headSequence: number;
  readonly headHash: string;
  readonly declaredLength: number;
  readonly lastEntryAt: Date | null;
  readonly syncedAt: Date | null;
  /** The highest sequence number of what is here and the device signed. */
  readonly highestSequence: number;
  readonly isFinished: boolean;
}

const packColumns = sql`id, programme_id as "programmeId", office_id as "officeId", device_id as "deviceId", agent_id as "agentId", state,
  starts_at as "startsAt", ends_at as "endsAt", cash_limit as "cashLimit", currency, work_factor as "workFactor",
  signing_version as "signingVersion", head_sequence as "headSequence", head_hash as "headHash", declared_length as "declaredLength",
  last_entry_at as "lastEntryAt", synced_at as "syncedAt", is_finished as "isFinished",
  coalesce((select max(e.sequence) from offline_entries e where e.pack_id = offline_packs.id and e.is_genuine), 0) as "highestSequence"`;

async function packWhere(db: Db, id: string, isLocked: boolean): Promise<OpenPack> {
  const lock = isLocked ? sql`for no key update` : sql``;
  const row = await db.first<OpenPack>(sql`select ${packColumns} from offline_packs where id = ${id} ${lock}`);
  if (!row) throw problem.not_found('There is no such record.');
  return row;
}

/** @throws not_found */
export const findOpenPack = (db: Db, id: string): Promise<OpenPack> => packWhere(db, id, false);

/** Makes everybody who reports for a pack, or ends it, wait for one another. @throws not_found */
export const lockPack = (tx: Tx, id: string): Promise<OpenPack> => packWhere(tx, id, true);

/** Something that a device sent, as far as it can be told without the books. */
export interface Arrival {
  readonly payload: string;
  readonly signature: string;
  readonly hash: string;
  readonly isGenuine: boolean;
  readonly isProven: boolean;
  readonly sequence: number | null;
  readonly serial: string | null;
  readonly kind: 'payout' | 'wrong_code' | 'close' | null;
}

/** An entry that is kept. */
export interface KeptEntry extends Omit<Arrival, 'serial'> {
  readonly id: string;
  readonly voucherId: string | null;
}

/** Keeps what arrived; what is here already stays as it is. A voucher is named only where the device itself did so, and its pack has it. */
export async function keepArrivals(
  tx: Tx,
  packId: string,
  arrivals: readonly (Arrival & { readonly id: string })[],
  by: string,
  at: Date,
): Promise<void> {
  await tx.run(sql`insert into offline_entries
      (id, pack_id, payload, signature, hash, is_genuine, is_proven, sequence, voucher_id, kind, received_by, received_at)
    select a.id, ${packId}, a.payload, a.signature, a.hash, a."isGenuine", a."isProven", a.sequence, v.id, a.kind, ${by}, ${at}
    from jsonb_to_recordset(${JSON.stringify(arrivals)}::jsonb) as a (id uuid, payload text, signature text, hash text, "isGenuine" boolean,
        "isProven" boolean, sequence int, serial text, kind text)
      left join vouchers v on v.serial = a.serial and a."isGenuine"
        and exists (select from offline_bindings b where b.pack_id = ${packId} and b.voucher_id = v.id)
    order by a.id on conflict (pack_id, hash, signature) do nothing`);
}

/** How much is kept of a pack that its device did not sign. */
export async function unsignedCount(tx: Tx, packId: string): Promise<number> {
  const row = await tx.first<{ n: number }>(
    sql`select count(*)::int as n from offline_entries where pack_id = ${packId} and not is_genuine`,
  );
  return row?.n ?? 0;
}

/** What waits of a pack, in the order of the chain. */
export const waitingEntries = (tx: Tx, packId: string): Promise<KeptEntry[]> =>
  tx.all<KeptEntry>(sql`select id, payload, signature, hash, is_genuine as "isGenuine", is_proven as "isProven", sequence, voucher_id as "voucherId", kind
    from offline_entries where pack_id = ${packId} and state = 'waiting' order by sequence nulls first, id`);

/** What the device says it has handed over so far, by what its vouchers come to. */
export async function cashOut(tx: Tx, packId: string): Promise<string> {
  const row = await tx.first<{ sum: string }>(sql`select coalesce(sum(v.amount), 0)::text as sum from offline_entries e
    join vouchers v on v.id = e.voucher_id where e.pack_id = ${packId} and e.in_chain and e.kind = 'payout'`);
  return row?.sum ?? '0';
}

export async function markEntry(
  tx: Tx,
  id: string,
  { state, inChain, payoutId = null }: { state: 'booked' | 'noted' | 'conflict'; inChain: boolean; payoutId?: string | null },
): Promise<void> {
  await tx.run(sql`update offline_entries set state = ${state}, in_chain = ${inChain}, payout_id = ${payoutId} where id = ${id}`);
}

/** Puts down how far the chain of a pack is here. */
export async function moveHead(
  tx: Tx,
  { id, headSequence, headHash, declaredLength, lastEntryAt, isFinished }: OpenPack,
  syncedAt: Date | null,
): Promise<void> {
  await tx.run(sql`update offline_packs set head_sequence = ${headSequence}, head_hash = ${headHash}, declared_length = ${declaredLength},
    last_entry_at = ${lastEntryAt}, synced_at = ${syncedAt}, is_finished = ${isFinished} where id = ${id}`);
}

/** What became of entries, by hash and signature. */
export async function whatBecame(
  db: Db,
  packId: string,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, { state: 'waiting' | 'booked' | 'noted' | 'conflict'; reason: OfflineReason | null }>> {
  const rows = await db.all<{
    hash: string;
    signature: string;
    state: 'waiting' | 'booked' | 'noted' | 'conflict';
    reason: OfflineReason | null;
  }>(sql`select e.hash, e.signature, e.state, c.reason from offline_entries e left join offline_conflicts c on c.entry_id = e.id
    where e.pack_id = ${packId} and e.hash = any(${hashes}::text[])`);
  return new Map(rows.map(({ hash, signature, state, reason }) => [`${hash}.${signature}`, { state, reason }]));
}

/** The first sequence numbers after the head that are not here. */
export const missingSequences = async (db: Db, packId: string): Promise<number[]> =>
  (
    await db.all<{
      n: number;
    }>(sql`select n from offline_packs k, generate_series(k.head_sequence + 1, least(k.declared_length, k.head_sequence + 1000)) n
      where k.id = ${packId} and not exists (select from offline_entries e where e.pack_id = k.id and e.sequence = n and e.state = 'waiting')
      order by n limit 50`)
  ).map(({ n }) => n);

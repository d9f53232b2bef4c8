import { type CounterCandidate, candidateColumns, collectorColumns, failuresOf, joinCollectors } from '../cashout/index.ts';
import { type Db, sql, type Tx } from '../platform/index.ts';
import type { AdvanceState } from './rules.ts';

/** An advance at somebody's door, and the voucher in question if it is on the round and was not taken off it. */
export interface Doorstep {
  readonly officerId: string;
  readonly advanceState: AdvanceState;
  /** The officer's wrong codes of the last hour. */
  readonly failures: number;
  readonly voucher: CounterCandidate | null;
}

type Row = Omit<Doorstep, 'voucher'> & ({ readonly [Field in keyof CounterCandidate]: null } | CounterCandidate);

/**
 * Everything a delivery is judged by, in one round trip.
 * @param collectorId of who is said to have come in the collector's place
 * @returns undefined when there is no such advance
 */
export async function findDoorstep(
  db: Db,
  now: Date,
  advanceId: string,
  { serial, collectorId }: { readonly serial: string; readonly collectorId?: string | undefined },
): Promise<Doorstep | undefined> {
  const row = await db.first<Row>(sql`select a.officer_id as "officerId", a.state as "advanceState",
      ${failuresOf(sql`a.officer_id`, now)} as failures, ${candidateColumns(now)},
      ${collectorColumns(collectorId)}
    from advances a left join vouchers v on v.serial = ${serial}
      and exists (select from advance_vouchers r where r.advance_id = a.id and r.voucher_id = v.id and r.is_open)
      ${joinCollectors(collectorId)}
    where a.id = ${advanceId}`);
  if (!row) return undefined;
  const { officerId, advanceState, failures, ...voucher } = row;
  return { officerId, advanceState, failures, voucher: voucher.id === null ? null : (voucher as CounterCandidate) };
}

/** How it was proved that a person had the cash. */
export interface Proof {
  readonly proof: 'code' | 'receipt';
  readonly witnessId: string | null;
  readonly reference: string | null;
}

/** @throws Error by constraint `deliveries_witnessed_by_another` for a witness who cannot be one */
export async function insertProof(tx: Tx, payoutId: string, { proof, witnessId, reference }: Proof): Promise<void> {
  await tx.run(sql`insert into deliveries (payout_id, proof, witness_id, receipt_reference)
    values (${payoutId}, ${proof}, ${witnessId}, ${reference})`);
}

import type { Unmerged } from '../beneficiaries/index.ts';
import { type Db, newId, sql, type Tx } from '../platform/index.ts';
import type { HeadlessHousehold } from './types.ts';

export interface Merger {
  readonly id: string;
  readonly loserId: string;
  readonly survivorId: string;
  /** What is put back when it is undone. */
  readonly before: Unmerged;
  readonly mergedAt: Date;
  readonly undoneAt: Date | null;
  /** Whom the loser points at now; somebody else where the survivor has been merged since. */
  readonly mergedInto: string | null;
  readonly isErased: boolean;
}

const columns = sql`m.id, m.loser_id as "loserId", m.survivor_id as "survivorId", m.before, m.merged_at as "mergedAt", m.undone_at as "undoneAt"`;

export const findMerger = (db: Db, id: string): Promise<{ loserId: string } | undefined> =>
  db.first(sql`select loser_id as "loserId" from mergers where id = ${id}`);

/** A merger whose two records nobody else changes until the transaction ends. */
export async function lockMerger(tx: Tx, id: string): Promise<Merger | undefined> {
  await tx.all(sql`select from beneficiaries where id in (select unnest(array[loser_id, survivor_id]) from mergers where id = ${id})
    order by id for no key update`);
  return tx.first(sql`select ${columns}, b.merged_into as "mergedInto", b.erased_at is not null as "isErased"
    from mergers m join beneficiaries b on b.id = m.loser_id where m.id = ${id} for update of m`);
}

export async function insertMerger(
  tx: Tx,
  { loserId, survivorId, before, by, at }: Pick<Merger, 'loserId' | 'survivorId' | 'before'> & { readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.run(sql`insert into mergers (id, loser_id, survivor_id, before, merged_by, merged_at)
    values (${newId()}, ${loserId}, ${survivorId}, ${JSON.stringify(before)}::jsonb, ${by}, ${at})`);
}

/** Those of these households that have no head, by reference. */
export const headlessAmong = (db: Db, householdIds: readonly string[]): Promise<HeadlessHousehold[]> =>
  db.all(sql`select id, reference from households where id = any(${householdIds}::uuid[]) and head_id is null order by reference`);

export async function markUndone(tx: Tx, id: string, reason: string, by: string, at: Date): Promise<void> {
  await tx.run(sql`update mergers set undone_by = ${by}, undone_at = ${at}, reason = ${reason} where id = ${id}`);
}

/** Takes the undecided pairs of a record that was merged off the list; its survivor has its own. */
export async function supersedePairs(tx: Tx, mergedId: string, reason: string, decidedBy: string, at: Date): Promise<void> {
  await tx.run(sql`update duplicate_pairs set state = 'superseded', reason = ${reason}, decided_by = ${decidedBy}, decided_at = ${at},
    version = version + 1 where (first_id = ${mergedId} or second_id = ${mergedId}) and state in ('open', 'needs_information')`);
}

/**
 * Opens the pairs of a record again that a merger, its own or the other record's, took off the list. Where the other record is still merged,
 * the pair stays with its survivor.
 */
export async function reopenPairs(tx: Tx, beneficiaryId: string): Promise<void> {
  await tx.run(sql`update duplicate_pairs p set state = 'open', reason = null, decided_by = null, decided_at = null, version = p.version + 1
    from beneficiaries a, beneficiaries b where (p.first_id = ${beneficiaryId} or p.second_id = ${beneficiaryId}) and p.state = 'superseded'
      and a.id = p.first_id and a.merged_into is null and b.id = p.second_id and b.merged_into is null`);
}

import { type CommandContext, type Db, sql, type Tx } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import { inOrder } from './rules.ts';
import { pairKey } from './scoring.ts';
import type { ScoredPair } from './types.ts';

// Several records of one person: those that were merged stand for the one that goes on.

/**
 * Pairs of those who go on: a record that was merged stands for its survivor, except towards those whom it was told apart from. Where
 * several records of one person make the same pair, the likeliest counts.
 */
export async function amongSurvivors({ tx }: CommandContext, scored: readonly ScoredPair[]): Promise<ScoredPair[]> {
  if (scored.length === 0) return [];
  const { survivorOf, erased } = await standing(tx, [...new Set(scored.flatMap(({ firstId, secondId }) => [firstId, secondId]))]);
  const ofMerged = scored.filter(({ firstId, secondId }) => survivorOf.has(firstId) || survivorOf.has(secondId));
  const apart = await toldApart(
    tx,
    ofMerged.map(({ firstId, secondId }) => [firstId, secondId]),
  );
  const likeliest = new Map<string, ScoredPair>();
  for (const pair of scored) {
    if (apart.has(pairKey(pair.firstId, pair.secondId)) || erased.has(pair.firstId) || erased.has(pair.secondId)) continue;
    const [firstId, secondId] = inOrder(survivorOf.get(pair.firstId) ?? pair.firstId, survivorOf.get(pair.secondId) ?? pair.secondId);
    const known = likeliest.get(pairKey(firstId, secondId));
    if (firstId !== secondId && (known?.probability ?? -1) < pair.probability)
      likeliest.set(pairKey(firstId, secondId), { ...pair, firstId, secondId });
  }
  return [...likeliest.values()];
}

/** Who each of these records stands for now, which stays so until the transaction ends: a merger waits, and so does an erasure. */
interface Standing {
  /** By record, of those who were merged. */
  readonly survivorOf: ReadonlyMap<string, string>;
  /** Who was erased while they were compared. */
  readonly erased: ReadonlySet<string>;
}

async function standing(tx: Tx, beneficiaryIds: readonly string[]): Promise<Standing> {
  const rows = await tx.all<{ id: string; survivor: string | null; isErased: boolean }>(sql`select id, merged_into as survivor,
    erased_at is not null as "isErased" from beneficiaries where id = any(${beneficiaryIds}::uuid[]) order by id for share`);
  return {
    survivorOf: new Map(rows.flatMap(({ id, survivor }) => (survivor ? [[id, survivor] as const] : []))),
    erased: new Set(rows.flatMap(({ id, isErased }) => (isErased ? [id] : []))),
  };
}

/** Who each of these records stands for now. @returns by record */
export async function registeredAs(
  db: Db,
  beneficiaryIds: readonly string[],
): Promise<Map<string, { beneficiaryId: string; registrationNumber: string }>> {
  const rows = await db.all<{ id: string; beneficiaryId: string; registrationNumber: string }>(sql`
    select b.id, s.id as "beneficiaryId", s.registration_number as "registrationNumber"
    from unnest(${[...new Set(beneficiaryIds)]}::uuid[]) as i (id)
    join beneficiaries b on b.id = i.id join beneficiaries s on s.id = coalesce(b.merged_into, b.id)`);
  return new Map(rows.map(({ id, ...who }) => [id, who]));
}

/** Which of these pairs of people a person has told apart. */
async function toldApart(db: Db, pairs: readonly (readonly [first: string, second: string])[]): Promise<Set<string>> {
  if (pairs.length === 0) return new Set();
  const rows = await db.all<{ pair: string }>(sql`select d.first_id || '/' || d.second_id as pair
    from unnest(${pairs.map(([first]) => first)}::uuid[], ${pairs.map(([, second]) => second)}::uuid[]) as p (first_id, second_id)
    join duplicate_pairs d on d.first_id = p.first_id and d.second_id = p.second_id and d.state = 'different_people'`);
  return new Set(rows.map(({ pair }) => pair));
}

/** Pairs with those that the records merged into either make in their place: what spoke for a pair may have been theirs. */
export async function withRecords(db: Db, pairs: readonly PairName[]): Promise<(readonly [firstId: string, secondId: string])[]> {
  if (pairs.length === 0) return [];
  const rows = await db.all<{ id: string; survivor: string }>(sql`select id, merged_into as survivor from beneficiaries
    where merged_into = any(${[...new Set(pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]))]}::uuid[])`);
  const recordsOf = (id: string) => [id, ...rows.filter(({ survivor }) => survivor === id).map((row) => row.id)];
  return pairs.flatMap(({ firstId, secondId }) =>
    recordsOf(firstId).flatMap((one) => recordsOf(secondId).map((other) => inOrder(one, other))),
  );
}

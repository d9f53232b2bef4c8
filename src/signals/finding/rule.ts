import { type KeyRing, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Found, Items, Settings, SignalKind, Slice } from '../types.ts';

/** How one kind of signal is found. */
export interface Rule {
  readonly kind: SignalKind;
  /** What has to have come in for there to be anything to find. */
  readonly of: 'payouts' | 'tries' | 'disputes';
  /** What its findings count. */
  readonly items: Items;
  find(context: { readonly tx: Tx; readonly keyRing: KeyRing }, slice: Slice, settings: Settings): Promise<readonly Found[]>;
}

/** A rule that one statement answers. @param query answers rows of {@link Found} */
export const ruleOf = (kind: SignalKind, query: (slice: Slice, settings: Settings) => Sql, items: Items = 'payouts'): Rule => ({
  kind,
  of: items === 'tries' ? 'tries' : 'payouts',
  items,
  find: ({ tx }, slice, settings) => tx.all<Found>(query(slice, settings)),
});

/** The signals `s` of a kind and a key that somebody has judged. @param key in the statement around it */
const judgedOf = (kind: SignalKind, { programmeId }: Slice, key: Sql): Sql =>
  sql`s.programme_id = ${programmeId} and s.kind = ${kind} and s.key = ${key} and s.state in ('dismissed', 'confirmed')`;

/**
 * Whether something belongs to a finding that was judged, and has not counted in it. A rule that looks for the most within so many minutes looks among
 * these as well: by a peak that was judged, one after it on the same day would not be seen.
 */
export const isSinceJudged = (kind: SignalKind, slice: Slice, key: Sql, item: Sql): Sql =>
  sql`exists (select from signals s where ${judgedOf(kind, slice, key)})
    and not exists (select from signals s join signal_items i on i.signal_id = s.id and i.item = ${item} where ${judgedOf(kind, slice, key)})`;

/**
 * What a rule that looks for the most within so many minutes finds.
 * @param whole answers rows of {@link Found} among everything
 * @param since the same among what {@link isSinceJudged}; asked only where something of the kind was judged
 */
export async function mostWithin(tx: Tx, kind: SignalKind, { programmeId }: Slice, whole: Sql, since: Sql): Promise<readonly Found[]> {
  const found = await tx.all<Found>(whole);
  const judged = await tx.first(sql`select 1 from signals s where s.programme_id = ${programmeId} and s.kind = ${kind}
    and s.state in ('dismissed', 'confirmed') limit 1`);
  return judged ? [...found, ...(await tx.all<Found>(since))] : found;
}

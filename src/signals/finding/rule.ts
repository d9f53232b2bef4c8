import type { KeyRing, Sql, Tx } from '../../platform/index.ts';
import type { Found, Settings, SignalKind, Slice } from '../types.ts';

/** How one kind of signal is found. */
export interface Rule {
  readonly kind: SignalKind;
  /** What has to have come in for there to be anything to find. */
  readonly of: 'payouts' | 'tries';
  find(context: { readonly tx: Tx; readonly keyRing: KeyRing }, slice: Slice, settings: Settings): Promise<readonly Found[]>;
}

/** A rule that one statement answers. @param query answers rows of {@link Found} */
export const ruleOf = (kind: SignalKind, query: (slice: Slice, settings: Settings) => Sql, of: Rule['of'] = 'payouts'): Rule => ({
  kind,
  of,
  find: ({ tx }, slice, settings) => tx.all<Found>(query(slice, settings)),
});

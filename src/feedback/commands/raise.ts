import type { Tx } from '../../platform/index.ts';
import { openException } from '../../reconciliation/index.ts';
import { noteException } from '../exception-store.ts';
import { exceptionOf } from '../rules.ts';
import type { FeedbackCategory, RaisedException } from '../types.ts';

/**
 * Opens an exception of a pay-out for what people say of it, once, whoever hears it first.
 * @returns whether it was opened now
 */
export async function raiseOnce(tx: Tx, now: Date, raisedBy: 'feedback' | 'monitoring', exception: RaisedException): Promise<boolean> {
  const isFirst = await noteException(tx, exception, raisedBy, now);
  const { programmeId, kind, payoutId } = exception;
  if (isFirst) await openException(tx, { programmeId, at: now }, { kind, payoutId });
  return isFirst;
}

/** The same for a case of some category, where that category gives rise to one. */
export async function raiseFor(
  tx: Tx,
  now: Date,
  { programmeId, category, payoutId }: { programmeId: string; category: FeedbackCategory; payoutId: string },
): Promise<void> {
  const kind = exceptionOf(category);
  if (kind) await raiseOnce(tx, now, 'feedback', { programmeId, kind, payoutId });
}

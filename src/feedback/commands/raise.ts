import type { Tx } from '../../platform/index.ts';
import { openException } from '../../reconciliation/index.ts';
import { exceptionOf } from '../rules.ts';
import type { FeedbackCategory } from '../types.ts';

/**
 * Opens an exception of a pay-out for what a case says of it, where its category gives rise to one. While one waits, whoever told of it, there
 * is no other; once it is resolved, the word of somebody else opens a new one.
 */
export async function raiseFor(
  tx: Tx,
  now: Date,
  { programmeId, category, payoutId, caseId }: { programmeId: string; category: FeedbackCategory; payoutId: string; caseId: string },
): Promise<void> {
  const kind = exceptionOf(category);
  if (kind) await openException(tx, { programmeId, at: now }, { kind, payoutId, record: { type: 'feedback_case', id: caseId } });
}

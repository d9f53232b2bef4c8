import { sql, type Tx } from '../platform/index.ts';
import type { RaisedException } from './types.ts';

/** Notes that somebody said this of a pay-out. @returns whether nobody has before, to us or to an interviewer */
export async function noteException(
  tx: Tx,
  { payoutId, kind }: RaisedException,
  raisedBy: 'feedback' | 'monitoring',
  at: Date,
): Promise<boolean> {
  const count = await tx.run(sql`insert into feedback_exceptions (payout_id, kind, raised_by, at)
    values (${payoutId}, ${kind}, ${raisedBy}, ${at}) on conflict do nothing`);
  return count === 1;
}

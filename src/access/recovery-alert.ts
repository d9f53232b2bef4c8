import type { FollowUp, Tx } from '../platform/index.ts';
import { raiseAlert } from './alerts.ts';
import { noticeTo } from './notices.ts';
import type { CurrentUser } from './types.ts';

/** Tells the administrators and the person that a recovery code was used: it is what a thief of papers would do. */
export async function noteRecoveryCode(tx: Tx, now: Date, { id, recoveryCodesLeft }: CurrentUser): Promise<FollowUp[]> {
  await raiseAlert(tx, now, {
    kind: 'access.recovery_code_used',
    subject: { type: 'user', id },
    by: id,
    facts: { left: recoveryCodesLeft },
  });
  return [noticeTo(id, 'recovery_code_used')];
}

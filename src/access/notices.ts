import { type FollowUp, newId } from '../platform/index.ts';

/** What somebody is told by e-mail that has been done with their account. */
export type Notice = 'password_changed' | 'recovery_code_used' | 'recovery_codes_replaced' | 'second_factor_changed';

/** Has somebody told. */
export const noticeTo = (userId: string, notice: Notice): FollowUp => ({
  job: 'access.send_notice',
  payload: { userId, notice, id: newId() },
});

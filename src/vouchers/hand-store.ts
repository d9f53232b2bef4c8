import { type Sql, sql } from '../platform/index.ts';

/**
 * Whether somebody had a hand in the list of a voucher, or brought in or vouched for whom it is for.
 * @param voucher the alias of its row
 * @param userId of the somebody
 */
export const hadHandIn = (voucher: Sql, userId: string): Sql => sql`(
  exists (select from payment_list_hands h where h.list_id = ${voucher}.list_id and ${userId}::uuid in (h.user_id, h.for_user_id))
  or exists (select from enrolments e where e.programme_id = ${voucher}.programme_id and e.beneficiary_id = ${voucher}.beneficiary_id
    and ${userId}::uuid in (e.entered_by, e.verified_by)))`;

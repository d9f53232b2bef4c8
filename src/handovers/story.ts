import { type Db, sql } from '../platform/index.ts';

/** The advances that these vouchers were carried with. */
export const advancesInStory = async (db: Db, voucherIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select distinct advance_id as id from advance_vouchers where voucher_id = any(${voucherIds}::uuid[])`)
  ).map(({ id }) => id);

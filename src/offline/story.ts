import { type Db, sql } from '../platform/index.ts';

/** The packs that these vouchers went out with, and what came up there. */
export const packsInStory = async (db: Db, voucherIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select pack_id as id from offline_bindings where voucher_id = any(${voucherIds}::uuid[])
      union select id from offline_conflicts where voucher_id = any(${voucherIds}::uuid[])`)
  ).map(({ id }) => id);

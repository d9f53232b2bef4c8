import { type Db, sql } from '../platform/index.ts';

/** Where a voucher belongs; undefined when there is no such voucher. */
export const voucherStory = (db: Db, voucherId: string): Promise<{ programmeId: string; fundId: string; listId: string } | undefined> =>
  db.first(sql`select programme_id as "programmeId", fund_id as "fundId", list_id as "listId" from vouchers where id = ${voucherId}::uuid`);

/** The vouchers of these records, or of a list. */
export const vouchersInStory = async (db: Db, whose: { recordIds: readonly string[] } | { listId: string }): Promise<string[]> =>
  (
    await db.all<{ id: string }>(
      'listId' in whose
        ? sql`select id from vouchers where list_id = ${whose.listId}::uuid`
        : sql`select id from vouchers where beneficiary_id = any(${whose.recordIds}::uuid[]) or collector_id = any(${whose.recordIds}::uuid[])`,
    )
  ).map(({ id }) => id);

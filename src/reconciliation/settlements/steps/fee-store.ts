import { type Db, sql } from '../../../platform/index.ts';

/** The shares of the fee that a settlement's approval posted. */
export const feeSharesOf = async (db: Db, settlementId: string): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select s.id from post_fees f join post_fee_shares s on s.fee_id = f.id
      where f.settlement_id = ${settlementId} order by s.id`)
  ).map(({ id }) => id);

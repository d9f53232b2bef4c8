import { type Db, sql, type Tx } from '../platform/index.ts';
import type { OfficeLimit } from './types.ts';

/** The limits of an office, by currency. */
export const limitsOf = (db: Db, officeId: string): Promise<OfficeLimit[]> =>
  db.all<OfficeLimit>(
    sql`select currency, per_day as "perDay", per_payout as "perPayout" from office_limits where office_id = ${officeId} order by currency`,
  );

/** Gives an office other limits. */
export async function replaceLimits(tx: Tx, officeId: string, limits: readonly OfficeLimit[]): Promise<void> {
  const currencies = limits.map(({ currency }) => currency);
  await tx.run(sql`delete from office_limits where office_id = ${officeId} and currency <> all(${currencies}::text[])`);
  await tx.run(sql`insert into office_limits (office_id, currency, per_day, per_payout)
    select ${officeId}, currency, "perDay", "perPayout" from jsonb_to_recordset(${JSON.stringify(limits)}::jsonb)
      as l (currency text, "perDay" numeric, "perPayout" numeric)
    on conflict (office_id, currency) do update set per_day = excluded.per_day, per_payout = excluded.per_payout`);
}

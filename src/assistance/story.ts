import { type Db, sql } from '../platform/index.ts';

/** The plans that these records are in, their entitlements, tranches and sheets of attendance, by what the trail knows them by. */
export const assistanceInStory = async (db: Db, recordIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select id from entitlements where beneficiary_id = any(${recordIds}::uuid[])
      union select plan_id from entitlements where beneficiary_id = any(${recordIds}::uuid[])
      union select d.id from entitlements t join tranche_draws d on d.entitlement_id = t.id where t.beneficiary_id = any(${recordIds}::uuid[])
      union select sheet_id from attendance where beneficiary_id = any(${recordIds}::uuid[])`)
  ).map(({ id }) => id);
